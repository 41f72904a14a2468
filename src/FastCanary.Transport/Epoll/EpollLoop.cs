using System.Net;

namespace FastCanary.Transport.Epoll;

/// <summary>
/// The loop on epoll (docs/architecture.md): collect events, fire deadlines, run what is ready, run what was posted. An event carries slot and generation,
/// never the bare descriptor, so a stale one in the same batch is recognised.
/// </summary>
public sealed unsafe class EpollLoop : EventLoop, IDisposable
{
    private const int EventsPerPass = 512;
    private const int WakeSlot = 0;
    private const int ListenBacklog = 65535;

    // epoll_event is packed on x64 and x86 alone.
    private static readonly int EventBytes = System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture
        is System.Runtime.InteropServices.Architecture.X64 or System.Runtime.InteropServices.Architecture.X86 ? 12 : 16;

    private static readonly int EventDataOffset = EventBytes == 12 ? 4 : 8;

    private readonly int _epoll;
    private readonly int _wake;
    private readonly byte[] _events = GC.AllocateArray<byte>(EventsPerPass * 16, pinned: true);
    private readonly Queue<EpollConnection> _ready = new(256);
    private readonly Queue<EpollConnection> _waitingForBlock = new();
    private readonly Queue<EpollListener> _accepting = new();
    private Slot[] _slots = new Slot[256];
    private int _freeSlot = -1;
    private int _slotCount = 1;
    private int _connections;
    private int _wakeRequested;

    /// <param name="name">The thread's name.</param>
    /// <param name="blockBytesMax">Bound of the block pool in bytes.</param>
    /// <exception cref="TransportException">The kernel gives no epoll instance or eventfd.</exception>
    public EpollLoop(string name, long blockBytesMax)
        : base(name, blockBytesMax)
    {
        _epoll = Libc.EpollCreate(Libc.SocketNonBlockCloseOnExec & 0x80000);
        _wake = _epoll < 0 ? -1 : Libc.EventFd(0, Libc.SocketNonBlockCloseOnExec);
        if (_wake < 0) throw new TransportException($"cannot create an event loop: {Errno.Describe(Libc.LastError)}; more file descriptors may help (ulimit -n)");
        // Edge-triggered, so that its count never has to be read: each write is a new edge.
        Register(_wake, WakeSlot, Libc.EpollIn | unchecked((int)Libc.EpollEdge));
    }

    public override long UnixSeconds => Libc.UnixSeconds;

    public override int ConnectionCount => _connections;

    /// <summary>Counts passes, so that a reader can tell how much it did in this one.</summary>
    internal int Pass { get; private set; }

    /// <inheritdoc/>
    public override Listener Listen(IPEndPoint address, ConnectionLimit limit, Action<Connection> onAccepted)
    {
        var descriptor = OpenListener(address, shared: true);
        return Call(() =>
        {
            var listener = new EpollListener(this, descriptor, address, limit, onAccepted);
            listener.Slot = AddSlot(listener);
            Register(descriptor, EventKey(listener.Slot), Libc.EpollIn);
            return listener;
        });
    }

    /// <summary>Fails where another program already listens on <paramref name="address"/>, one that shares ports included.</summary>
    /// <exception cref="TransportException">The address cannot be listened on.</exception>
    public static void Probe(IPEndPoint address) => _ = Libc.Close(OpenListener(address, shared: false));

    /// <inheritdoc/>
    public override Connection Connect(IPEndPoint address)
    {
        var bytes = stackalloc byte[SocketAddress.BytesMax];
        var length = SocketAddress.Write(address, new Span<byte>(bytes, SocketAddress.BytesMax));
        var peer = SocketAddress.Read(new ReadOnlySpan<byte>(bytes, SocketAddress.BytesMax));
        var family = length == SocketAddress.BytesMax ? Libc.Inet6 : Libc.Inet;
        var descriptor = Libc.Socket(family, Libc.Stream | Libc.SocketNonBlockCloseOnExec, 0);
        var errno = descriptor < 0 ? Libc.LastError : 0;
        var connection = new EpollConnection(this, descriptor, peer, listener: null);
        if (errno != 0)
        {
            connection.Fail(errno);
            return connection;
        }

        SetNoDelay(descriptor);
        Add(connection);
        if (Libc.Connect(descriptor, bytes, length) < 0)
        {
            errno = Libc.LastError;
            // Ports can run out, routes can be missing: the first flush reports it.
            if (errno != Errno.InProgress) connection.Fail(errno);
        }

        Register(descriptor, EventKey(connection.Slot), Libc.EpollIn | Libc.EpollOut | Libc.EpollReadHangup | unchecked((int)Libc.EpollEdge));
        return connection;
    }

    /// <inheritdoc/>
    public override void CancelIdle(Listener listener)
    {
        AssertCurrent();
        for (var i = 0; i < _slotCount; i++)
        {
            if (_slots[i].Source is EpollConnection { IsIdle: true } connection && connection.AcceptedBy == listener) connection.Input.CancelPendingRead();
        }
    }

    /// <summary>Gives the descriptors back. After <see cref="EventLoop.Stop"/>.</summary>
    public void Dispose()
    {
        if (_epoll >= 0) _ = Libc.Close(_epoll);
        if (_wake >= 0) _ = Libc.Close(_wake);
    }

    internal void Enqueue(EpollConnection connection, byte what)
    {
        if (connection.Ready == 0) _ready.Enqueue(connection);
        connection.Ready |= what;
    }

    internal void ReturnBlock(Block block)
    {
        Blocks.Return(block);
        // One block, one reader: whoever cannot use it passes the turn on when it returns it; who no longer waits has no turn.
        while (_waitingForBlock.TryDequeue(out var starved))
        {
            starved.WaitsForBlock = false;
            if (!starved.IsAwaited) continue;
            Enqueue(starved, EpollConnection.ReadReady);
            return;
        }
    }

    /// <summary>Queues a reader that found the pool dry, once however often it finds it so.</summary>
    internal void WaitForBlock(EpollConnection connection)
    {
        if (connection.WaitsForBlock) return;
        connection.WaitsForBlock = true;
        _waitingForBlock.Enqueue(connection);
    }

    internal void AcceptLater(EpollListener listener) => _accepting.Enqueue(listener);

    internal void Accept(int descriptor, EpollListener listener, in PeerAddress peer)
    {
        var connection = new EpollConnection(this, descriptor, peer, listener);
        Add(connection);
        listener.Connections++;
        Register(descriptor, EventKey(connection.Slot), Libc.EpollIn | Libc.EpollOut | Libc.EpollReadHangup | unchecked((int)Libc.EpollEdge));
        listener.OnAccepted(connection);
    }

    /// <summary>A connection is about to be closed: its slot gets a new generation.</summary>
    internal void Release(EpollConnection connection)
    {
        RemoveSlot(connection.Slot);
        _connections--;
        if (connection.AcceptedBy is not { } listener) return;
        listener.Connections--;
        listener.Limit.Leave();
    }

    internal void SetListening(EpollListener listener, bool on) =>
        Control(Libc.EpollModify, listener.Descriptor, EventKey(listener.Slot), on ? Libc.EpollIn : 0);

    internal void Release(EpollListener listener)
    {
        RemoveSlot(listener.Slot);
        _ = Libc.Close(listener.Descriptor);
    }

    protected override void Wake()
    {
        if (Interlocked.Exchange(ref _wakeRequested, 1) != 0) return;
        var one = 1UL;
        _ = Libc.Write(_wake, (byte*)&one, sizeof(ulong));
    }

    protected override void Run()
    {
        ReadClock();
        while (!StopRequested)
        {
            var timeout = _ready.Count > 0 ? 0 : Deadlines.NextTimeoutMs(NowMs);
            int count;
            fixed (byte* events = _events) count = Libc.EpollWait(_epoll, events, EventsPerPass, timeout);
            ReadClock();
            Pass++;
            // Interrupted, nothing was collected: what has arrived comes with the next call, before any deadline fires.
            if (count < 0) continue;
            for (var i = 0; i < count; i++) Dispatch(new ReadOnlySpan<byte>(_events, i * EventBytes, EventBytes));
            // Behind all that was collected: what is new must not take a parked connection whose end or stray bytes are in this very batch.
            while (_accepting.TryDequeue(out var listener)) listener.Accept();
            for (var left = _ready.Count; left > 0; left--) _ready.Dequeue().Run();
            // Behind what has arrived: after a pause of the whole process, a response that is there is not late.
            Deadlines.Advance(NowMs);
            if (Volatile.Read(ref _wakeRequested) != 0) RunWakeUp();
        }

        CloseEverything();
    }

    private static int OpenListener(IPEndPoint address, bool shared)
    {
        var bytes = stackalloc byte[SocketAddress.BytesMax];
        var length = SocketAddress.Write(address, new Span<byte>(bytes, SocketAddress.BytesMax));
        var family = length == SocketAddress.BytesMax ? Libc.Inet6 : Libc.Inet;
        var descriptor = Libc.Socket(family, Libc.Stream | Libc.SocketNonBlockCloseOnExec, 0);
        if (descriptor < 0) throw TransportException.CannotListen(address, Libc.LastError);
        var on = 1;
        _ = Libc.SetSocketOption(descriptor, Libc.SolSocket, Libc.ReuseAddress, &on, sizeof(int));
        if (shared) _ = Libc.SetSocketOption(descriptor, Libc.SolSocket, Libc.ReusePort, &on, sizeof(int));
        // Accepted sockets inherit it: one call per listener instead of one per connection.
        SetNoDelay(descriptor);
        if (Libc.Bind(descriptor, bytes, length) == 0 && Libc.Listen(descriptor, ListenBacklog) == 0) return descriptor;
        var errno = Libc.LastError;
        _ = Libc.Close(descriptor);
        throw TransportException.CannotListen(address, errno);
    }

    private static void SetNoDelay(int descriptor)
    {
        var on = 1;
        _ = Libc.SetSocketOption(descriptor, Libc.TcpLevel, Libc.TcpNoDelay, &on, sizeof(int));
    }

    private void Dispatch(ReadOnlySpan<byte> epollEvent)
    {
        var key = BitConverter.ToUInt64(epollEvent[EventDataOffset..]);
        ref var slot = ref _slots[(int)(uint)key];
        if (slot.Generation != (uint)(key >> 32) || slot.Source is not { } source) return;
        source.OnEvents(BitConverter.ToInt32(epollEvent));
    }

    private void RunWakeUp()
    {
        // Cleared before the queue is read: work posted from here on wakes again.
        Interlocked.Exchange(ref _wakeRequested, 0);
        RunPosted();
    }

    private void CloseEverything()
    {
        // Whoever waited learns that its connection is closed, and may make another one in its stead: once.
        do
        {
            for (var i = 0; i < _slotCount; i++)
            {
                switch (_slots[i].Source)
                {
                    case EpollConnection connection: connection.Close(); break;
                    case EpollListener listener: listener.Close(); break;
                }
            }

            while (_ready.TryDequeue(out var connection)) connection.Run();
        }
        while (_connections > 0);
        RunPosted();
    }

    private void Add(EpollConnection connection)
    {
        connection.Slot = AddSlot(connection);
        _connections++;
    }

    private int AddSlot(IEventSource source)
    {
        int index;
        if (_freeSlot >= 0)
        {
            index = _freeSlot;
            _freeSlot = _slots[index].NextFree;
        }
        else
        {
            if (_slotCount == _slots.Length) Array.Resize(ref _slots, _slots.Length * 2);
            index = _slotCount++;
        }

        _slots[index].Source = source;
        return index;
    }

    private void RemoveSlot(int index)
    {
        ref var slot = ref _slots[index];
        slot.Source = null;
        slot.Generation++;
        slot.NextFree = _freeSlot;
        _freeSlot = index;
    }

    private ulong EventKey(int slot) => ((ulong)_slots[slot].Generation << 32) | (uint)slot;

    private void Register(int descriptor, ulong key, int events) => Control(Libc.EpollAdd, descriptor, key, events);

    private void Control(int operation, int descriptor, ulong key, int events)
    {
        var epollEvent = stackalloc byte[16];
        *(int*)epollEvent = events;
        System.Runtime.CompilerServices.Unsafe.WriteUnaligned(epollEvent + EventDataOffset, key);
        _ = Libc.EpollControl(_epoll, operation, descriptor, epollEvent);
    }

    private struct Slot
    {
        public IEventSource? Source;
        public uint Generation;
        public int NextFree;
    }
}
