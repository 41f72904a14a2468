using System.IO.Pipelines;
using FastCanary.Http;
using FastCanary.Traffic;
using FastCanary.Transport;
using HttpMethod = FastCanary.Http.HttpMethod;

namespace FastCanary.Proxy;

/// <summary>
/// A copied request on its way to an endpoint, and the response to it, which is read to its end: the version is to see the load that it would have.
/// Used again and again by its <see cref="MirrorCopy"/>. Loop's thread only.
/// </summary>
internal sealed class MirrorExchange(Worker worker, MirrorCopy copy)
{
    private const int InterimResponsesMax = 32;

    private const int ResponseFieldsMax = 1000;

    // Any kernel takes that much of a request at once: what is beyond it is sent while the response is waited for, which may begin before it is taken.
    private const int SentFirstBytesMax = 16 << 10;

    private readonly ResponseHead _head = new();
    private ServiceModel _service = null!;
    private EndpointModel _endpoint = null!;
    private ReadOnlyMemory<byte> _request;
    private HttpMethod _method;
    private MirrorResponse _response = null!;
    private MirrorComparison? _comparison;
    private BodyReader _body = BodyReader.None;
    private Connection? _upstream;
    private long _untilMs;
    private long _sentBefore;
    private int _leftover;
    private int _interims;
    private bool _isReused;
    private bool _isSentAgain;
    private bool _isRequestSent;
    private bool _isRefused;

    /// <param name="service">Whose time-outs hold.</param>
    /// <param name="endpoint">Where it goes.</param>
    /// <param name="method">The request's.</param>
    /// <param name="request">Head and body as they go on the wire; they stay as they are until the end.</param>
    /// <param name="response">What of the response is kept.</param>
    /// <param name="comparison">What is compared; null: nothing.</param>
    public async LoopTask RunAsync(ServiceModel service, EndpointModel endpoint, HttpMethod method, ReadOnlyMemory<byte> request, MirrorResponse response, MirrorComparison? comparison)
    {
        _service = service;
        _endpoint = endpoint;
        _method = method;
        _request = request;
        _response = response;
        _comparison = comparison;
        _isSentAgain = false;
        _untilMs = worker.Loop.NowMs + worker.Mirrors.TotalTimeoutMs;
        var step = MirrorStep.Send;
        try
        {
            while (step == MirrorStep.Send)
            {
                TakeConnection();
                step = AfterSending(await Sending());
                if (step == MirrorStep.Head && !_isRequestSent) _ = SendRestAsync(_upstream!);
                while (step == MirrorStep.Head) step = TakeHead(await _upstream!.Input.ReceiveAsync());
                while (step == MirrorStep.Body) step = TakeBody(await _upstream!.Input.ReceiveAsync());
                Part(step);
            }

            response.IsWhole = step == MirrorStep.Finished;
            copy.ExchangeEnded();
        }
#pragma warning disable CA1031 // A bug in one mirrored exchange ends that exchange, is counted and reported, and spares the others.
        catch (Exception e)
#pragma warning restore CA1031
        {
            worker.ReportBug(e);
            _upstream?.Abort();
            _upstream = null;
            copy.Forget();
        }
    }

    private void TakeConnection()
    {
        var upstream = _isSentAgain ? null : worker.PoolOf(_endpoint).TryTake();
        _isReused = upstream is not null;
        upstream ??= worker.Loop.Connect(_endpoint.Address);
        _upstream = upstream;
        _sentBefore = upstream.Output.BytesSent;
        _isRequestSent = _isRefused = false;
        _leftover = _interims = 0;
        ResetHead();
        SetDeadline(_isReused ? _service.ResponseTimeoutMs : _service.ConnectTimeoutMs);
    }

    private FlushAwaitable Sending()
    {
        var output = _upstream!.Output;
        if (_request.Length <= SentFirstBytesMax)
        {
            _isRequestSent = true;
            // Behind what the user's own exchange is about to send.
            return output.TrySendSoon(_request.Span) ? output.SentAsync() : output.SendAsync(_request);
        }

        return output.SendAsync(_request[..SentFirstBytesMax]);
    }

    private MirrorStep AfterSending(FlushResult flushed)
    {
        if (flushed.IsCanceled) return MirrorStep.Failed;
        SetDeadline(_service.ResponseTimeoutMs);
        if (!flushed.IsCompleted) return MirrorStep.Head;
        _isRequestSent = true;
        _isRefused = true;
        // It takes no more, but what it has answered may be there to read.
        return !_isReused && _upstream!.Output.BytesSent == 0 ? MirrorStep.Failed : MirrorStep.Head;
    }

    /// <summary>The rest of a large request, beside its response.</summary>
    private async LoopTask SendRestAsync(Connection upstream)
    {
        var flushed = await upstream.Output.SendAsync(_request[SentFirstBytesMax..]);
        // The exchange may have ended first.
        if (_upstream != upstream || flushed.IsCanceled || flushed.IsCompleted) return;
        _isRequestSent = true;
        // No body is under way: its head is still waited for.
        if (_body.IsDone) SetDeadline(_service.ResponseTimeoutMs);
    }

    private MirrorStep TakeHead(Received read)
    {
        var upstream = _upstream!;
        if (read.IsCanceled && upstream.DeadlinePassed) return MirrorStep.Failed;
        var input = upstream.Input.Buffered;
        if (input.IsEmpty) return read.IsCompleted ? Missing() : MirrorStep.Head;
        // Nothing was asked yet: whatever this is, it answers no request of ours.
        if (upstream.Output.BytesSent == _sentBefore) return Missing();
        switch (_head.Parse(input))
        {
            case ParseStatus.NeedMore when !read.IsCompleted:
                upstream.Input.AdvanceExamined(0);
                return MirrorStep.Head;

            case ParseStatus.Done when _head.IsInterim:
                if (++_interims > InterimResponsesMax) return MirrorStep.Failed;
                upstream.Input.Advance(_head.Length);
                ResetHead();
                return MirrorStep.Head;

            case ParseStatus.Done:
                return TakeFinalHead(input);

            default:
                return MirrorStep.Failed;
        }
    }

    private MirrorStep TakeFinalHead(ReadOnlySpan<byte> input)
    {
        _response.TakeHead(_head, input, _comparison, isChunked: false);
        _body = BodyReader.OfResponse(_head, dataOnly: true);
        _upstream!.Input.Advance(_head.Length);
        SetDeadline(_service.ResponseBodyTimeoutMs);
        return _body.IsDone ? MirrorStep.Finished : MirrorStep.Body;
    }

    private MirrorStep TakeBody(Received read)
    {
        var upstream = _upstream!;
        if (read.IsCanceled && upstream.DeadlinePassed) return MirrorStep.Failed;
        var input = upstream.Input.Buffered;
        if (read.IsCompleted && input.Length == _leftover)
        {
            var isOrderly = _body.Framing == BodyFraming.UntilClose && upstream.Failure is ConnectionFailure.None or ConnectionFailure.Closed;
            return isOrderly ? MirrorStep.Finished : MirrorStep.Failed;
        }

        if (input.Length > _leftover) SetDeadline(_service.ResponseBodyTimeoutMs);
        var used = 0;
        while (!_body.IsDone)
        {
            var status = _body.Next(input[used..], out var consumed, out var forward);
            if (status == ParseStatus.Invalid) return MirrorStep.Failed;
            _response.AppendBody(forward.Of(input[used..]));
            used += consumed;
            if (consumed == 0) break;
        }

        _leftover = input.Length - used;
        if (_body.IsDone) upstream.Input.Advance(used);
        else upstream.Input.AdvanceExamined(used);
        return _body.IsDone ? MirrorStep.Finished : MirrorStep.Body;
    }

    /// <summary>No byte of a response came: on a connection that has served others, its peer may have closed it just before (RFC 9110, 9.2.2).</summary>
    private MirrorStep Missing()
    {
        var isUnsent = _upstream!.Output.BytesSent == _sentBefore;
        if (!_isReused || _isSentAgain || _interims > 0 || !(isUnsent || _method.IsIdempotent())) return MirrorStep.Failed;
        _isSentAgain = true;
        return MirrorStep.Send;
    }

    /// <summary>Parked only after a response that was complete, well-framed and left nothing behind (law 2), to a request that was sent whole.</summary>
    private void Part(MirrorStep step)
    {
        var upstream = _upstream!;
        _upstream = null;
        if (step == MirrorStep.Finished && _head.KeepAlive && _isRequestSent && !_isRefused && upstream.Input.BufferedLength == 0)
            worker.PoolOf(_endpoint).Park(upstream, _service.UpstreamIdleTimeoutMs);
        else
            upstream.Drop();
    }

    private void ResetHead()
    {
        var bytesMax = _service.ResponseHeadBytesMax;
        _head.Reset(new HeadLimits(bytesMax, bytesMax, ResponseFieldsMax), _method, upgradeRequested: false);
        _body = BodyReader.None;
    }

    private void SetDeadline(int milliseconds) => _upstream!.SetDeadline((int)Math.Clamp(_untilMs - worker.Loop.NowMs, 1, milliseconds));
}
