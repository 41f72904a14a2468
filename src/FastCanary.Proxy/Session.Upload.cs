using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using FastCanary.Http;
using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <content>A request body that is still arriving when the request is sent on: it flows beside the response, so that an upstream may answer early.</content>
internal sealed partial class Session
{
    private void BeginUpload(Exchange exchange)
    {
        exchange.AwaitsContinue = exchange.Request.ExpectsContinue && exchange.RequestBody.BodyBytes == 0;
        // The response's time-out does not run while the body is under way, except where the client waits to be asked for it.
        if (!exchange.AwaitsContinue) exchange.Upstream!.ClearDeadline();
        ReleaseRequest(exchange);
        exchange.Upload = UploadState.Running;
        client.CancelOnHangup = exchange.Upstream!.Input;
#pragma warning disable CA2012 // Awaited exactly once, by RunAsync before the exchange ends.
        exchange.UploadTask = UploadAsync(exchange);
#pragma warning restore CA2012
    }

    // Pooled, so that an upload that suspends allocates nothing either.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask UploadAsync(Exchange exchange)
    {
        var upstream = exchange.Upstream!;
        var state = UploadState.Running;
        while (state == UploadState.Running)
        {
            if (!exchange.FlushWaits) ArmUpload(exchange);
            if (client.Input.BufferedLength == 0 && exchange.Mirror is not { WantsRequest: true } && TrySplice(exchange, exchange.RequestBody, client.Input, ref exchange.UploadPipe))
            {
                state = TakeUploadSpliced(exchange, await client.Input.FillAsync(exchange.UploadPipe!, exchange.RequestBody.OpaqueBytes));
                if (state is not (UploadState.Running or UploadState.Done) || exchange.UploadPipe!.Length == 0) continue;
                state = AfterUploadPiece(exchange, await Watched(exchange, upstream, upstream.Output.DrainAsync(exchange.UploadPipe)), state);
                continue;
            }

            state = TakeUploadPiece(exchange, await client.Input.ReceiveAsync());
            if (exchange.UploadPiece.Length > 0)
            {
                var piece = client.Input.BufferedMemory.Slice(exchange.UploadPiece.Start, exchange.UploadPiece.Length);
                state = AfterUploadPiece(exchange, await Watched(exchange, upstream, upstream.Output.SendAsync(piece)), state);
            }

            if (state is UploadState.Running or UploadState.Done) AdvanceUpload(exchange);
        }

        EndUpload(exchange, state);
    }

    /// <summary>An upstream that does not take the body as fast as it comes has a deadline for it.</summary>
    private static FlushAwaitable Watched(Exchange exchange, Connection upstream, FlushAwaitable sending)
    {
        if (!sending.IsCompleted) upstream.SetDeadline(exchange.Service!.ResponseTimeoutMs);
        return sending;
    }

    private UploadState TakeUploadSpliced(Exchange exchange, Received read)
    {
        var moved = exchange.UploadPipe!.Length;
        if (exchange.Upload == UploadState.Stopped) return UploadState.Stopped;
        if (read.IsCanceled && client.DeadlinePassed) return UploadState.ClientTimedOut;
        if (moved == 0)
        {
            if (!read.IsCompleted) return UploadState.Running;
            return client.PeerGone ? UploadState.ClientGone : UploadState.ClientTruncated;
        }

        if (exchange.AwaitsContinue) ContinueUpload(exchange);
        exchange.RequestBody.TakeOpaque(moved);
        if (IsBodyTooLarge(exchange))
        {
            exchange.UploadFault = HttpFault.BodyTooLarge;
            return UploadState.Refused;
        }

        return exchange.RequestBody.IsDone ? UploadState.Done : UploadState.Running;
    }

    private UploadState TakeUploadPiece(Exchange exchange, Received read)
    {
        exchange.UploadPiece = default;
        exchange.UploadConsumed = 0;
        if (exchange.Upload == UploadState.Stopped) return UploadState.Stopped;
        if (read.IsCanceled && client.DeadlinePassed) return UploadState.ClientTimedOut;
        var input = client.Input.Buffered;
        if (read.IsCompleted && input.Length == exchange.UploadLeftover) return client.PeerGone ? UploadState.ClientGone : UploadState.ClientTruncated;
        if (input.IsEmpty) return UploadState.Running;

        if (exchange.AwaitsContinue) ContinueUpload(exchange);
        var status = exchange.RequestBody.Next(input, out var consumed, out var forward);
        exchange.UploadFault = status == ParseStatus.Invalid ? exchange.RequestBody.Fault : IsBodyTooLarge(exchange) ? HttpFault.BodyTooLarge : HttpFault.None;
        if (exchange.UploadFault != HttpFault.None) return UploadState.Refused;
        exchange.UploadPiece = forward;
        exchange.UploadConsumed = consumed;
        exchange.Mirror?.AppendRequest(forward.Of(input));
        if (status == ParseStatus.Done) exchange.Mirror?.RequestComplete();
        return status == ParseStatus.Done ? UploadState.Done : UploadState.Running;
    }

    private static UploadState AfterUploadPiece(Exchange exchange, FlushResult written, UploadState state)
    {
        if (exchange.Upload == UploadState.Stopped) return UploadState.Stopped;
        if (written.IsCompleted) return UploadState.UpstreamClosed;
        if (written.IsCanceled) return UploadState.UpstreamStalled;
        if (exchange.ResponseStarted) exchange.Upstream!.SetDeadline(exchange.Service!.ResponseBodyTimeoutMs);
        else exchange.Upstream!.ClearDeadline();
        return state;
    }

    private void AdvanceUpload(Exchange exchange)
    {
        var input = client.Input;
        exchange.UploadLeftover = exchange.UploadConsumed > 0 ? 0 : input.BufferedLength;
        if (exchange.UploadConsumed > 0) input.Advance(exchange.UploadConsumed);
        else input.AdvanceExamined(0);
    }

    /// <summary>The upstream has asked for the body, or the client did not wait for that.</summary>
    private void ContinueUpload(Exchange exchange)
    {
        exchange.AwaitsContinue = false;
        if (!exchange.ResponseStarted) exchange.Upstream!.ClearDeadline();
        if (!exchange.FlushWaits) ArmUpload(exchange);
    }

    /// <summary>The client's deadline is about the next piece of its body; one that waits to be asked for it has none.</summary>
    private void ArmUpload(Exchange exchange)
    {
        if (exchange.AwaitsContinue) client.ClearDeadline();
        else client.SetDeadline(exchange.Listener!.RequestBodyTimeoutMs);
    }

    private void EndUpload(Exchange exchange, UploadState state)
    {
        if (exchange.Upload == UploadState.Stopped) return;
        exchange.Upload = state;
        if (!exchange.FlushWaits) client.ClearDeadline();
        var upstream = exchange.Upstream!;
        if (state is UploadState.Done or UploadState.UpstreamClosed)
        {
            if (!exchange.ResponseStarted) upstream.SetDeadline(exchange.Service!.ResponseTimeoutMs);
            if (WatchClient(exchange) == Step.AwaitResponse) return;
        }

        upstream.Input.CancelPendingRead();
    }

    /// <summary>The exchange ends before its request body: whatever the upload waits for is called off.</summary>
    private void StopUpload(Exchange exchange)
    {
        exchange.Upload = UploadState.Stopped;
        client.Input.CancelPendingRead();
        exchange.Upstream?.Output.CancelPendingFlush();
    }
}
