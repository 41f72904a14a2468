using System.IO.Pipelines;

namespace FastCanary.Transport.Epoll;

/// <summary>A socket in a loop's epoll set, registered once for all its events, edge-triggered. Its pipes do the work; this knows the socket's state.</summary>
internal sealed class EpollConnection : Connection, IEventSource
{
    public const byte ReadReady = 1;
    public const byte WriteReady = 2;

    // How long a peer that keeps sending after our FIN is listened to, and how much of it (RFC 9112, 9.6 leaves both open).
    private const int LingerMs = 5000;
    private const int LingerBytesMax = 64 << 20;
    private const int LingerReceiveBytes = 1 << 20;

    private readonly EpollReader _reader;
    private readonly EpollWriter _writer;
    private int _lingerBytesLeft;
    private bool _outputShut;
    private bool _connectSettled;
    private bool _lingering;

    public EpollConnection(EpollLoop loop, int descriptor, in PeerAddress peer, EpollListener? listener)
    {
        Loop = loop;
        Descriptor = descriptor;
        Peer = peer;
        AcceptedBy = listener;
        _reader = new EpollReader(this);
        _writer = new EpollWriter(this);
        IsConnecting = listener is null;
        // The first bytes often are there when a connection is accepted: try before waiting.
        IsReadable = listener is not null;
    }

    public override PipeReader Input => _reader;

    public override PipeWriter Output => _writer;

    public override ConnectionFailure Failure => FailureSeen;

    public override PeerAddress Peer { get; }

    public override long BytesSent => _writer.BytesSent;

    public override bool PeerFinished => FinSeen;

    public override bool PeerGone => GoneSeen || FailureSeen != ConnectionFailure.None;

    public override bool HasInput => IsReadable || _reader.HasBuffered;

    public override bool IsIdle { get; set; }

    public override PipeReader? CancelOnHangup { get; set; }

    public override bool DeadlinePassed => DeadlineSeen;

    public EpollLoop Loop { get; }

    public int Descriptor { get; private set; }

    public EpollListener? AcceptedBy { get; }

    public override Listener? AcceptedFrom => AcceptedBy;

    /// <summary>Index and generation of the loop's slot: what an event names.</summary>
    public int Slot { get; set; }

    /// <summary>Which pipes are in the loop's ready queue.</summary>
    public byte Ready { get; set; }

    /// <summary>An edge said that there is something to receive, and no receive has found the socket empty since.</summary>
    public bool IsReadable { get; set; }

    public bool IsConnecting { get; private set; }

    /// <summary>Stands in the loop's queue for a block.</summary>
    public bool WaitsForBlock { get; set; }

    /// <summary>Somebody waits for this connection's input.</summary>
    public bool IsAwaited => _reader.IsWaiting;

    public bool IsClosed => Descriptor < 0;

    internal override bool IsQuiet => !IsClosed && !FinSeen && !PeerGone && !_outputShut && _reader.IsQuiet && _writer.IsQuiet && !HasUnread();

    private ConnectionFailure FailureSeen { get; set; }

    private bool FinSeen { get; set; }

    private bool GoneSeen { get; set; }

    private bool DeadlineSeen { get; set; }

    public override void SetDeadline(int milliseconds)
    {
        DeadlineSeen = false;
        Loop.Deadlines.Set(this, Loop.NowMs + milliseconds);
    }

    public override void ClearDeadline()
    {
        DeadlineSeen = false;
        DeadlineWheel.Clear(this);
    }

    public override void ShutdownOutput()
    {
        if (IsClosed || _outputShut) return;
        _outputShut = true;
        _ = Libc.Shutdown(Descriptor, Libc.ShutdownWrite);
    }

    public override void Close()
    {
        if (IsClosed) return;
        ParkedIn?.Remove(this);
        Loop.Deadlines.Remove(this);
        Loop.Release(this);
        // The last thing that may reuse the number: the slot's generation is already past every event of it.
        _ = Libc.Close(Descriptor);
        Descriptor = -1;
        CancelOnHangup = null;
        _reader.Close();
        _writer.Close();
    }

    public override void CloseGracefully()
    {
        if (IsClosed || _lingering) return;
        ShutdownOutput();
        CancelOnHangup = null;
        _reader.Close();
        _writer.Close();
        _lingering = true;
        _lingerBytesLeft = LingerBytesMax;
        SetDeadline(LingerMs);
        IsReadable = true;
        Discard();
    }

    public override unsafe void Abort()
    {
        if (IsClosed) return;
        var linger = stackalloc int[2] { 1, 0 };
        _ = Libc.SetSocketOption(Descriptor, Libc.SolSocket, Libc.Linger, linger, 2 * sizeof(int));
        Close();
    }

    public void OnEvents(int events)
    {
        if ((events & (Libc.EpollIn | Libc.EpollReadHangup | Libc.EpollHangup | Libc.EpollError)) != 0) IsReadable = true;
        if ((events & (Libc.EpollReadHangup | Libc.EpollHangup)) != 0) FinSeen = true;
        // Both directions' orderly ends are a hang-up too: it is death only where this side has not ended its own.
        if (((events & Libc.EpollError) != 0 || ((events & Libc.EpollHangup) != 0 && !_outputShut)) && !IsConnecting) GoneSeen = true;

        if (IsConnecting && (events & (Libc.EpollOut | Libc.EpollHangup | Libc.EpollError)) != 0) _connectSettled = true;

        if (ParkedIn is not null)
        {
            // Nobody asked for anything: the peer closes, or says what no request is waiting for.
            if (IsReadable) Close();
            return;
        }

        if (_lingering)
        {
            Discard();
            return;
        }

        if (IsReadable && _reader.IsWaiting) Loop.Enqueue(this, ReadReady);
        if ((events & (Libc.EpollOut | Libc.EpollHangup | Libc.EpollError)) != 0 && _writer.IsWaiting) Loop.Enqueue(this, WriteReady);
        if ((FinSeen || GoneSeen) && !_reader.IsWaiting) NotifyHangup();
    }

    /// <summary>From the ready queue: continues who waits for input and for output.</summary>
    public void Run()
    {
        var ready = Ready;
        Ready = 0;
        if ((ready & ReadReady) != 0) _reader.Run();
        if ((ready & WriteReady) != 0) _writer.Run();
    }

    public void Fail(int errno)
    {
        if (FailureSeen == ConnectionFailure.None) FailureSeen = Errno.ToFailure(errno);
    }

    /// <summary>Looks at what became of a connection that was begun.</summary>
    /// <returns>True when it is established; false when it has failed or is still under way.</returns>
    public unsafe bool TryFinishConnecting()
    {
        if (!_connectSettled) return false;
        var error = 0;
        var length = sizeof(int);
        _ = Libc.GetSocketOption(Descriptor, Libc.SolSocket, Libc.SocketError, &error, &length);
        IsConnecting = false;
        if (error == 0) return true;
        Fail(error);
        return false;
    }

    internal override void Fire()
    {
        DeadlineSeen = true;
        if (ParkedIn is not null || _lingering)
        {
            Close();
            return;
        }

        var waited = _reader.IsWaiting || _writer.IsWaiting;
        if (_reader.IsWaiting) _reader.CancelPendingRead();
        if (_writer.IsWaiting) _writer.CancelPendingFlush();
        if (!waited) NotifyHangup();
    }

    private void NotifyHangup()
    {
        if (CancelOnHangup is not { } reader) return;
        CancelOnHangup = null;
        reader.CancelPendingRead();
    }

    // A receive that filled its room leaves open whether there is more: the kernel knows.
    private unsafe bool HasUnread()
    {
        if (!IsReadable) return false;
        byte next;
        if (Libc.Receive(Descriptor, &next, 1, Libc.Peek) >= 0 || Libc.LastError != Errno.Again) return true;
        IsReadable = false;
        return false;
    }

    private unsafe void Discard()
    {
        while (IsReadable)
        {
            var received = Libc.Receive(Descriptor, null, LingerReceiveBytes, Libc.Truncate);
            if (received > 0)
            {
                _lingerBytesLeft -= (int)received;
                if (_lingerBytesLeft > 0) continue;
            }
            else if (received < 0)
            {
                var errno = Libc.LastError;
                if (errno == Errno.Interrupted) continue;
                if (errno == Errno.Again)
                {
                    IsReadable = false;
                    return;
                }
            }

            Close();
            return;
        }
    }
}
