using System.Buffers;
using System.IO.Pipelines;
using FastCanary.Http;
using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <content>The request's way to its upstream, and the head of the response.</content>
internal sealed partial class Session
{
    // Origins send one or two 1xx answers before a final one.
    private const int InterimResponsesMax = 32;

    // An origin is trusted further than a client; its head is bounded in bytes first of all.
    private const int ResponseFieldsMax = 1000;

    // A chunked body that came with its head is sent along with it up to this size; a larger one is an upload.
    // So is what goes beyond it on a fresh connection: that much any kernel takes, so the time to connect is not spent on a slow reader.
    private const int BodyWithHeadBytesMax = 16 << 10;

    private static ReadOnlySpan<byte> RescuedField => "X-Canary-Rescued: 1\r\n"u8;

    /// <summary>Takes a connection to the endpoint and writes the head, and what is there of the body.</summary>
    private Step BeginSending(Exchange exchange)
    {
        if (exchange.SentAhead) return Step.AwaitResponse;
        var endpoint = exchange.Endpoint!;
        var upstream = exchange.SentAgain ? null : worker.PoolOf(endpoint).TryTake();
        exchange.UpstreamReused = upstream is not null;
        upstream ??= worker.Loop.Connect(endpoint.Address);
        upstream.SetDeadline(exchange.UpstreamReused ? exchange.Service!.ResponseTimeoutMs : exchange.Service!.ConnectTimeoutMs);
        exchange.TakeUpstream(upstream, worker.TallyOf(exchange.Version!));
        exchange.UpstreamSentBefore = upstream.Output.BytesSent;
        ResetResponse(exchange);
        WriteRequestHead(exchange, upstream.Output);
        var step = TakeBodyInHand(exchange, upstream.Output);
        exchange.Mirror?.AppendRequest(exchange.BorrowedBody.Span);
        return step;
    }

    private FlushAwaitable Sending(Exchange exchange)
    {
        var output = exchange.Upstream!.Output;
        if (exchange.SentAhead)
        {
            exchange.SentAhead = false;
            return output.SentAsync();
        }

        if (TryFillBeforeSending(exchange)) return output.DrainAsync(exchange.UploadPipe!);
        return exchange.RequestBody.IsDone && output.TrySendSoon(exchange.BorrowedBody.Span) ? output.SentAsync() : output.SendAsync(exchange.BorrowedBody);
    }

    /// <summary>A large body of which more has arrived already leaves together with its head: one packet less, and often no upload at all.</summary>
    private bool TryFillBeforeSending(Exchange exchange)
    {
        if (exchange.Mirror is { WantsRequest: true }) return false;
        if (exchange.RequestBody.Framing != BodyFraming.Length || !exchange.UpstreamReused || exchange.Request.ExpectsContinue || !client.HasInput) return false;
        if (client.Input.BufferedLength > exchange.RequestUsed || exchange.BorrowedBody.Length > BodyWithHeadBytesMax) return false;
        if (!TrySplice(exchange, exchange.RequestBody, client.Input, ref exchange.UploadPipe)) return false;
        // Their order is kept: what is in hand comes before what is in the kernel.
        exchange.Upstream!.Output.Write(exchange.BorrowedBody.Span);
        exchange.BorrowedBody = default;
        ReleaseRequest(exchange);
        if (!client.Input.TryFill(exchange.UploadPipe!, exchange.RequestBody.OpaqueBytes)) return false;
        exchange.RequestBody.TakeOpaque(exchange.UploadPipe!.Length);
        return true;
    }

    private static void ResetResponse(Exchange exchange)
    {
        var bytesMax = exchange.Service!.ResponseHeadBytesMax;
        exchange.Response.Reset(new HeadLimits(bytesMax, bytesMax, ResponseFieldsMax), exchange.Request.Method, exchange.Request.WantsUpgrade);
    }

    private void WriteRequestHead(Exchange exchange, PipeWriter output)
    {
        Span<byte> text = stackalloc byte[PeerAddress.TextBytesMax];
        Span<byte> address = stackalloc byte[AddressBytesMax];
        var listener = exchange.Listener!;
        var trusted = listener.TrustedProxies.Contains(address[..client.Peer.CopyTo(address)]);
        var received = RequestBytes(exchange);
        RemoveOwnFields(exchange, received);
        var forwarding = new RequestForwarding
        {
            ClientAddress = text[..client.Peer.Format(text)],
            TrustForwarded = trusted && listener.XForwarded == ForwardedMode.Append,
            Forwarded = ForwardedOf(listener.Forwarded, trusted),
            FallbackHost = exchange.Endpoint!.AuthorityUtf8,
            RequestId = exchange.RequestIdIsNew ? RequestIdOf(exchange) : default,
            OwnFields = OwnFieldsOf(exchange),
        };
        var span = output.GetSpan(RequestHeadWriter.BytesMax(exchange.Request, forwarding));
        var length = RequestHeadWriter.Write(exchange.Request, received, forwarding, span);
        BeginMirror(exchange, span[..length]);
        output.Advance(length);
    }

    private static ForwardedTreatment ForwardedOf(ForwardedMode mode, bool trusted) => mode switch
    {
        ForwardedMode.Append when trusted => ForwardedTreatment.Append,
        ForwardedMode.Off => trusted ? ForwardedTreatment.Keep : ForwardedTreatment.Remove,
        _ => ForwardedTreatment.Replace,
    };

    /// <summary>A client cannot turn a feature on by itself.</summary>
    private static void RemoveOwnFields(Exchange exchange, ReadOnlySpan<byte> received)
    {
        foreach (var feature in exchange.Service!.Features) exchange.Request.Remove(received, feature.FoldedHeaderUtf8);
    }

    /// <summary>What is told to the upstream beyond what every upstream is told: the features that are on, and a rescue.</summary>
    private ReadOnlySpan<byte> OwnFieldsOf(Exchange exchange)
    {
        if (exchange.Features == 0) return exchange.Rescued ? RescuedField : default;
        var fields = worker.OwnFields;
        fields.Clear();
        for (var i = 0; i < exchange.Service!.Features.Length; i++)
            if ((exchange.Features & (1UL << i)) != 0) fields.Append(exchange.Service.Features[i].FieldLine);
        if (exchange.Rescued) fields.Append(RescuedField);
        return fields.Written;
    }

    /// <summary>The part of the body that lies behind the head already: in the common case all of it.</summary>
    private Step TakeBodyInHand(Exchange exchange, PipeWriter output)
    {
        var request = exchange.Request;
        exchange.RequestUsed = request.Length;
        exchange.BorrowedBody = default;
        if (request.Framing == BodyFraming.None) return Step.AwaitResponse;
        // A feature is nothing that a client turns on by itself: not by a trailer either, which an origin may merge into the fields.
        exchange.RequestBody = BodyReader.OfRequest(request, dropsTrailers: exchange.Service!.Features.Length > 0);
        var inHand = RequestBytes(exchange)[request.Length..];
        if (exchange.RequestBody.IsDone || inHand.IsEmpty) return Step.AwaitResponse;
        if (!exchange.UpstreamReused && inHand.Length > BodyWithHeadBytesMax) inHand = inHand[..BodyWithHeadBytesMax];

        if (request.Framing == BodyFraming.Length)
        {
            exchange.RequestBody.Next(inHand, out var consumed, out _);
            exchange.BorrowedBody = client.Input.BufferedMemory.Slice(exchange.RequestOffset + request.Length, consumed);
            exchange.RequestUsed += consumed;
            return Step.AwaitResponse;
        }

        while (inHand.Length <= BodyWithHeadBytesMax && !inHand.IsEmpty)
        {
            var status = exchange.RequestBody.Next(inHand, out var consumed, out var forward);
            if (status == ParseStatus.Invalid) return RefuseBody(exchange, exchange.RequestBody.Fault);
            if (IsBodyTooLarge(exchange)) return RefuseBody(exchange, HttpFault.BodyTooLarge);
            output.Write(forward.Of(inHand));
            exchange.Mirror?.AppendRequest(forward.Of(inHand));
            inHand = inHand[consumed..];
            exchange.RequestUsed += consumed;
            if (status == ParseStatus.Done || consumed == 0) break;
        }

        return Step.AwaitResponse;
    }

    private static bool IsBodyTooLarge(Exchange exchange) =>
        exchange.Service!.RequestBodyBytesMax > 0 && exchange.RequestBody.BodyBytes > exchange.Service.RequestBodyBytesMax;

    private Step RefuseBody(Exchange exchange, HttpFault fault)
    {
        CloseUpstream(exchange);
        return Refuse(exchange, fault);
    }

    private Step AfterSending(Exchange exchange, FlushResult flushed)
    {
        var upstream = exchange.Upstream!;
        if (flushed.IsCanceled) return upstream.Output.BytesSent == 0 ? FailConnectTimeout(exchange) : FailResponseTimeout(exchange);
        upstream.SetDeadline(exchange.Service!.ResponseTimeoutMs);
        if (flushed.IsCompleted)
        {
            if (!exchange.UpstreamReused && upstream.Output.BytesSent == 0) return FailConnect(exchange);
            // It takes no more, but what it has answered may be there to read.
            return WatchClient(exchange);
        }

        if (exchange.RequestBody.IsDone)
        {
            exchange.Mirror?.RequestComplete();
            if (client.Input.BufferedLength > exchange.RequestUsed && IsLast) SendAhead(exchange);
            return WatchClient(exchange);
        }

        BeginUpload(exchange);
        return Step.AwaitResponse;
    }

    /// <summary>While an upstream is waited for, its client's end ends the wait.</summary>
    private Step WatchClient(Exchange exchange)
    {
        if (client.PeerGone) return AbandonClient(exchange);
        client.CancelOnHangup = exchange.Upstream!.Input;
        if (exchange.Upload == UploadState.Running) return Step.AwaitResponse;
        if (client.DeadlinePassed) return AbandonClient(exchange);
        if (client.PeerFinished && !exchange.HalfClosedGrace)
        {
            exchange.HalfClosedGrace = true;
            client.SetDeadline(worker.HalfClosedGraceMs);
        }

        return Step.AwaitResponse;
    }

    private Step TakeResponseHead(Exchange exchange, Received read)
    {
        var upstream = exchange.Upstream!;
        var input = upstream.Input.Buffered;
        if (read.IsCanceled)
        {
            var step = WhyCancelled(exchange);
            if (step != Step.AwaitResponse || (input.IsEmpty && !read.IsCompleted)) return step;
        }

        if (input.IsEmpty) return read.IsCompleted ? ResponseMissing(exchange) : Step.AwaitResponse;
        // Nothing was asked yet: whatever this is, it answers no request of ours.
        if (upstream.Output.BytesSent == exchange.UpstreamSentBefore) return ResponseMissing(exchange);
        switch (exchange.Response.Parse(input))
        {
            case ParseStatus.NeedMore when !read.IsCompleted:
                upstream.Input.AdvanceExamined(0);
                return Step.AwaitResponse;

            case ParseStatus.Done when exchange.Response.IsInterim:
                return TakeInterim(exchange);

            case ParseStatus.Done:
                exchange.ResponseUsed = exchange.Response.Length;
                if (exchange.Response.Status >= 500 && FailAnswer(exchange) is { } elsewhere) return elsewhere;
                return exchange.Response.IsUpgrade ? TakeUpgrade(exchange) : TakeFinalHead(exchange);

            default:
                return FailTry(exchange, RetryCauses.Reset, 502, "the upstream's response is malformed"u8, ExchangeOutcome.ResponseMalformed);
        }
    }

    private Step WhyCancelled(Exchange exchange)
    {
        switch (exchange.Upload)
        {
            case UploadState.ClientGone: return AbandonClient(exchange);
            case UploadState.ClientTruncated:
                CloseUpstream(exchange);
                exchange.ClientCloses = true;
                return Answer(exchange, 400, "the request's body ended too early"u8, ExchangeOutcome.RequestRefused);
            case UploadState.Refused: return RefuseBody(exchange, exchange.UploadFault);
            case UploadState.ClientTimedOut:
                CloseUpstream(exchange);
                return AnswerTimeout(exchange);
            case UploadState.UpstreamStalled: return FailResponseTimeout(exchange);
        }

        return exchange.Upstream!.DeadlinePassed ? FailResponseTimeout(exchange) : WatchClient(exchange);
    }

    private Step TakeInterim(Exchange exchange)
    {
        var response = exchange.Response;
        var upstream = exchange.Upstream!;
        if (++exchange.InterimCount > InterimResponsesMax)
            return FailTry(exchange, RetryCauses.None, 502, "the upstream sent too many interim responses"u8, ExchangeOutcome.ResponseMalformed);
        if (exchange.Request.MinorVersion > 0)
        {
            WriteResponseHead(exchange, new ResponseForwarding { ClientMinorVersion = 1, Framing = BodyFraming.None });
            // What cannot be sent soon goes with the final response: an interim one is a courtesy.
            client.Output.TrySendSoon(default);
        }

        if (response.Status == 100 && exchange.AwaitsContinue) ContinueUpload(exchange);
        upstream.Input.Advance(response.Length);
        ResetResponse(exchange);
        return Step.AwaitResponse;
    }

    private Step TakeUpgrade(Exchange exchange)
    {
        BeginResponse(exchange);
        var forwarding = new ResponseForwarding { ClientMinorVersion = 1, Framing = BodyFraming.None, VersionName = ExposedVersion(exchange), RequestId = RequestIdOf(exchange), OwnFields = AnswerFieldsOf(exchange) };
        WriteResponseHead(exchange, forwarding);
        // What lies behind the 101 belongs to the tunnel: its first read gets it.
        exchange.Upstream!.Input.Advance(exchange.Response.Length);
        return exchange.RequestIsWhole ? Step.Tunnel : AbandonClient(exchange);
    }

    /// <summary>No byte of a response came. On a connection that has served others, the upstream may have closed it just before: RFC 9110, 9.2.2.</summary>
    private Step ResponseMissing(Exchange exchange)
    {
        var unsent = exchange.Upstream!.Output.BytesSent == exchange.UpstreamSentBefore;
        if (exchange is { UpstreamReused: true, SentAgain: false, RequestReleased: false, InterimCount: 0 } && (unsent || exchange.Request.Method.IsIdempotent()))
            return Step.SendAgain;
        return FailTry(exchange, RetryCauses.Reset, 502, "the upstream closed the connection without a response"u8, ExchangeOutcome.ResponseMissing);
    }

    private static Step DropForAnotherTry(Exchange exchange)
    {
        CloseUpstream(exchange);
        exchange.SentAgain = true;
        return Step.Forward;
    }

    private Step FailConnect(Exchange exchange) => exchange.Upstream!.Failure == ConnectionFailure.TimedOut
        ? FailConnectTimeout(exchange)
        : FailTry(exchange, RetryCauses.Connect, 502, "no connection to the upstream"u8, ExchangeOutcome.ConnectFailed);

    private Step FailConnectTimeout(Exchange exchange) =>
        FailTry(exchange, RetryCauses.Timeout, 504, "no connection to the upstream in time"u8, ExchangeOutcome.ConnectTimedOut);

    private Step FailResponseTimeout(Exchange exchange) =>
        FailTry(exchange, RetryCauses.Timeout, 504, "the upstream did not answer in time"u8, ExchangeOutcome.ResponseTimedOut);

    private static Step AbandonClient(Exchange exchange)
    {
        exchange.Outcome = ExchangeOutcome.ClientGone;
        return Step.Abandon;
    }

    private static void CloseUpstream(Exchange exchange)
    {
        // Without what was promised but not sent yet: nobody wants that request's answer, or it is sent again elsewhere.
        exchange.Upstream?.Drop();
        exchange.LeaveUpstream();
    }

    /// <summary>The request's bytes are needed no more: they leave the client's buffer.</summary>
    private void ReleaseRequest(Exchange exchange)
    {
        if (exchange.RequestReleased) return;
        exchange.RequestReleased = true;
        client.Input.Advance(exchange.RequestUsed);
    }
}
