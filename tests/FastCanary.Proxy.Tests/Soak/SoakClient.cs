using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace FastCanary.Proxy.Tests.Soak;

/// <summary>One client: does one thing after the other, on a connection as long as that lasts, and checks all that comes back.</summary>
internal sealed class SoakClient(int index, ulong seed, int firstNumber, SoakReloads reloads, SoakCounts counts) : IDisposable
{
    // The proxy takes a client that has sent FIN for gone when a second passes without progress; a busy machine can make it one.
    private const int HalfClosedPatienceMs = 900;

    private static readonly OriginBehaviour[] Sound =
    [
        OriginBehaviour.Length, OriginBehaviour.Length, OriginBehaviour.Length, OriginBehaviour.ChunkedLarge, OriginBehaviour.ChunkedTiny,
        OriginBehaviour.UntilClose, OriginBehaviour.Http10, OriginBehaviour.Http10UntilClose, OriginBehaviour.Interim, OriginBehaviour.CloseAnnounced, OriginBehaviour.CloseSilent,
    ];

    // How likely each action is; the reading ones keep connections open, the others end them.
    private static readonly (SoakAction Action, int Share)[] Shares =
    [
        (SoakAction.SmallGet, 30), (SoakAction.LargeGet, 14), (SoakAction.Head, 6), (SoakAction.PostLength, 14), (SoakAction.PostChunked, 14),
        (SoakAction.PostExpect, 4), (SoakAction.Pipeline, 10), (SoakAction.ConnectionClose, 3), (SoakAction.Http10Get, 3), (SoakAction.IdlePause, 3),
        (SoakAction.SlowRead, 2), (SoakAction.HalfClose, 2), (SoakAction.HalfCloseInRequestBody, 2), (SoakAction.CloseInRequestHead, 1), (SoakAction.ResetInRequestHead, 1),
        (SoakAction.CloseInRequestBody, 2), (SoakAction.ResetInRequestBody, 2), (SoakAction.CloseInResponse, 2), (SoakAction.ResetInResponse, 2),
    ];

    private static readonly int SharesSum = Shares.Sum(static share => share.Share);

    private readonly SoakRandom _random = SoakRandom.Of(seed, 1000 + index);
    private Wire? _wire;
    private SoakSender? _sender;
    private bool _mayEnd;
    private int _number = firstNumber;
    private long _halfClosedMs;
    private bool _mayBeReset;

    public void Run(Func<bool> isOver)
    {
        var action = SoakAction.SmallGet;
        try
        {
            while (!isOver())
            {
                action = Draw();
                if (!Connect(action)) continue;
                counts.Count(action);
                if (!Act(action)) Leave(_random.OneIn(8));
            }
        }
        catch (Exception e)
        {
            counts.Fault(string.Create(CultureInfo.InvariantCulture, $"client {index}, request {_number}, {action}: {e}"));
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose() => _wire?.Dispose();

    private SoakAction Draw()
    {
        var at = _random.Below(SharesSum);
        foreach (var (action, share) in Shares)
        {
            if (at < share) return action;
            at -= share;
        }

        throw new InvalidOperationException("the shares' sum is wrong");
    }

    private bool Connect(SoakAction action)
    {
        // A small receive buffer is what makes a slow reader slow for the proxy.
        if (action == SoakAction.SlowRead) Leave(reset: false);
        if (_wire is not null) return true;
        var extra = _random.OneIn(3) ? reloads.ExtraPort : 0;
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (action == SoakAction.SlowRead) socket.ReceiveBufferSize = 8 << 10;
            socket.Connect(IPAddress.Loopback, extra == 0 ? reloads.Port : extra);
        }
        catch (SocketException) when (extra != 0)
        {
            socket.Dispose();
            counts.Note("no listener any more");
            return false;
        }

        _mayEnd = extra != 0;
        _wire = new Wire(socket);
        _sender = new SoakSender(socket);
        _halfClosedMs = 0;
        _mayBeReset = false;
        return true;
    }

    private void Leave(bool reset)
    {
        if (reset) _wire?.Reset();
        _wire?.Dispose();
        _wire = null;
        _sender = null;
    }

    /// <returns>Whether the connection can be used again.</returns>
    private bool Act(SoakAction action) => action switch
    {
        SoakAction.SmallGet => Exchange(Get(small: true)),
        SoakAction.LargeGet => Exchange(Get(small: false)),
        SoakAction.Head => Exchange(Get(small: true) with { Method = "HEAD", Behaviour = Sound[_random.Below(Sound.Length)] }),
        SoakAction.PostLength => Exchange(Post()),
        SoakAction.PostChunked => Exchange(Post() with { IsChunked = true }),
        SoakAction.PostExpect => Exchange(Post() with { IsChunked = _random.OneIn(2), ExpectsContinue = true }),
        SoakAction.Pipeline => Pipeline(),
        SoakAction.ConnectionClose => Exchange((_random.OneIn(2) ? Get(small: true) : Post()) with { WantsClose = true }),
        SoakAction.Http10Get => Exchange(Get(_random.OneIn(2)) with { IsHttp10 = true }),
        SoakAction.IdlePause => Pause(),
        SoakAction.SlowRead => ReadSlowly(),
        SoakAction.HalfClose => HalfClose(),
        SoakAction.HalfCloseInRequestBody => LeaveInRequestBody(action),
        SoakAction.CloseInRequestHead or SoakAction.ResetInRequestHead => LeaveInRequestHead(action == SoakAction.ResetInRequestHead),
        SoakAction.CloseInRequestBody or SoakAction.ResetInRequestBody => LeaveInRequestBody(action),
        _ => LeaveInResponse(action == SoakAction.ResetInResponse),
    };

    private SoakRequest Get(bool small)
    {
        var behaviour = _random.OneIn(12) ? _random.OneIn(2) ? OriginBehaviour.Truncated : OriginBehaviour.Reset : Sound[_random.Below(Sound.Length)];
        return New(behaviour, behaviour == OriginBehaviour.ChunkedTiny ? _random.Size(0, 16 << 10) : small ? _random.Size(0, 20 << 10) : _random.Size(64 << 10, 2 << 20));
    }

    private SoakRequest Post()
    {
        var request = Get(small: !_random.OneIn(10));
        if (_random.OneIn(10)) request = request with { Behaviour = _random.OneIn(2) ? OriginBehaviour.EarlyAnswer : OriginBehaviour.EarlyAnswerAbrupt, Size = _random.Size(0, 8 << 10) };
        return request with { Method = "POST", BodySize = _random.OneIn(12) ? 0 : _random.Size(1, 256 << 10) };
    }

    private SoakRequest New(OriginBehaviour behaviour, int size)
    {
        counts.CountRequest();
        _number++;
        var isBroken = behaviour is OriginBehaviour.Truncated or OriginBehaviour.Reset;
        if (isBroken) size++;
        return new SoakRequest
        {
            Token = SoakRandom.Mix(seed ^ SoakRandom.Mix(((ulong)(index + 1) << 40) + (ulong)_number)),
            Behaviour = behaviour,
            Size = size,
            Cut = !isBroken ? 0 : behaviour == OriginBehaviour.Reset && _random.OneIn(4) ? SoakRequest.CutBeforeHead : _random.Below(size),
            Client = index,
            Number = _number,
        };
    }

    private bool Exchange(SoakRequest request) => TrySend(request) ? Receive(request) : Receive(request) && false;

    /// <returns>False where the proxy takes no more of it: then it has answered already, or has gone.</returns>
    private bool TrySend(SoakRequest request)
    {
        try
        {
            _sender!.Text(request.Head);
            if (!request.IsPost) _sender.Flush();
            else if (!request.ExpectsContinue) SendBody(request, request.BodySize);
            else _sender.Flush();
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode != SocketError.TimedOut)
        {
            return false;
        }
    }

    /// <summary>Sends the body's first <paramref name="count"/> bytes, and its end where that is all of it.</summary>
    private void SendBody(SoakRequest request, int count)
    {
        var key = SoakPattern.RequestKey(request.Token);
        if (_random.OneIn(3)) _sender!.Flush();
        if (request.IsChunked)
        {
            _sender!.Chunks(key, count, 1, _random.OneIn(2) ? 200 : 90_001, 10, _random);
            if (count == request.BodySize) _sender.Text("0\r\n\r\n");
        }
        else
        {
            for (var at = 0; at < count;)
            {
                var piece = Math.Min(count - at, _random.Between(1, 100_000));
                _sender!.Pattern(key, at, piece);
                if (_random.OneIn(3)) _sender.Flush();
                at += piece;
            }
        }

        _sender!.Flush();
    }

    private bool Pipeline()
    {
        var requests = new List<SoakRequest>();
        var depth = _random.Between(2, 24);
        // Mostly sound ones, because one that breaks off leaves those behind it without an answer.
        var mayBreak = _random.OneIn(4);
        while (requests.Count < depth)
        {
            var last = requests.Count == depth - 1;
            var request = Get(small: !_random.OneIn(20));
            if (request.IsBroken && !mayBreak) request = request with { Behaviour = OriginBehaviour.Length };
            if (!request.IsBroken && _random.OneIn(8)) request = request with { Method = "HEAD" };
            if (last && _random.OneIn(3)) request = request with { Method = "POST", Behaviour = OriginBehaviour.Length, BodySize = _random.Size(0, 20 << 10), IsChunked = _random.OneIn(2) };
            requests.Add(request);
        }

        try
        {
            foreach (var request in requests)
            {
                _sender!.Text(request.Head);
                if (request.IsPost) SendBody(request, request.BodySize);
                if (_random.OneIn(20)) _sender.Flush();
            }

            _sender!.Flush();
        }
        catch (SocketException e) when (e.SocketErrorCode != SocketError.TimedOut)
        {
            // The answers tell why.
        }

        for (var i = 0; i < requests.Count; i++)
        {
            // Where a listener goes, the proxy may close while requests are still on their way to it: the kernel answers them with a reset, which
            // can overtake the responses before.
            _mayBeReset = _mayEnd;
            if (!Receive(requests[i])) return false;
        }

        _mayBeReset = false;
        return true;
    }

    private bool Pause()
    {
        if (_random.OneIn(2))
        {
            Thread.Sleep(_random.Between(5, 300));
            return true;
        }

        var request = Get(small: true);
        var head = request.Head;
        var cut = _random.Between(1, head.Length - 1);
        try
        {
            _sender!.Text(head[..cut]).Flush();
            Thread.Sleep(_random.Between(1, 50));
            _sender.Text(head[cut..]).Flush();
        }
        catch (SocketException) when (_mayEnd)
        {
            // Its listener has gone; there is nothing to read, or it tells so.
        }

        return Receive(request);
    }

    private bool ReadSlowly()
    {
        var request = New(_random.OneIn(3) ? OriginBehaviour.ChunkedLarge : OriginBehaviour.Length, _random.Between(32 << 10, 512 << 10));
        var (piece, pauses) = (_random.Between(1000, 16_000), _random.Between(10, 60));
        return TrySend(request) && Receive(
            request,
            _ =>
            {
                if (pauses-- > 0) Thread.Sleep(_random.Between(0, 8));
                return true;
            },
            piece);
    }

    private bool HalfClose()
    {
        var request = _random.OneIn(2) ? Get(small: true) : Post() with { IsChunked = _random.OneIn(2) };
        // The proxy may take the client for gone when its time is up, and the origin then misses the rest.
        request = request with { IsAborted = true };
        if (!TrySend(request)) return Receive(request) && false;
        if (!TryFinish()) return false;
        _ = Receive(request);
        return false;
    }

    private bool LeaveInRequestHead(bool reset)
    {
        var head = Get(small: true).Head;
        _wire!.TrySend(head[.._random.Between(1, head.Length - 1)]);
        if (_random.OneIn(2)) Thread.Sleep(_random.Below(3));
        Leave(reset);
        return false;
    }

    private bool LeaveInRequestBody(SoakAction action)
    {
        var request = Post() with { BodySize = _random.Size(1, 256 << 10), IsChunked = _random.OneIn(2), IsAborted = true };
        try
        {
            _sender!.Text(request.Head);
            SendBody(request, _random.Below(request.BodySize));
        }
        catch (SocketException e) when (e.SocketErrorCode != SocketError.TimedOut)
        {
            return false;
        }

        if (_random.OneIn(2)) Thread.Sleep(_random.Below(5));
        if (action != SoakAction.HalfCloseInRequestBody)
        {
            Leave(action == SoakAction.ResetInRequestBody);
            return false;
        }

        if (TryFinish()) ReceiveRefusal(request);
        return false;
    }

    private bool LeaveInResponse(bool reset)
    {
        var request = (_random.OneIn(2) ? Get(small: true) : Get(small: false)) with { IsAborted = true };
        if (_random.OneIn(3)) request = request with { Method = "POST", BodySize = _random.Size(0, 64 << 10) };
        if (!TrySend(request)) return false;
        // A third of them does not even wait for the head.
        var until = _random.Below(request.Size + 1);
        if (!_random.OneIn(3)) _ = Receive(request, body => body.Received < until, isCut: true);
        Leave(reset);
        return false;
    }

    private bool TryFinish()
    {
        _halfClosedMs = Environment.TickCount64;
        try
        {
            _wire!.Finish();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>What became of a request whose body ends too early.</summary>
    private void ReceiveRefusal(SoakRequest request)
    {
        var head = SoakHead.Read(_wire!);
        while (head is { Status: < 200 }) head = SoakHead.Read(_wire!);
        if (head is null)
        {
            MayEnd(request);
        }
        else if (head.Status == 413 && request.ExpectedStatus == 413)
        {
            ReadBody(request, head);
        }
        else
        {
            if (head.Status is not (400 or 502)) throw new InvalidDataException($"a request without its end was answered: {request}: {head.Text}");
            counts.Note(head.Status == 400 ? "400 for half a body" : "502 for half a body");
            _ = Own(request, head);
        }
    }

    /// <summary>Reads the response and holds it against what the origin was asked for.</summary>
    /// <returns>Whether the connection goes on.</returns>
    private bool Receive(SoakRequest request, Func<SoakBody, bool>? continues = null, int pieceMax = 16 << 10, bool isCut = false)
    {
        SoakHead? head;
        while (true)
        {
            head = SoakHead.Read(_wire!);
            if (head is null) return MayEnd(request);
            if (head.Status >= 200) break;
            if (head.Status == 100 && request.ExpectsContinue)
            {
                counts.Note("100");
                try
                {
                    SendBody(request, request.BodySize);
                }
                catch (SocketException e) when (e.SocketErrorCode != SocketError.TimedOut)
                {
                    // The answer tells why.
                }
            }
            else if (head.Status != 103 || request.Behaviour != OriginBehaviour.Interim)
            {
                throw new InvalidDataException($"an interim response that was not asked for: {request}: {head.Text}");
            }
            else
            {
                CheckToken(request, head);
            }
        }

        if (head.Status is 502 or 504) return BadGateway(request, head);
        if (head.Status != request.ExpectedStatus) throw new InvalidDataException($"{request}: {head.Text}");
        var body = ReadBody(request, head, continues, pieceMax);
        if (isCut) return false;
        if (body is { IsComplete: false })
        {
            if (request.IsBroken) counts.Note("broken off as asked");
            else if (request.Behaviour == OriginBehaviour.EarlyAnswerAbrupt) counts.Note("413 broken off");
            else if (HalfClosedLate) counts.Note("half-closed too long");
            else if (WasReset) counts.Note("reset behind a pipeline");
            else throw new InvalidDataException($"only {body.Received} bytes, then {_wire!.End}: {request}: {head.Text}");
            return false;
        }

        if (request.IsBroken && !request.IsHead) throw new InvalidDataException($"a response that was broken off looks complete: {request}: {head.Text}");
        return GoesOn(request, head);
    }

    private SoakBody? ReadBody(SoakRequest request, SoakHead head, Func<SoakBody, bool>? continues = null, int pieceMax = 16 << 10)
    {
        CheckToken(request, head);
        var (length, coding) = (head["Content-Length"], head["Transfer-Encoding"]);
        var untilClose = request.IsHttp10 && !request.HasLength;
        // A response to HEAD need not tell that a body would come in chunks (RFC 9112, 6.1).
        if ((length is not null) != request.HasLength || (!request.IsHead && (coding == "chunked") != (!request.HasLength && !untilClose)))
            throw new InvalidDataException($"other framing than the origin's: {request}: {head.Text}");
        if (length is not null && length != request.Size.ToString(CultureInfo.InvariantCulture)) throw new InvalidDataException($"another length: {request}: {head.Text}");
        if (request.IsHead) return null;

        var body = new SoakBody(_wire!, SoakPattern.ResponseKey(request.Token), request.Size) { Continues = continues, PieceMax = pieceMax };
        if (length is not null) body.ReadLength(long.Parse(length, NumberStyles.None, CultureInfo.InvariantCulture));
        else if (coding is not null) body.ReadChunks();
        else body.ReadToEnd();
        if (request.IsBroken && body.Received > Math.Max(0, request.Cut)) throw new InvalidDataException($"{body.Received} bytes, more than the origin has sent: {request}");
        if (request.IsBroken && untilClose && continues is null && _wire!.End != EndKind.Reset) throw new InvalidDataException($"broken off, but ended in order: {request}");
        counts.CountBytes(body.Received);
        return body;
    }

    /// <summary>Where FastCanary may answer in its origin's stead.</summary>
    private bool BadGateway(SoakRequest request, SoakHead head)
    {
        if (head.Status == 502 && request.Behaviour == OriginBehaviour.Reset) counts.Note("502 for a reset");
        else if (head.Status == 502 && request.Behaviour == OriginBehaviour.EarlyAnswerAbrupt) counts.Note("502 for an abrupt 413");
        // Its connection came from a pool and died just then; a POST is not sent again.
        else if (head.Status == 502 && request.IsPost) counts.Note("502 for a POST on a dead connection");
        else throw new InvalidDataException($"{request}: {head.Text}");
        return Own(request, head);
    }

    /// <summary>An answer of FastCanary's own: short, and nobody else's.</summary>
    private bool Own(SoakRequest request, SoakHead head)
    {
        if (head["X-Token"] is not null) throw new InvalidDataException($"an answer of its own with an origin's field: {head.Text}");
        if (!request.IsHead)
        {
            var length = int.Parse(head["Content-Length"]!, NumberStyles.None, CultureInfo.InvariantCulture);
            if (_wire!.Read(length).Length < length) throw new InvalidDataException($"an answer of its own was cut: {head.Text}");
        }

        return GoesOn(request, head);
    }

    private bool GoesOn(SoakRequest request, SoakHead head)
    {
        var closes = head["Connection"] == "close" || request.IsHttp10;
        if (request.WantsClose && !closes) throw new InvalidDataException($"close was asked for: {request}: {head.Text}");
        // A request body may still be under way by the proxy's books when its answer comes; a listener that is removed ends what it has.
        if (closes && head.Status == 200 && !request.IsPost && !request.WantsClose && !request.IsHttp10 && !_mayEnd && _halfClosedMs == 0)
            throw new InvalidDataException($"ended without need: {request}: {head.Text}");
        if (closes && _wire!.ReadByte() >= 0) throw new InvalidDataException($"more bytes behind the last response: {request}");
        return !closes;
    }

    /// <summary>The connection ended before a response.</summary>
    private bool MayEnd(SoakRequest request)
    {
        if (_mayEnd) counts.Note("ended with its listener");
        else if (HalfClosedLate) counts.Note("half-closed too long");
        else if (WasReset) counts.Note("reset behind a pipeline");
        else throw new InvalidDataException($"no response, the connection: {_wire!.End}: {request}");
        return false;
    }

    private bool WasReset => _mayBeReset && _wire!.End == EndKind.Reset;

    private bool HalfClosedLate => _halfClosedMs != 0 && Environment.TickCount64 - _halfClosedMs >= HalfClosedPatienceMs;

    private static void CheckToken(SoakRequest request, SoakHead head)
    {
        if (head["X-Token"] != request.Token.ToString("x16", CultureInfo.InvariantCulture) || head["X-Size"] != request.Size.ToString(CultureInfo.InvariantCulture))
            throw new InvalidDataException($"another's response: {request}: {head.Text}");
    }
}
