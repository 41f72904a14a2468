using FastCanary.Http;

namespace FastCanary.Proxy;

/// <content>
/// Pipelined requests (RFC 9112, 9.3.2): those that arrived together are sent together, each on its own upstream connection, and answered in their order.
/// Only safe methods without a body, and only behind one that is the same: whatever an origin does with them, their order does not matter.
/// </content>
internal sealed partial class Session
{
    // How many requests of one client are under way at most: that many upstream connections it can hold.
    private const int UnderWayMax = 16;

    private Exchange? _ahead;
    private Exchange? _lastAhead;

    /// <summary>A drain ends the connection, but not before what was sent ahead is answered.</summary>
    private bool EndsForDrain => listener.IsDraining && _ahead is null;

    /// <summary>Sends the requests that lie behind the current one in the client's buffer.</summary>
    private void SendAhead(Exchange current)
    {
        if (!MayShare(current.Request)) return;
        var offset = current.RequestUsed;
        for (var underWay = 1; underWay < UnderWayMax && offset < client.Input.BufferedLength; underWay++)
        {
            var exchange = BeginExchange();
            exchange.RequestOffset = offset;
            if (exchange.Request.Parse(RequestBytes(exchange)) != ParseStatus.Done || !MayShare(exchange.Request) || FindService(exchange) is not { } service)
            {
                // It gets its turn, and its answer, behind the others.
                worker.Return(exchange);
                return;
            }

            Choose(exchange, service);
            BeginSending(exchange);
            _ = Sending(exchange);
            exchange.SentAhead = true;
            if (_lastAhead is null) _ahead = exchange;
            else _lastAhead.Next = exchange;
            _lastAhead = exchange;
            offset += exchange.RequestUsed;
            if (!exchange.Request.KeepAlive) return;
        }
    }

    /// <summary>The next request that was sent ahead, whose turn has come; null where there is none.</summary>
    private Exchange? TakeAhead()
    {
        if (_ahead is not { } exchange) return null;
        _ahead = exchange.Next;
        if (_ahead is null) _lastAhead = null;
        exchange.Next = null;
        exchange.RequestOffset = 0;
        client.IsIdle = false;
        return _exchange = exchange;
    }

    /// <summary>The connection ends before their turn: nobody is left to answer.</summary>
    private void DropAhead()
    {
        while (TakeAhead() is { } exchange)
        {
            worker.Outcomes[(int)ExchangeOutcome.ClientGone]++;
            CloseUpstream(exchange);
            worker.Return(exchange);
        }

        _exchange = null;
    }

    private static bool MayShare(RequestHead request) =>
        request is { Framing: BodyFraming.None, Method: HttpMethod.Get or HttpMethod.Head, WantsUpgrade: false, ExpectsContinue: false, KeepAlive: true, MinorVersion: > 0 };
}
