using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using FastCanary.Http;

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
        exchange.ClientCloses = !request.KeepAlive || listener.IsDraining || exchange.ClientFraming == BodyFraming.UntilClose || !exchange.RequestBody.IsDone;
        WriteResponseHead(exchange, new ResponseForwarding
        {
            ClientMinorVersion = request.MinorVersion,
            Framing = exchange.ClientFraming,
            Close = exchange.ClientCloses,
            VersionName = ExposedVersion(exchange),
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

    private Step AfterPiece(Exchange exchange, FlushResult written)
    {
        if (written.IsCompleted) return AbandonClient(exchange);
        if (written.IsCanceled)
        {
            exchange.Outcome = ExchangeOutcome.ClientStalled;
            return Step.Abandon;
        }

        if (exchange.Upload != UploadState.Running) client.ClearDeadline();
        exchange.HalfClosedGrace = false;
        return Step.Relay;
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
            if (exchange.ResponseBody.Framing != BodyFraming.UntilClose || upstream.Failure != Transport.ConnectionFailure.None)
                return BreakResponse(exchange, ExchangeOutcome.ResponseTruncated);
            exchange.ResponseBody.EndAtClose();
            if (exchange.AddsChunks) WriteChunkSize(exchange, 0);
            return Step.Relay;
        }

        exchange.HoldResponse(read.Buffer, 0);
        upstream.SetDeadline(exchange.Service!.ResponseBodyTimeoutMs);
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
            CloseClient(unreadInput: step == Step.Answer || !exchange.RequestBody.IsDone || exchange.RequestHasMoreBehind);
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
        if (exchange.Response.KeepAlive && exchange.RequestBody.IsDone && nothingBehind && exchange.Upload is UploadState.None or UploadState.Done)
            worker.PoolOf(exchange.Endpoint!).Park(upstream, exchange.Service!.UpstreamIdleTimeoutMs);
        else
            upstream.Close();
    }

    private void CloseClient(bool unreadInput)
    {
        if (!unreadInput)
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
        client.ClearDeadline();
        exchange.Upstream!.ClearDeadline();
        ReleaseRequest(exchange);
        return new Tunnel(client, exchange.Upstream, exchange.Service!.TunnelTimeoutMs);
    }
}
