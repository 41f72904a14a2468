using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastCanary.Transport.Epoll;

/// <summary>The loop on epoll (docs/architecture.md).</summary>
internal sealed unsafe class EpollLoop : EventLoop
{
    private const int EventsPerPass = 512;
    private const int WakeSlot = 0;
    private const int ListenBacklog = 65535;
    private const int InputMask = Libc.EpollIn | Libc.EpollReadHangup | unchecked((int)Libc.EpollEdge);

    // epoll_event is packed on x64 and x86 alone.
    private static readonly int EventBytes = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 12 : 16;

    private static readonly int EventDataOffset = EventBytes == 12 ? 4 : 8;

    private readonly EpollBackend _backend;
    private readonly int _epoll;
    private readonly int _wake;
    private readonly byte[] _events = GC.AllocateArray<byte>(EventsPerPass * 16, pinned: true);

    /// <param name="backend">Has the sockets that were reserved.</param>
    /// <param name="name">The thread's name.</param>
    /// <param name="blockBytesMax">Bound of the block pool in bytes.</param>
    /// <exception cref="TransportException">The kernel gives no epoll instance or eventfd.</exception>
    public EpollLoop(EpollBackend backend, string name, long blockBytesMax)
        : base(name, blockBytesMax, MonotonicClock.Micros)
    {
        _backend = backend;
        _epoll = Libc.EpollCreate(Libc.CloseOnExec);
        _wake = _epoll < 0 ? -1 : Libc.EventFd(0, Libc.SocketNonBlockCloseOnExec);
        if (_wake < 0) throw new TransportException($"cannot create an event loop: {Errno.Describe(Libc.LastError)}; more file descriptors may help (ulimit -n)");
        // Edge-triggered, so that its count never has to be read: each write is a new edge.
        Control(Libc.EpollAdd, _wake, WakeSlot, Libc.EpollIn | unchecked((int)Libc.EpollEdge));
    }

    public override long UnixMs => Libc.UnixMs;

    public override Listener Listen(IPEndPoint address, ConnectionLimit limit, Action<Connection> onAccepted)
    {
        var descriptor = _backend.OpenListener(address);
        return Call(() =>
        {
            var listener = new EpollListener(this, descriptor, address, limit, onAccepted);
            listener.Slot = AddSlot(listener);
            Control(Libc.EpollAdd, descriptor, EventKey(listener.Slot), Libc.EpollIn);
            return listener;
        });
    }

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
            connection.Fail(Errno.ToFailure(errno));
            return connection;
        }

        SetNoDelay(descriptor);
        Add(connection);
        if (Libc.Connect(descriptor, bytes, length) < 0)
        {
            errno = Libc.LastError;
            // Ports can run out, routes can be missing: the first flush reports it.
            if (errno != Errno.InProgress) connection.Fail(Errno.ToFailure(errno));
        }

        Control(Libc.EpollAdd, descriptor, EventKey(connection.Slot), InputMask | Libc.EpollOut);
        return connection;
    }

    /// <summary>Takes an accepted socket; its listener has counted it.</summary>
    internal void Adopt(int descriptor, EpollListener listener, in PeerAddress peer)
    {
        var connection = new EpollConnection(this, descriptor, peer, listener);
        Add(connection);
        // Not for output: a fresh socket has room, and would say so in an event of its own.
        Control(Libc.EpollAdd, descriptor, EventKey(connection.Slot), InputMask);
        listener.OnAccepted(connection);
    }

    /// <summary>Adds output to what is watched; room that there is by now is told too.</summary>
    internal void WatchOutput(EpollConnection connection) =>
        Control(Libc.EpollModify, connection.Descriptor, EventKey(connection.Slot), InputMask | Libc.EpollOut);

    internal void SetListening(EpollListener listener, bool on) =>
        Control(Libc.EpollModify, listener.Descriptor, EventKey(listener.Slot), on ? Libc.EpollIn : 0);

    internal void Release(EpollListener listener)
    {
        RemoveSlot(listener.Slot);
        _ = Libc.Close(listener.Descriptor);
    }

    private protected override void Wake()
    {
        var one = 1UL;
        _ = Libc.Write(_wake, (byte*)&one, sizeof(ulong));
    }

    private protected override bool Collect(int timeoutMs)
    {
        int count;
        fixed (byte* events = _events)
        {
            count = timeoutMs == 0 ? Libc.EpollPoll(_epoll, events, EventsPerPass, 0) : Libc.EpollWait(_epoll, events, EventsPerPass, timeoutMs);
            var at = events;
            for (var i = 0; i < count; i++, at += EventBytes)
            {
                var source = Find(Unsafe.ReadUnaligned<ulong>(at + EventDataOffset));
                if (source is EpollConnection connection) connection.OnEvents((ConnectionEvents)(*(int*)at));
                else if (source is EpollListener listener) AcceptLater(listener);
            }
        }

        return count >= 0;
    }

    private protected override KernelPipe? TryCreatePipe() => EpollPipe.TryCreate();

    private protected override void Dispose(bool disposing)
    {
        _ = Libc.Close(_epoll);
        _ = Libc.Close(_wake);
    }

    /// <summary>A socket that listens.</summary>
    /// <param name="address">Where.</param>
    /// <param name="shared">Whether others of this process may listen there too.</param>
    /// <exception cref="TransportException">The address cannot be listened on.</exception>
    internal static int OpenListener(IPEndPoint address, bool shared)
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

    private void Control(int operation, int descriptor, ulong key, int events)
    {
        var epollEvent = stackalloc byte[16];
        *(int*)epollEvent = events;
        Unsafe.WriteUnaligned(epollEvent + EventDataOffset, key);
        _ = Libc.EpollControl(_epoll, operation, descriptor, epollEvent);
    }
}
