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

    // And of all clients of a loop together, beyond the first of each: more upstream connections than this are no longer in cache, and cost a request half as much again.
    private const int AheadMax = 128;

    // Behind the current exchange, or instead of it between two, by Next.
    private bool IsLast => _exchange?.Next is null;

    /// <summary>A drain ends the connection, but not before what was sent ahead is answered.</summary>
    private bool EndsForDrain => IsDraining && IsLast;

    /// <summary>Sends the requests that lie behind the current one in the client's buffer.</summary>
    private void SendAhead(Exchange current)
    {
        if (!MayShare(current.Request)) return;
        var last = current;
        var offset = current.RequestUsed;
        for (var underWay = 1; underWay < UnderWayMax && worker.Ahead < AheadMax && offset < client.Input.BufferedLength; underWay++)
        {
            var exchange = BeginExchange();
            exchange.RequestOffset = offset;
            if (exchange.Request.Parse(RequestBytes(exchange)) != ParseStatus.Done || !MayShare(exchange.Request) || FindService(exchange) is not { PlansAhead: true } service)
            {
                // It gets its turn, and its answer, behind the others.
                worker.Return(exchange);
                return;
            }

            worker.BeginLog(exchange, RequestBytes(exchange), client.Peer);
            Choose(exchange, service);
            worker.Place(exchange);
            BeginSending(exchange);
            _ = Sending(exchange);
            exchange.SentAhead = exchange.CountsAsAhead = true;
            worker.Ahead++;
            last.Next = exchange;
            last = exchange;
            offset += exchange.RequestUsed;
        }
    }

    /// <summary>Gives the current exchange back; the next one that was sent ahead takes its place, if there is one.</summary>
    private void TurnToNext()
    {
        var ended = _exchange!;
        if (ended.CountsAsAhead) worker.Ahead--;
        _exchange = ended.Next;
        if (_exchange is { } next) next.RequestOffset = 0;
        worker.Return(ended);
    }

    /// <summary>The connection has ended: gives back its exchange, and those before whose turn it ended.</summary>
    private void DropExchanges()
    {
        while (_exchange is { } exchange)
        {
            if (exchange.SentAhead)
            {
                exchange.Outcome = ExchangeOutcome.ClientGone;
                worker.Outcomes[(int)exchange.Outcome]++;
            }

            CloseUpstream(exchange);
            TurnToNext();
        }
    }

    private static bool MayShare(RequestHead request) =>
        request is { Framing: BodyFraming.None, Method: HttpMethod.Get or HttpMethod.Head, WantsUpgrade: false, ExpectsContinue: false, KeepAlive: true, MinorVersion: > 0 };
}
