using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using FastCanary.Http;
using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <content>The final response's head and body, and how an exchange ends.</content>
internal sealed partial class Session
{
    private const int ChunkSizeLineBytesMax = 24;

    private static ReadOnlySpan<byte> ExposedVersion(Exchange exchange) => exchange.Service!.ExposeVersion ? exchange.Version!.NameUtf8 : default;

    private Step TakeFinalHead(Exchange exchange)
    {
        var request = exchange.Request;
        var response = exchange.Response;
        var clientTakesChunks = request.MinorVersion > 0;
        exchange.ResponseStarted = true;
        exchange.ResponseBody = BodyReader.OfResponse(response, dataOnly: !clientTakesChunks);
        exchange.AddsChunks = response.Framing == BodyFraming.UntilClose && clientTakesChunks;
        exchange.ClientFraming = response.Framing switch
        {
            BodyFraming.Chunked or BodyFraming.UntilClose => clientTakesChunks ? BodyFraming.Chunked : BodyFraming.UntilClose,
            _ => response.Framing,
        };
        // With a request body still under way, nobody knows whether the rest of it will ever come.
        exchange.ClientCloses = !request.KeepAlive || listener.IsDraining || exchange.ClientFraming == BodyFraming.UntilClose || !exchange.RequestIsWhole;
        WriteResponseHead(exchange, new ResponseForwarding
        {
            ClientMinorVersion = request.MinorVersion,
            Framing = exchange.ClientFraming,
            Close = exchange.ClientCloses,
            VersionName = ExposedVersion(exchange),
            Date = worker.Date,
        });
        if (exchange.Upload != UploadState.Running) ReleaseRequest(exchange);
        if (!exchange.ResponseBody.IsDone) exchange.Upstream!.SetDeadline(exchange.Service!.ResponseBodyTimeoutMs);
        return Step.Relay;
    }

    private void WriteResponseHead(Exchange exchange, in ResponseForwarding forwarding)
    {
        var span = client.Output.GetSpan(ResponseHeadWriter.BytesMax(exchange.Response, forwarding));
        client.Output.Advance(ResponseHeadWriter.Write(exchange.Response, exchange.HeldResponse.FirstSpan, forwarding, span));
    }

    /// <summary>What of the bytes in hand goes to the client next.</summary>
    private Step NextPiece(Exchange exchange)
    {
        while (!exchange.ResponseBody.IsDone)
        {
            var status = exchange.ResponseBody.Next(exchange.InHand.Span, out var consumed, out var forward);
            if (status == ParseStatus.Invalid) return BreakResponse(exchange, ExchangeOutcome.ResponseMalformed);
            exchange.Piece = exchange.InHand.Slice(forward.Start, forward.Length);
            exchange.TakeFromHand(consumed);
            if (!exchange.Piece.IsEmpty)
            {
                if (exchange.AddsChunks) WriteChunkSize(exchange, exchange.Piece.Length);
                return Step.SendPiece;
            }

            if (status == ParseStatus.Done) break;
            if (consumed > 0 && !exchange.InHand.IsEmpty) continue;
            if (client.Output.UnflushedBytes > 0) return Step.SendPiece;
            exchange.ReleaseResponse();
            return WatchClient(exchange) == Step.AwaitResponse ? Step.NeedMore : Step.Abandon;
        }

        exchange.Piece = default;
        return client.Output.UnflushedBytes > 0 ? Step.SendPiece : Step.Finished;
    }

    /// <summary>The client does not take what it gets as fast as it comes: its deadline is about that now.</summary>
    private void AwaitClient(Exchange exchange)
    {
        exchange.FlushWaits = true;
        client.SetDeadline(exchange.Service!.ResponseBodyTimeoutMs);
    }

    /// <returns><paramref name="next"/>, where the client has taken what it was sent.</returns>
    private Step AfterFlush(Exchange exchange, FlushResult flushed, Step next)
    {
        if (flushed.IsCompleted) return AbandonClient(exchange);
        if (flushed.IsCanceled)
        {
            exchange.Outcome = ExchangeOutcome.ClientStalled;
            return Step.Abandon;
        }

        // An upload's deadline runs on while its response flows; one that a flush has taken the place of begins anew.
        if (exchange.Upload != UploadState.Running) client.ClearDeadline();
        else if (exchange.FlushWaits) ArmUpload(exchange);
        exchange.FlushWaits = false;
        exchange.HalfClosedGrace = false;
        return next;
    }

    private Step TakeResponseBody(Exchange exchange, ReadResult read)
    {
        var upstream = exchange.Upstream!;
        if (read.IsCanceled)
        {
            if (upstream.DeadlinePassed) return BreakResponse(exchange, ExchangeOutcome.ResponseTruncated);
            if (exchange.Upload is UploadState.ClientGone or UploadState.ClientTruncated or UploadState.ClientTimedOut or UploadState.Refused
                || WatchClient(exchange) != Step.AwaitResponse)
                return AbandonClient(exchange);
        }

        if (read.IsCompleted && read.Buffer.Length == exchange.ResponseLeftover)
        {
            exchange.HoldResponse(read.Buffer, 0);
            // Closed: the upload found out first, but the response's end was orderly.
            if (exchange.ResponseBody.Framing != BodyFraming.UntilClose || upstream.Failure is not (ConnectionFailure.None or ConnectionFailure.Closed))
                return BreakResponse(exchange, ExchangeOutcome.ResponseTruncated);
            exchange.ResponseBody.EndAtClose();
            if (exchange.AddsChunks) WriteChunkSize(exchange, 0);
            return Step.Relay;
        }

        if (read.Buffer.Length > exchange.ResponseLeftover) upstream.SetDeadline(exchange.Service!.ResponseBodyTimeoutMs);
        exchange.HoldResponse(read.Buffer, 0);
        return Step.Relay;
    }

    /// <summary>The size line of a chunk that we add, behind the end of the one before; for size 0 the end of the body.</summary>
    private void WriteChunkSize(Exchange exchange, int size)
    {
        var span = client.Output.GetSpan(ChunkSizeLineBytesMax);
        var length = 0;
        if (exchange.AnyChunkSent) length = Append(span, length, "\r\n"u8);
        exchange.AnyChunkSent = true;
        Utf8Formatter.TryFormat(size, span[length..], out var digits, new StandardFormat('x'));
        length = Append(span, length + digits, size > 0 ? "\r\n"u8 : "\r\n\r\n"u8);
        client.Output.Advance(length);
    }

    private static int Append(Span<byte> span, int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(span[at..]);
        return at + bytes.Length;
    }

    /// <summary>The client has part of a response already: only the end of its connection can tell that the rest is missing.</summary>
    private Step BreakResponse(Exchange exchange, ExchangeOutcome outcome)
    {
        exchange.Outcome = outcome;
        worker.CountFailure(exchange.Endpoint!, outcome, exchange.Upstream!.Failure);
        return Step.Abandon;
    }

    /// <summary>Parts with the upstream connection and settles the client's.</summary>
    /// <returns>True where the client connection goes on with its next request.</returns>
    private bool EndExchange(Exchange exchange, Step step)
    {
        worker.Outcomes[(int)exchange.Outcome]++;
        client.CancelOnHangup = null;
        if (step == Step.Finished) PartWithUpstream(exchange);
        else CloseUpstream(exchange);

        if (step == Step.Abandon)
        {
            // Close-delimited, a plain end would look complete.
            if (exchange is { ResponseStarted: true, ClientFraming: BodyFraming.UntilClose }) client.Abort();
            return false;
        }

        if (exchange.ClientCloses || listener.IsDraining)
        {
            // A client that did not ask for the end may be sending its next request already.
            CloseClient(gracefully: step == Step.Answer || exchange.Request.KeepAlive || !exchange.RequestIsWhole || client.HasInput);
            return false;
        }

        ReleaseRequest(exchange);
        _exchange = null;
        client.SetDeadline(exchange.Listener!.IdleTimeoutMs);
        worker.Return(exchange);
        return true;
    }

    private void PartWithUpstream(Exchange exchange)
    {
        var upstream = exchange.Upstream!;
        exchange.Upstream = null;
        var nothingBehind = exchange.InHand.IsEmpty;
        exchange.ReleaseResponse(upstream);
        // Returned only after a response that was complete, well-framed and left nothing behind (law 2).
        if (exchange.Response.KeepAlive && exchange.RequestIsWhole && nothingBehind)
            worker.PoolOf(exchange.Endpoint!).Park(upstream, exchange.Service!.UpstreamIdleTimeoutMs);
        else
            upstream.Close();
    }

    /// <summary>Closing with input unread would reset the connection, and the client might lose the end of its response.</summary>
    private void CloseClient(bool gracefully)
    {
        if (!gracefully)
        {
            client.Close();
            return;
        }

        _closesGracefully = true;
        client.CloseGracefully();
    }

    private Tunnel BeginTunnel(Exchange exchange)
    {
        exchange.Outcome = ExchangeOutcome.Tunnelled;
        worker.Outcomes[(int)exchange.Outcome]++;
        client.CancelOnHangup = null;
        client.SetDeadline(exchange.Service!.TunnelTimeoutMs);
        exchange.Upstream!.ClearDeadline();
        ReleaseRequest(exchange);
        return new Tunnel(client, exchange.Upstream, exchange.Service.TunnelTimeoutMs);
    }
}
