using System.Text;
using FastCanary.Http;
using FastCanary.Traffic;
using HttpMethod = FastCanary.Http.HttpMethod;

namespace FastCanary.Proxy;

/// <summary>
/// A request that is also sent to a version that nobody waits for, with what is needed to compare the two responses. The user's exchange tells it what passes, and
/// never waits; from <see cref="RequestComplete"/> on it goes its own way.
/// </summary>
/// <remarks>
/// Two parties hold it: the user's exchange until <see cref="ResponseComplete"/> or <see cref="Abandon"/>, exactly one of which ends its use, and the mirroring itself
/// until there is an outcome. Whoever leaves last gives it back. All on the loop's thread, but while the comparing thread has it, and the loop stays away.
/// </remarks>
internal sealed class MirrorCopy
{
    private readonly Worker _worker;
    private readonly LoopMirrors _mirrors;
    private readonly MirrorExchange _exchange;
    private readonly MirrorBytes _request;
    private readonly Action _confirm;
    private ServiceModel _service = null!;
    private MirrorModel _mirror = null!;
    private VersionModel _served = null!;
    private VersionModel? _sentTo;
    private EndpointModel? _endpoint;
    private int _requestBytesMax;
    private int _headBytes;
    private int _holders;
    private MirrorPhase _phase;
    private bool _userOpen;
    private bool _userLost;

    internal MirrorCopy(Worker worker, LoopMirrors mirrors)
    {
        _worker = worker;
        _mirrors = mirrors;
        var memory = mirrors.Comparer.Memory;
        _exchange = new MirrorExchange(worker, this);
        _request = new MirrorBytes(memory);
        User = new MirrorResponse(memory);
        Mirrored = new MirrorResponse(memory);
        _confirm = Confirm;
    }

    /// <summary>What the user got.</summary>
    public MirrorResponse User { get; }

    /// <summary>What the mirrored version answered; later, what the baseline answered once more.</summary>
    public MirrorResponse Mirrored { get; }

    public MirrorComparison Comparison => _mirror.Comparison!;

    public MirrorCounters Counters { get; private set; } = null!;

    public HttpMethod Method { get; private set; }

    /// <summary>What the mirrored version's response differs in; null until that is known.</summary>
    public MirrorDifference? Difference { get; set; }

    /// <summary>The next bytes of the request are wanted: they must pass through this process.</summary>
    public bool WantsRequest => _phase == MirrorPhase.Collecting;

    /// <summary>The next bytes of the user's response are wanted: they must pass through this process.</summary>
    public bool WantsResponse => _userOpen && !User.IsTruncated && _mirror.Comparison is { Body: not MirrorBodyComparison.None };

    private static ReadOnlySpan<byte> Marker => "X-Canary-Mirrored: 1\r\n"u8;

    /// <summary>Begins to mirror a request.</summary>
    /// <param name="worker">Of this loop.</param>
    /// <param name="service">The request's.</param>
    /// <param name="mirror">The service's.</param>
    /// <param name="served">The version that serves the user.</param>
    /// <param name="request">Parsed.</param>
    /// <param name="headAsSentUpstream">The head as <see cref="RequestHeadWriter"/> wrote it.</param>
    /// <returns>Null where the request is not mirrored: a bound is reached, which is counted, or it asks for an upgrade.</returns>
    public static MirrorCopy? TryBegin(Worker worker, ServiceModel service, MirrorModel mirror, VersionModel served, RequestHead request, ReadOnlySpan<byte> headAsSentUpstream)
    {
        if (request.WantsUpgrade) return null;
        var counters = service.Versions[mirror.VersionIndex].State.Mirror;
        if (request.ContentLength > mirror.RequestBodyBytesMax)
        {
            counters.Add(MirrorCount.SkippedTooLarge);
            return null;
        }

        var mirrors = worker.Mirrors;
        if (mirrors.HasRoom)
        {
            var copy = mirrors.Rent();
            if (copy.TryTakeHead(service, mirror, served, request, headAsSentUpstream)) return copy;
            mirrors.Return(copy);
        }

        counters.Add(MirrorCount.SkippedBusy);
        return null;
    }

    /// <summary>Takes bytes of the request's body as they go upstream, chunk framing included.</summary>
    public void AppendRequest(ReadOnlySpan<byte> bytes)
    {
        if (_phase != MirrorPhase.Collecting || _request.TryAppend(bytes, _requestBytesMax)) return;
        GiveUp(_request.Length + (long)bytes.Length > _requestBytesMax ? MirrorCount.SkippedTooLarge : MirrorCount.SkippedBusy);
    }

    /// <summary>The request goes upstream once more from its beginning: what came of its body comes again, unless it is whole already.</summary>
    public void RestartRequest()
    {
        if (_phase == MirrorPhase.Collecting) _request.CutTo(_headBytes);
    }

    /// <summary>The request has been copied whole: it is sent.</summary>
    public void RequestComplete()
    {
        if (_phase != MirrorPhase.Collecting) return;
        if (!TrySend(_service.Versions[_mirror.VersionIndex], MirrorPhase.UnderWay)) GiveUp(MirrorCount.SkippedBusy);
    }

    /// <summary>Takes the final head of the user's response.</summary>
    /// <param name="head">Parsed.</param>
    /// <param name="bytes">What it was parsed from.</param>
    /// <param name="isChunked">The bytes of the body will come with chunk framing.</param>
    public void TakeResponseHead(ResponseHead head, ReadOnlySpan<byte> bytes, bool isChunked)
    {
        if (_userOpen) User.TakeHead(head, bytes, _mirror.Comparison, isChunked);
    }

    /// <summary>Takes bytes of the user's response body as they are passed on.</summary>
    public void AppendResponse(ReadOnlySpan<byte> bytes)
    {
        if (!_userOpen) return;
        User.AppendBody(bytes);
        // The rest is not compared: it need not be waited for, however long it goes on.
        if (User.IsTruncated) SettleUser(isLost: false);
    }

    /// <summary>The user's exchange has ended with its response; this is its last word.</summary>
    /// <param name="whole">The response was complete.</param>
    public void ResponseComplete(bool whole)
    {
        if (_phase == MirrorPhase.Collecting) GiveUp(MirrorCount.SkippedIncomplete);
        else if (_userOpen) SettleUser(isLost: !whole);
        Release();
    }

    /// <summary>The user's exchange has ended otherwise; this is its last word. The mirrored request goes on if it is under way, and nothing is compared.</summary>
    public void Abandon() => ResponseComplete(whole: false);

    /// <summary>The exchange has ended; whether its response is whole stands there.</summary>
    internal void ExchangeEnded()
    {
        _worker.GiveEndpoint(_sentTo!, _endpoint!);
        if (_phase == MirrorPhase.Confirming)
        {
            Leave();
            if (!Mirrored.IsWhole || !_mirrors.Comparer.TryAdd(this)) Finish(MirrorVerdict.Unconfirmed);
            return;
        }

        _phase = MirrorPhase.Answered;
        GoOn();
    }

    /// <summary>It ended by a bug: what it holds may be in use, and is left to the collector.</summary>
    internal void Forget()
    {
        _worker.GiveEndpoint(_sentTo!, _endpoint!);
        if (_phase != MirrorPhase.Ended) Leave();
    }

    /// <summary>Asks the baseline once more, to tell noise from change. The comparing thread; the copy is the loop's then.</summary>
    internal void PostConfirm() => _worker.Loop.Post(_confirm);

    /// <summary>Counts the difference, and ends. Whoever has the copy.</summary>
    internal void Finish(MirrorVerdict verdict)
    {
        Counters.Add(Difference! with { Verdict = verdict });
        Drop();
    }

    /// <summary>Counts why there is no difference, and ends. Whoever has the copy.</summary>
    internal void Finish(MirrorCount outcome)
    {
        Counters.Add(outcome);
        Drop();
    }

    /// <summary>The request's method and its path without the query, as text to be read.</summary>
    internal (string Method, string Path) DescribeRequest()
    {
        const int PathBytesMax = 256;
        const int MethodBytesMax = 32;
        var line = _request.Span;
        var method = line[..line.IndexOf((byte)' ')];
        var target = line[(method.Length + 1)..];
        var path = target[..target.IndexOfAny((byte)' ', (byte)'?')];
        return (Encoding.Latin1.GetString(method[..Math.Min(method.Length, MethodBytesMax)]), Encoding.Latin1.GetString(path[..Math.Min(path.Length, PathBytesMax)]));
    }

    private bool TryTakeHead(ServiceModel service, MirrorModel mirror, VersionModel served, RequestHead request, ReadOnlySpan<byte> head)
    {
        // Before the empty line.
        _headBytes = head.Length + Marker.Length;
        _requestBytesMax = _headBytes + mirror.RequestBodyBytesMax;
        var end = head.Length - 2;
        if (!_request.TryAppend(head[..end], _requestBytesMax) || !_request.TryAppend(Marker, _requestBytesMax) || !_request.TryAppend(head[end..], _requestBytesMax))
        {
            _request.Release();
            return false;
        }

        _service = service;
        _mirror = mirror;
        _served = served;
        Method = request.Method;
        Counters = service.Versions[mirror.VersionIndex].State.Mirror;
        Difference = null;
        _phase = MirrorPhase.Collecting;
        _userOpen = true;
        _userLost = false;
        _holders = 2;
        _mirrors.UnderWay++;
        return true;
    }

    /// <returns>False where no endpoint of the version is available, or all have their most connections: users come first.</returns>
    private bool TrySend(VersionModel version, MirrorPhase phase)
    {
        if (_worker.TryTakeEndpoint(version) is not { } endpoint) return false;
        _phase = phase;
        if (phase == MirrorPhase.UnderWay) Counters.Add(MirrorCount.Mirrored);
        _sentTo = version;
        _endpoint = endpoint;
        _ = _exchange.RunAsync(_service, endpoint, Method, _request.Memory, Mirrored, _mirror.Comparison);
        return true;
    }

    private void SettleUser(bool isLost)
    {
        _userOpen = false;
        _userLost = isLost;
        if (isLost) User.Clear();
        GoOn();
    }

    private void GiveUp(MirrorCount why)
    {
        Leave();
        Finish(why);
    }

    /// <summary>Goes on when the mirrored exchange has ended and the user's response is there, or will not be.</summary>
    private void GoOn()
    {
        if (_phase != MirrorPhase.Answered) return;
        if (!Mirrored.IsWhole)
        {
            GiveUp(MirrorCount.Failed);
        }
        else if (_mirror.Comparison is null)
        {
            Leave();
            Drop();
        }
        else if (_userLost)
        {
            GiveUp(MirrorCount.NotCompared);
        }
        else if (!_userOpen)
        {
            Leave();
            if (!_mirrors.Comparer.TryAdd(this)) Finish(MirrorCount.SkippedComparison);
        }
    }

    private void Confirm()
    {
        Mirrored.Clear();
        if (!_mirrors.HasRoom)
        {
            Finish(MirrorVerdict.Unconfirmed);
            return;
        }

        _mirrors.UnderWay++;
        if (TrySend(_served, MirrorPhase.Confirming)) return;
        Leave();
        Finish(MirrorVerdict.Unconfirmed);
    }

    /// <summary>Leaves its place on the loop.</summary>
    private void Leave()
    {
        _mirrors.UnderWay--;
        _phase = MirrorPhase.Ended;
        _userOpen = false;
    }

    /// <summary>Nothing that it holds is needed any more.</summary>
    private void Drop()
    {
        _request.Release();
        User.Clear();
        Mirrored.Clear();
        Release();
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0) _mirrors.Return(this);
    }
}
