using System.IO.Pipelines;
using FastCanary.Http;
using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <content>The request's head, the plan for it, and the answers that FastCanary gives by itself.</content>
internal sealed partial class Session
{
    private ListenerModel _model = opened;
    private bool _closesGracefully;
    private bool _headDeadline;

    private bool IsDraining => client.AcceptedFrom!.IsDraining;

    private void BeginConnection() => client.SetDeadline(CurrentModel().RequestHeadTimeoutMs);

    private Step TakeProxyHeader(Received read)
    {
        var destination = default(PeerAddress);
        switch (ProxyProtocol.Take(client, read, ref destination))
        {
            case ProxyHeaderStatus.Done: return Step.Forward;
            case ProxyHeaderStatus.NeedMore: return Step.NeedMore;
            default:
                worker.Outcomes[(int)ExchangeOutcome.RequestRefused]++;
                return Step.Close;
        }
    }

    /// <summary>The listener as the live snapshot has it; the last one known where a reload has just removed it.</summary>
    private ListenerModel CurrentModel() => _model = worker.Snapshot.Find(_model.State.Id) ?? _model;

    private Step TakeRequestHead(Received read)
    {
        client.IsIdle = false;
        var input = client.Input.Buffered;
        if (read.IsCanceled)
        {
            if (client.DeadlinePassed)
            {
                if (_exchange is not { Request.HasStarted: true } late) return Step.Close;
                worker.BeginLog(late, input, client.Peer);
                return AnswerTimeout(late);
            }

            if (IsDraining && input.IsEmpty) return Step.Close;
        }

        if (input.IsEmpty) return read.IsCompleted ? Step.Close : Step.NeedMore;
        var exchange = _exchange ??= BeginExchange();
        switch (exchange.Request.Parse(input))
        {
            case ParseStatus.Done:
                client.ClearDeadline();
                exchange.RequestUsed = exchange.Request.Length;
                exchange.StartedMicros = worker.Loop.NowMicros;
                worker.BeginLog(exchange, input, client.Peer);
                return Plan(exchange);

            case ParseStatus.Invalid:
                worker.BeginLog(exchange, input, client.Peer);
                return Refuse(exchange, exchange.Request.Fault);

            default:
                client.Input.AdvanceExamined(0);
                if (read.IsCompleted) return Step.Close;
                if (!_headDeadline) client.SetDeadline(exchange.Listener!.RequestHeadTimeoutMs);
                _headDeadline = true;
                return Step.NeedMore;
        }
    }

    private Exchange BeginExchange()
    {
        var model = CurrentModel();
        var exchange = worker.RentExchange();
        exchange.Listener = model;
        exchange.StartedMicros = worker.Loop.NowMicros;
        exchange.Request.Reset(new HeadLimits(model.RequestLineBytesMax, model.RequestHeadBytesMax, model.FieldsMax));
        _headDeadline = false;
        return exchange;
    }

    /// <summary>Which version and endpoint get the request; or the answer where none may.</summary>
    private Step Plan(Exchange exchange)
    {
        var request = exchange.Request;
        exchange.RequestBody = BodyReader.OfRequest(request);
        // RFC 9110, 7.6.2: the last recipient answers OPTIONS by itself.
        if (request is { Method: HttpMethod.Options, MaxForwards: 0 }) return Answer(exchange, 200, default, ExchangeOutcome.Answered);
        if (FindService(exchange) is not { } service) return Answer(exchange, 404, "no route for this host and path"u8, ExchangeOutcome.Answered);
        if (service.RequestBodyBytesMax > 0 && request.Framing == BodyFraming.Length && request.ContentLength > service.RequestBodyBytesMax)
            return Refuse(exchange, HttpFault.BodyTooLarge);

        Choose(exchange, service);
        return IsDrilled(exchange) ? BeginDrill(exchange) : Place(exchange);
    }

    /// <summary>What of the client's buffer begins with the exchange's request.</summary>
    private ReadOnlySpan<byte> RequestBytes(Exchange exchange) => client.Input.Buffered[exchange.RequestOffset..];

    private Step AnswerTimeout(Exchange exchange)
    {
        exchange.ClientCloses = true;
        return Answer(exchange, 408, "the request did not arrive in time"u8, ExchangeOutcome.RequestTimedOut);
    }

    /// <summary>Answers what is malformed or over a limit. Where it ends is unknown, so the connection ends with it.</summary>
    private Step Refuse(Exchange exchange, HttpFault fault)
    {
        exchange.ClientCloses = true;
        return Answer(exchange, HttpFaults.StatusOf(fault), HttpFaults.TextOf(fault), ExchangeOutcome.RequestRefused);
    }

    private Step Answer(Exchange exchange, int status, ReadOnlySpan<byte> text, ExchangeOutcome outcome)
    {
        exchange.Outcome = outcome;
        exchange.Status = status;
        exchange.OwnBodyBytes = text.IsEmpty || exchange.Request.Method == HttpMethod.Head ? 0 : Math.Min(text.Length, OwnResponse.TextBytesMax) + 1;
        // A body that is still to come would be read as the next request: the connection ends instead of reading on.
        // So it does for HTTP/1.0, which would have to be told that it stays.
        if (!exchange.RequestIsWhole || !exchange.Request.KeepAlive || exchange.Request.MinorVersion == 0 || EndsForDrain) exchange.ClientCloses = true;
        client.SetDeadline(exchange.Listener!.IdleTimeoutMs);
        if (exchange.RequestIdLength == 0) SetRequestId(exchange);
        var requestId = RequestIdOf(exchange);
        var span = client.Output.GetSpan(OwnResponse.BytesMax(requestId));
        client.Output.Advance(OwnResponse.Write(status, text, worker.Date, requestId, exchange.ClientCloses, exchange.Request.Method == HttpMethod.Head, span));
        return Step.Answer;
    }

    /// <summary>A client that does not even take an answer of a few hundred bytes is not waited for longer.</summary>
    private static Step AfterAnswer(FlushResult flushed) => flushed.IsCompleted || flushed.IsCanceled ? Step.Abandon : Step.Answer;
}
