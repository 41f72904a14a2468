using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

#pragma warning disable RS0030 // This backend is the one that is made of .NET's sockets.

namespace FastCanary.Transport.Sockets;

/// <summary>
/// The loop on .NET's sockets. The runtime's threads tell it what has ended by posting to a queue; its own thread takes that up, so that
/// what belongs to a connection runs here and nowhere else. The queue holds at most two entries a connection.
/// </summary>
internal sealed class SocketsLoop(SocketsBackend backend, string name, long blockBytesMax) : EventLoop(name, blockBytesMax, MonotonicClock.Micros)
{
    private const int EventsPerPass = 512;

    // One call's worth: what is gathered to be sent together, and what is thrown away.
    private const int ScratchBytes = 64 << 10;

    private readonly ConcurrentQueue<SocketsEvent> _events = new();

    // No spinning: a loop that waits leaves its core to the threads that have something to tell.
    private readonly ManualResetEventSlim _work = new(initialState: false, spinCount: 0);

    public override long UnixMs => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Events that were posted and not taken up.</summary>
    internal int PendingEvents => _events.Count;

    /// <summary>For the time of one call.</summary>
    internal byte[] Scratch { get; } = GC.AllocateUninitializedArray<byte>(ScratchBytes, pinned: true);

    public override Listener Listen(IPEndPoint address, ConnectionLimit limit, Action<Connection> onAccepted) => Call(() =>
    {
        var listener = new SocketsListener(this, backend, address, limit, onAccepted);
        listener.Open();
        listener.Slot = AddSlot(listener);
        return listener;
    });

    public override Connection Connect(IPEndPoint address)
    {
        Socket? socket = null;
        var error = SocketError.Success;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
        }
        catch (SocketException e)
        {
            error = e.SocketErrorCode;
        }

        var connection = new SocketsConnection(this, socket, ToPeerAddress(address), listener: null);
        if (socket is null)
        {
            connection.Fail(SocketErrors.ToFailure(error));
            return connection;
        }

        Add(connection);
        connection.Key = EventKey(connection.Slot);
        connection.BeginConnecting(address);
        return connection;
    }

    /// <summary>Takes an accepted socket; its listener has counted it.</summary>
    internal void Adopt(Socket socket, SocketsListener listener)
    {
        PeerAddress peer;
        try
        {
            socket.Blocking = false;
            socket.NoDelay = true;
            peer = ToPeerAddress((IPEndPoint)socket.RemoteEndPoint!);
        }
        catch (SocketException)
        {
            // Some systems tell nothing about a connection that its peer has reset meanwhile.
            socket.Dispose();
            listener.Left();
            return;
        }

        var connection = new SocketsConnection(this, socket, peer, listener);
        Add(connection);
        connection.Key = EventKey(connection.Slot);
        listener.OnAccepted(connection);
        // Where its owner did not begin to read: its peer's end is to be noticed all the same.
        if (!connection.IsClosed) connection.Watch();
    }

    /// <summary>Tells the loop that an operation has ended. Any thread.</summary>
    internal void Post(SocketsEvent ended)
    {
        _events.Enqueue(ended);
        _work.Set();
    }

    internal void Release(SocketsListener listener) => RemoveSlot(listener.Slot);

    private protected override void Wake() => _work.Set();

    private protected override bool Collect(int timeoutMs)
    {
        if (timeoutMs != 0 && _events.IsEmpty) _work.Wait(timeoutMs);
        // Before the queue is read: what is posted from here on wakes again.
        _work.Reset();
        for (var left = EventsPerPass; left > 0 && _events.TryDequeue(out var ended); left--)
        {
            if (Find(ended.Key) is SocketsConnection connection) connection.OnEnded(ended.Operation);
        }

        return true;
    }

    private protected override void Dispose(bool disposing)
    {
        if (disposing) _work.Dispose();
    }

    internal static PeerAddress ToPeerAddress(IPEndPoint address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.Address.TryWriteBytes(bytes, out var length);
        return new PeerAddress(bytes[..length], address.Port);
    }
}
