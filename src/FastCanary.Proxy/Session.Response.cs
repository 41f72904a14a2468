using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using FastCanary.Http;
using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <content>The final response's head and body, and how an exchange ends.</content>
internal sealed partial class Session
{
    private const int ChunkSizeLineBytesMax = 24;

    // From here on moving pages costs less than copying bytes; a pipe that is in use already pays off earlier.
    private const int SpliceBytesMin = 32 << 10;
    private const int SpliceAgainBytesMin = 4 << 10;

    private static ReadOnlySpan<byte> ExposedVersion(Exchange exchange) => exchange.Service!.ExposeVersion ? exchange.Version!.NameUtf8 : default;

    /// <summary>What the client is told beyond what every client is told: its new key, and a rescue.</summary>
    private ReadOnlySpan<byte> AnswerFieldsOf(Exchange exchange)
    {
        if (!exchange.AssignsKey) return exchange.Rescued ? RescuedField : default;
        var fields = worker.OwnFields;
        fields.Clear();
        fields.Advance(exchange.Service!.Affinity!.WriteSetCookie(exchange.NewKey, fields.GetSpan(exchange.Service.Affinity.SetCookieBytesMax)));
        if (exchange.Rescued) fields.Append(RescuedField);
        return fields.Written;
    }

    private Step TakeFinalHead(Exchange exchange)
    {
        var request = exchange.Request;
        var response = exchange.Response;
        var clientTakesChunks = request.MinorVersion > 0;
        BeginResponse(exchange);
        exchange.ResponseBody = BodyReader.OfResponse(response, dataOnly: !clientTakesChunks);
        exchange.Mirror?.TakeResponseHead(response, exchange.Upstream!.Input.Buffered, isChunked: response.Framing == BodyFraming.Chunked && clientTakesChunks);
        exchange.AddsChunks = response.Framing == BodyFraming.UntilClose && clientTakesChunks;
        exchange.ClientFraming = response.Framing switch
        {
            BodyFraming.Chunked or BodyFraming.UntilClose => clientTakesChunks ? BodyFraming.Chunked : BodyFraming.UntilClose,
            _ => response.Framing,
        };
        // With a request body still under way, nobody knows whether the rest of it will ever come.
        exchange.ClientCloses = !request.KeepAlive || EndsForDrain || exchange.ClientFraming == BodyFraming.UntilClose || !exchange.RequestIsWhole;
        WriteResponseHead(exchange, new ResponseForwarding
        {
            ClientMinorVersion = request.MinorVersion,
            Framing = exchange.ClientFraming,
            Close = exchange.ClientCloses,
            VersionName = ExposedVersion(exchange),
            RequestId = RequestIdOf(exchange),
            OwnFields = AnswerFieldsOf(exchange),
            Date = worker.Date,
        });
        if (exchange.Upload != UploadState.Running) ReleaseRequest(exchange);
        if (!exchange.ResponseBody.IsDone) exchange.Upstream!.SetDeadline(exchange.Service!.ResponseBodyTimeoutMs);
        return Step.Relay;
    }

    /// <summary>The response's final head has come and is about to go to the client: from here on it stands.</summary>
    private void BeginResponse(Exchange exchange)
    {
        var response = exchange.Response;
        exchange.ResponseStarted = true;
        exchange.Status = response.Status;
        exchange.HeadMicros = worker.Loop.NowMicros;
        if (exchange.Service!.Analysis is { BusinessHeader: { } name }) exchange.HasBusinessError = TellsOfBusinessError(response, exchange.Upstream!.Input.Buffered, name);
    }

    private static bool TellsOfBusinessError(ResponseHead response, ReadOnlySpan<byte> received, ReadOnlySpan<byte> name)
    {
        for (var line = response.FindField(received, name); line >= 0; line = response.FindField(received, name, line + 1))
        {
            if (AnalysisModel.IsBusinessError(response.FieldValueAt(line).Of(received))) return true;
        }

        return false;
    }

    private void WriteResponseHead(Exchange exchange, in ResponseForwarding forwarding)
    {
        var span = client.Output.GetSpan(ResponseHeadWriter.BytesMax(exchange.Response, forwarding));
        client.Output.Advance(ResponseHeadWriter.Write(exchange.Response, exchange.Upstream!.Input.Buffered, forwarding, span));
    }

    /// <summary>What goes to the client next.</summary>
    private Step NextPiece(Exchange exchange)
    {
        var input = exchange.Upstream!.Input;
        exchange.Piece = default;
        while (!exchange.ResponseBody.IsDone)
        {
            var inHand = input.Buffered[exchange.ResponseUsed..];
            var status = exchange.ResponseBody.Next(inHand, out var consumed, out var forward);
            if (status == ParseStatus.Invalid) return BreakResponse(exchange, ExchangeOutcome.ResponseMalformed);
            var start = exchange.ResponseUsed + forward.Start;
            exchange.ResponseUsed += consumed;
            if (forward.Length > 0)
            {
                exchange.Mirror?.AppendResponse(inHand.Slice(forward.Start, forward.Length));
                if (exchange.AddsChunks) WriteChunkSize(exchange, forward.Length);
                if (MaySendSoon(exchange) && client.Output.TrySendSoon(inHand.Slice(forward.Start, forward.Length))) return Step.Finished;
                exchange.Piece = new ByteRange(start, forward.Length);
                return Step.SendPiece;
            }

            if (status == ParseStatus.Done) break;
            if (consumed > 0 && consumed < inHand.Length) continue;
            if (client.Output.UnflushedBytes > 0) return Step.SendPiece;
            ReleaseResponse(exchange);
            if (WatchClient(exchange) != Step.AwaitResponse) return Step.Abandon;
            return exchange.ResponseLeftover == 0 && exchange.Mirror is not { WantsResponse: true } && TrySplice(exchange, exchange.ResponseBody, input, ref exchange.ResponsePipe) ? Step.Splice : Step.NeedMore;
        }

        return client.Output.UnflushedBytes == 0 || (MaySendSoon(exchange) && client.Output.TrySendSoon(default)) ? Step.Finished : Step.SendPiece;
    }

    private FlushAwaitable SendingToClient(Exchange exchange, Step step)
    {
        var sending = step == Step.SendSpliced ? client.Output.DrainAsync(exchange.ResponsePipe!) : client.Output.SendAsync(Piece(exchange));
        if (!sending.IsCompleted) AwaitClient(exchange);
        return sending;
    }

    /// <summary>The end of a response need not be waited for where the connection goes on: the next one will be.</summary>
    private static bool MaySendSoon(Exchange exchange) => exchange.ResponseBody.IsDone && !exchange.ClientCloses;

    private static ReadOnlyMemory<byte> Piece(Exchange exchange) =>
        exchange.Piece.Length == 0 ? default : exchange.Upstream!.Input.BufferedMemory.Slice(exchange.Piece.Start, exchange.Piece.Length);

    /// <summary>Gives the upstream's buffer back up to what was used; the rest waits for more.</summary>
    private static void ReleaseResponse(Exchange exchange)
    {
        var input = exchange.Upstream!.Input;
        exchange.ResponseLeftover = input.BufferedLength - exchange.ResponseUsed;
        input.AdvanceExamined(exchange.ResponseUsed);
        exchange.ResponseUsed = 0;
    }

    /// <summary>What comes next of a body is long, and nobody has to look at it: what of it is still in the kernel need not enter this process.</summary>
    /// <param name="pipe">What it goes through; rented at the first time.</param>
    /// <returns>False where it is copied: it is not worth it, or there is no pipe to be had.</returns>
    private bool TrySplice(Exchange exchange, in BodyReader body, ConnectionReader from, ref KernelPipe? pipe)
    {
        if (body.OpaqueBytes < (pipe is null ? SpliceBytesMin : SpliceAgainBytesMin)) return false;
        if (!client.CanSplice || !exchange.Upstream!.CanSplice) return false;
        from.ExpectSmall();
        return (pipe ??= worker.Loop.TryRentPipe()) is not null;
    }

    private Step TakeSpliced(Exchange exchange, Received read)
    {
        var moved = exchange.ResponsePipe!.Length;
        if (moved == 0 || read.IsCanceled)
        {
            var step = TakeResponseBody(exchange, read);
            if (moved == 0 || step != Step.Relay) return step;
        }

        exchange.ResponseBody.TakeOpaque(moved);
        exchange.Upstream!.SetDeadline(exchange.Service!.ResponseBodyTimeoutMs);
        if (exchange.AddsChunks) WriteChunkSize(exchange, moved);
        return Step.SendSpliced;
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

    private Step TakeResponseBody(Exchange exchange, Received read)
    {
        var upstream = exchange.Upstream!;
        if (read.IsCanceled)
        {
            if (upstream.DeadlinePassed) return BreakResponse(exchange, ExchangeOutcome.ResponseTruncated);
            if (exchange.Upload is UploadState.ClientGone or UploadState.ClientTruncated or UploadState.ClientTimedOut or UploadState.Refused
                || WatchClient(exchange) != Step.AwaitResponse)
                return AbandonClient(exchange);
        }

        if (read.IsCompleted && upstream.Input.BufferedLength == exchange.ResponseLeftover && exchange.ResponsePipe is null or { Length: 0 })
        {
            // Closed: the upload found out first, but the response's end was orderly.
            if (exchange.ResponseBody.Framing != BodyFraming.UntilClose || upstream.Failure is not (ConnectionFailure.None or ConnectionFailure.Closed))
                return BreakResponse(exchange, ExchangeOutcome.ResponseTruncated);
            exchange.ResponseBody.EndAtClose();
            if (exchange.AddsChunks) WriteChunkSize(exchange, 0);
            return Step.Relay;
        }

        if (upstream.Input.BufferedLength > exchange.ResponseLeftover) upstream.SetDeadline(exchange.Service!.ResponseBodyTimeoutMs);
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
        worker.CountFailure(exchange, outcome, exchange.Upstream!.Failure);
        return Step.Abandon;
    }

    /// <summary>Parts with the upstream connection and settles the client's.</summary>
    /// <returns>True where the client connection goes on with its next request.</returns>
    private bool EndExchange(Exchange exchange, Step step)
    {
        worker.Outcomes[(int)exchange.Outcome]++;
        client.CancelOnHangup = null;
        EndMirror(exchange, step);
        if (step == Step.Finished) FinishWithUpstream(exchange);
        else CloseUpstream(exchange);

        if (step == Step.Abandon)
        {
            // Close-delimited, a plain end would look complete.
            if (exchange is { ResponseStarted: true, ClientFraming: BodyFraming.UntilClose }) client.Abort();
            // A close over unread requests would reset away complete answers to earlier ones.
            else if (exchange.Outcome is ExchangeOutcome.ResponseTruncated or ExchangeOutcome.ResponseMalformed) CloseClient(gracefully: exchange.Request.KeepAlive || client.HasInput);
            return false;
        }

        if (exchange.ClientCloses || EndsForDrain)
        {
            // A client that did not ask for the end may be sending its next request already.
            CloseClient(gracefully: step == Step.Answer || exchange.Request.KeepAlive || !exchange.RequestIsWhole || client.HasInput);
            return false;
        }

        ReleaseRequest(exchange);
        if (IsLast) client.SetDeadline(exchange.Listener!.IdleTimeoutMs);
        else client.ClearDeadline();
        TurnToNext();
        return true;
    }

    private void FinishWithUpstream(Exchange exchange)
    {
        if (exchange.Response.Status < 500) OutlierDetection.OnSuccess(exchange.Endpoint!);
        var upstream = exchange.Upstream!;
        exchange.LeaveUpstream();
        var nothingBehind = exchange.ResponseUsed == upstream.Input.BufferedLength;
        upstream.Input.Advance(exchange.ResponseUsed);
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

    private void BeginTunnel(Exchange exchange)
    {
        exchange.Outcome = ExchangeOutcome.Tunnelled;
        worker.Count(exchange);
        worker.Outcomes[(int)exchange.Outcome]++;
        client.CancelOnHangup = null;
        OutlierDetection.OnSuccess(exchange.Endpoint!);
        client.SetDeadline(exchange.Service!.TunnelTimeoutMs);
        exchange.Upstream!.ClearDeadline();
        ReleaseRequest(exchange);
    }
}
