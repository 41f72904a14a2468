using System.IO.Pipelines;

namespace FastCanary.Transport;

/// <summary>
/// One TCP connection, accepted or made. Everything about it happens on the thread of the <see cref="EventLoop"/> that owns it,
/// for its whole life; no member may be called from elsewhere. What a connection does is the same on every backend; a backend supplies the
/// calls to its socket and reports its events.
/// </summary>
/// <remarks>
/// What a reader hands out is one contiguous segment, so that a parser works in place.
/// A connection that waits without bytes owns no buffer. After <see cref="Close"/>, <see cref="CloseGracefully"/> or <see cref="Abort"/>
/// neither pipe may be used.
/// </remarks>
public abstract class Connection : Deadline, IDuplexPipe
{
    internal const byte ReadReady = 1;
    internal const byte WriteReady = 2;

    // How long a peer that keeps sending after our FIN is listened to, and how much of it (RFC 9112, 9.6 leaves both open).
    private const int LingerMs = 5000;
    private const int LingerBytesMax = 64 << 20;

    private int _lingerBytesLeft;
    private ConnectionState _state;

    /// <param name="loop">Its owner.</param>
    /// <param name="peer">The other end.</param>
    /// <param name="acceptedFrom">Null where this side begins it.</param>
    private protected Connection(EventLoop loop, in PeerAddress peer, Listener? acceptedFrom)
    {
        Loop = loop;
        Peer = peer;
        AcceptedFrom = acceptedFrom;
        Input = new ConnectionReader(this);
        Output = new ConnectionWriter(this);
        // The first bytes often are there when a connection is accepted: try before waiting.
        _state = acceptedFrom is null ? ConnectionState.Connecting : ConnectionState.Readable;
    }

    /// <summary>Bytes from the peer. A result that is canceled means a deadline, a hang-up elsewhere or a request to stop: ask the properties here.</summary>
    public ConnectionReader Input { get; }

    /// <summary>Bytes to the peer. A flush that completes has given everything to the kernel; a result that is completed means the peer no longer takes any.</summary>
    public ConnectionWriter Output { get; }

    PipeReader IDuplexPipe.Input => Input;

    PipeWriter IDuplexPipe.Output => Output;

    /// <summary>The loop that owns it.</summary>
    public EventLoop Loop { get; }

    /// <summary>The peer's address and port; set by the owner to another address where a trusted proxy names the client's.</summary>
    public PeerAddress Peer { get; set; }

    /// <summary>This side's address and port, asked of the system at each call; the default where it has none, as behind a close.</summary>
    public PeerAddress Local => IsClosed ? default : SocketLocal();

    /// <summary>The listener that accepted it; null where this side began it.</summary>
    public Listener? AcceptedFrom { get; }

    /// <summary>Why the connection broke; <see cref="ConnectionFailure.None"/> while it has not.</summary>
    public ConnectionFailure Failure { get; private set; }

    /// <summary>The peer has sent FIN or reset; bytes that came before may still be unread.</summary>
    public bool PeerFinished => Is(ConnectionState.PeerFinished);

    /// <summary>The connection is dead in both directions (reset, or an error on the socket).</summary>
    public bool PeerGone => Is(ConnectionState.PeerGone) || Failure != ConnectionFailure.None;

    /// <summary>It was closed, by its owner or because the loop ends.</summary>
    public bool IsClosed => Is(ConnectionState.Closed);

    /// <summary>Bytes of the peer, or its end, may be there that nobody has taken.</summary>
    public bool HasInput => IsReadable || Input.BufferedLength > 0;

    /// <summary>Set by the owner while it waits for a new exchange without any byte of it: a drain ends such connections at once.</summary>
    public bool IsIdle
    {
        get => Is(ConnectionState.Idle);
        set => Set(ConnectionState.Idle, value);
    }

    /// <summary>
    /// Who waits on this connection's behalf: another connection's reader, whose pending read is cancelled, or a <see cref="LoopWait"/>. It is told, once,
    /// when this peer hangs up or this deadline passes, and nobody reads here.
    /// </summary>
    public IHangupWatcher? CancelOnHangup { get; set; }

    /// <summary>The armed deadline has passed. Cleared by the next <see cref="SetDeadline"/> or <see cref="ClearDeadline"/>.</summary>
    public bool DeadlinePassed => Is(ConnectionState.DeadlinePassed);

    /// <summary>Bodies can be relayed through a <see cref="KernelPipe"/>.</summary>
    public virtual bool CanSplice => false;

    /// <summary>Its place in a list of idle connections; null where it was never parked: a client's never is.</summary>
    internal IdleConnections.Place? Place { get; set; }

    /// <summary>Where this connection is parked; null while somebody uses it.</summary>
    internal IdleConnections? ParkedIn => Place?.List;

    /// <summary>Its place in the loop's table.</summary>
    internal int Slot { get; set; }

    /// <summary>Which pipes are in the loop's ready queue.</summary>
    internal byte Ready { get; set; }

    /// <summary>Stands in the loop's queue for a block.</summary>
    internal bool WaitsForBlock
    {
        get => Is(ConnectionState.WaitsForBlock);
        set => Set(ConnectionState.WaitsForBlock, value);
    }

    /// <summary>An event said that there is something to receive, and no receive has found the socket empty since.</summary>
    internal bool IsReadable
    {
        get => Is(ConnectionState.Readable);
        set => Set(ConnectionState.Readable, value);
    }

    internal bool IsConnecting => Is(ConnectionState.Connecting);


    /// <summary>Its owner has parted with it, and its end is still to come.</summary>
    internal bool IsLingering => Is(ConnectionState.Lingering);

    /// <summary>Nothing is buffered, pending or known to be waiting on the socket.</summary>
    internal bool IsQuiet =>
        (_state & (ConnectionState.Closed | ConnectionState.PeerFinished | ConnectionState.OutputShut)) == 0 && !PeerGone && Input.IsQuiet && Output.IsQuiet && !HasUnread();

    /// <summary>Arms the one deadline of this connection, <paramref name="milliseconds"/> from now; replaces an earlier one. It cancels what is pending.</summary>
    public void SetDeadline(int milliseconds)
    {
        _state &= ~ConnectionState.DeadlinePassed;
        Loop.Deadlines.Set(this, Loop.NowMs + milliseconds);
    }

    /// <summary>Disarms the deadline.</summary>
    public void ClearDeadline()
    {
        _state &= ~ConnectionState.DeadlinePassed;
        DeadlineWheel.Clear(this);
    }

    /// <summary>Sends FIN after what was flushed; reading goes on.</summary>
    public void ShutdownOutput()
    {
        if ((_state & (ConnectionState.Closed | ConnectionState.OutputShut)) != 0) return;
        _state |= ConnectionState.OutputShut;
        SocketShutdown();
    }

    /// <summary>Closes now. The kernel still delivers what was flushed, unless input is unread: then it resets.</summary>
    public void Close()
    {
        if (IsClosed || Is(ConnectionState.Lingering)) return;
        if (!Output.HasUnsent || Output.SendPromised())
        {
            CloseNow(reset: false);
            return;
        }

        // The peer is owed an answer that the kernel has no room for yet.
        CancelOnHangup = null;
        Input.Close();
        Linger();
    }

    /// <summary>Closes now, without what was to be sent soon and was not sent yet.</summary>
    public void Drop() => CloseNow(reset: false);

    /// <summary>Closes with a reset, so that the peer cannot take what it has got for complete.</summary>
    public void Abort() => CloseNow(reset: true);

    /// <summary>Sends FIN, discards input for a bounded while, then closes: so that a peer that is still sending gets to read the answer (RFC 9112, 9.6).</summary>
    public void CloseGracefully()
    {
        if ((_state & (ConnectionState.Closed | ConnectionState.Lingering)) != 0) return;
        CancelOnHangup = null;
        Input.Close();
        if (!Output.HasUnsent || Output.SendPromised())
        {
            ShutdownOutput();
            Output.Close();
        }

        Linger();
    }

    /// <summary>What the backend has seen on the socket. Notes it; runs no code of the connection's owner.</summary>
    internal void OnEvents(ConnectionEvents events)
    {
        const ConnectionEvents Ended = ConnectionEvents.Finished | ConnectionEvents.Hangup;
        if ((events & (ConnectionEvents.Readable | Ended | ConnectionEvents.Error)) != 0) _state |= ConnectionState.Readable;
        // There nearly always is room for output: told with every event, it matters to few.
        if ((events & (Ended | ConnectionEvents.Error)) != 0 || (_state & (ConnectionState.Connecting | ConnectionState.OutputBlocked)) != 0) OnRareEvents(events);
        if ((_state & (ConnectionState.Lingering | ConnectionState.PeerFinished | ConnectionState.PeerGone)) != 0 || ParkedIn is not null) OnUnattended();
        else if (Input.IsWaiting && IsReadable) Loop.Enqueue(this, ReadReady);
    }

    /// <summary>From the ready queue: continues who waits for input and for output.</summary>
    internal void Run()
    {
        var ready = Ready;
        Ready = 0;
        if ((ready & ReadReady) != 0) Input.Run();
        if ((ready & WriteReady) != 0) Output.Run();
    }

    /// <summary>Looks at what became of a connection that was begun.</summary>
    /// <returns>True when it is established; false when it has failed or is still under way.</returns>
    internal bool TryFinishConnecting()
    {
        if (!Is(ConnectionState.ConnectSettled)) return false;
        _state &= ~ConnectionState.Connecting;
        return SocketFinishConnecting();
    }

    internal void Fail(ConnectionFailure failure)
    {
        if (Failure == ConnectionFailure.None) Failure = failure;
    }

    internal override void Fire()
    {
        _state |= ConnectionState.DeadlinePassed;
        if (ParkedIn is not null || Is(ConnectionState.Lingering))
        {
            CloseNow(reset: false);
            return;
        }

        var waited = Input.IsWaiting || Output.IsWaiting;
        if (Input.IsWaiting) Input.CancelPendingRead();
        if (Output.IsWaiting) Output.CancelPendingFlush();
        if (!waited) NotifyHangup();
    }

    /// <returns>Bytes received, 0 at the peer's end, or one of <see cref="Transfer"/>.</returns>
    internal abstract int Receive(ref byte to, int bytesMax);

    /// <summary>Sends what the kernel takes of the two, one behind the other.</summary>
    /// <param name="first">May be empty.</param>
    /// <param name="second">May be empty; not both are.</param>
    /// <param name="more">More follows at once: a small packet may wait for it.</param>
    /// <returns>Bytes sent, or one of <see cref="Transfer"/>.</returns>
    internal abstract int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, bool more);

    /// <summary>Receives up to <paramref name="bytesMax"/> into the pipe; the result is <see cref="Receive"/>'s.</summary>
    internal virtual int SpliceIn(KernelPipe pipe, int bytesMax) => throw new NotSupportedException();

    /// <summary>Sends from the pipe what the kernel takes; the result is <see cref="Send"/>'s.</summary>
    internal virtual int SpliceOut(KernelPipe pipe) => throw new NotSupportedException();

    /// <summary>The socket took less than it was given: the backend reports when there is room again.</summary>
    internal void BlockOutput()
    {
        _state |= ConnectionState.OutputBlocked;
        SocketWatchOutput();
    }

    /// <summary>From now on, room for output is told.</summary>
    private protected virtual void SocketWatchOutput()
    {
        // A backend that tells always has nothing to do.
    }

    /// <summary>Receives and throws away; the result is <see cref="Receive"/>'s.</summary>
    private protected abstract int SocketDiscard();

    /// <summary>Whether bytes, the end or an error wait on the socket.</summary>
    private protected abstract bool SocketHasUnread();

    /// <summary>Asks for the outcome of a connection that was begun; reports a failure by <see cref="Fail"/>.</summary>
    private protected abstract bool SocketFinishConnecting();

    /// <summary>This side's address; the default where the socket has none.</summary>
    private protected abstract PeerAddress SocketLocal();

    private protected abstract void SocketShutdown();

    /// <summary>Gives the socket back to the system. Called once.</summary>
    private protected abstract void SocketClose(bool reset);

    /// <summary>Closes, whatever is still to be sent.</summary>
    internal void CloseNow(bool reset)
    {
        if (IsClosed) return;
        _state |= ConnectionState.Closed;
        ParkedIn?.Remove(this);
        Loop.Deadlines.Remove(this);
        Loop.Remove(this);
        // The last thing that may reuse the number: the slot's generation is already past every event of it.
        SocketClose(reset);
        CancelOnHangup = null;
        Input.Close();
        Output.Close();
    }

    private void Linger()
    {
        _state |= ConnectionState.Lingering | ConnectionState.Readable;
        _lingerBytesLeft = LingerBytesMax;
        SetDeadline(LingerMs);
        Discard();
    }

    private void OnRareEvents(ConnectionEvents events)
    {
        const ConnectionEvents Settles = ConnectionEvents.Writable | ConnectionEvents.Hangup | ConnectionEvents.Error;
        if ((events & (ConnectionEvents.Finished | ConnectionEvents.Hangup)) != 0) _state |= ConnectionState.PeerFinished;
        if (IsConnecting)
        {
            if ((events & Settles) != 0) _state |= ConnectionState.ConnectSettled;
        }
        else if ((events & ConnectionEvents.Error) != 0 || ((events & ConnectionEvents.Hangup) != 0 && !Is(ConnectionState.OutputShut)))
        {
            // Both directions' orderly ends are a hang-up too: it is death only where this side has not ended its own.
            _state |= ConnectionState.PeerGone;
        }

        if ((events & Settles) == 0 || ParkedIn is not null) return;
        _state &= ~ConnectionState.OutputBlocked;
        if (!Is(ConnectionState.Lingering))
        {
            if (Output.IsWaiting || Output.HasUnsent) Loop.Enqueue(this, WriteReady);
        }
        else if (Output.HasUnsent && Output.SendPromised())
        {
            ShutdownOutput();
            if (PeerFinished) CloseNow(reset: false);
        }
    }

    private void OnUnattended()
    {
        if (ParkedIn is not null)
        {
            // Nobody asked for anything: the peer closes, or says what no request is waiting for.
            if (IsReadable) Close();
        }
        else if (Is(ConnectionState.Lingering) && !IsClosed)
        {
            Discard();
        }
        else if (!Input.IsWaiting)
        {
            NotifyHangup();
        }
        else if (IsReadable)
        {
            Loop.Enqueue(this, ReadReady);
        }
    }

    private void NotifyHangup()
    {
        if (CancelOnHangup is not { } watcher) return;
        CancelOnHangup = null;
        watcher.OnHangup();
    }

    // A receive that filled its room leaves open whether there is more: the kernel knows.
    private bool HasUnread()
    {
        if (!IsReadable) return false;
        IsReadable = SocketHasUnread();
        return IsReadable;
    }

    private void Discard()
    {
        while (IsReadable)
        {
            var received = SocketDiscard();
            if (received == Transfer.WouldBlock)
            {
                IsReadable = false;
                return;
            }

            _lingerBytesLeft -= received;
            if (received > 0 && _lingerBytesLeft > 0) continue;
            if (received == 0 && Output.HasUnsent)
            {
                // Its side has ended; ours follows when the rest is sent, or at the deadline.
                IsReadable = false;
                return;
            }

            CloseNow(reset: false);
            return;
        }
    }

    private bool Is(ConnectionState state) => (_state & state) != 0;

    private void Set(ConnectionState state, bool on) => _state = on ? _state | state : _state & ~state;

    [Flags]
    private enum ConnectionState : ushort
    {
        None = 0,
        Readable = 1,
        Connecting = 1 << 1,
        ConnectSettled = 1 << 2,
        PeerFinished = 1 << 3,
        PeerGone = 1 << 4,
        OutputShut = 1 << 5,
        Lingering = 1 << 6,
        Closed = 1 << 7,
        Idle = 1 << 8,
        DeadlinePassed = 1 << 9,
        WaitsForBlock = 1 << 10,
        OutputBlocked = 1 << 11,
    }
}
