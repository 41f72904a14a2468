using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace FastCanary.Transport.Conformance;

/// <summary>A loop that runs on a thread of its own and listens, and blocking sockets as its peers.</summary>
public sealed class RealTransportUnderTest : TransportUnderTest
{
    /// <summary>Far longer than anything here takes.</summary>
    public const int PatienceMs = 30_000;

    // Below the kernel's ephemeral range, and apart from what the other test projects take: between asking whether one is free and listening on it nobody else comes.
    private const int FirstPort = 12_500;
    private const int PortCount = 2_500;

    // Set, a receive buffer does not grow with what is read: what the kernel holds of a connection is bounded.
    private const int ReceiveBufferBytes = 1 << 20;

    private static int LastPort = Environment.ProcessId * 131 % PortCount;

    private readonly BlockingCollection<Connection> _accepted = [];
    private readonly ConcurrentBag<RealPeer> _peers = [];
    private readonly TcpListener _target = new(IPAddress.Loopback, 0);
    private bool _disposed;

    public RealTransportUnderTest(TransportBackend backend, long blockBytesMax)
    {
        Name = backend.Name;
        Loop = backend.CreateLoop("test", blockBytesMax);
        Loop.Start();
        _target.Start();
        Address = FreeAddress(backend);
        Listener = Loop.Listen(Address, Limit, connection =>
        {
            OnAccepted?.Invoke(connection);
            _accepted.Add(connection);
        });
    }

    public override string Name { get; }

    public override EventLoop Loop { get; }

    public Listener Listener { get; }

    /// <summary>Of the listener.</summary>
    public IPEndPoint Address { get; }

    public ConnectionLimit Limit { get; } = new();

    /// <summary>Runs on the loop for each connection that was accepted, before the test gets it.</summary>
    public Action<Connection>? OnAccepted { get; set; }

    /// <summary>A listening peer.</summary>
    public IPEndPoint TargetAddress => (IPEndPoint)_target.LocalEndpoint;

    /// <summary>An address that nobody listens on.</summary>
    public static IPEndPoint FreeAddress(TransportBackend backend)
    {
        for (var attempt = 0; ; attempt++)
        {
            var address = new IPEndPoint(IPAddress.Loopback, FirstPort + (Interlocked.Increment(ref LastPort) % PortCount));
            try
            {
                backend.Probe(address);
                return address;
            }
            catch (TransportException) when (attempt < 20)
            {
                // Somebody else has the port.
            }
        }
    }

    public override T Run<T>(Func<Task<T>> work) => Begin(work).Get();

    public override Pending<T> Begin<T>(Func<Task<T>> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Loop.Post(() => _ = RunAsync());
        return new Pending<T>(done.Task, static task => Assert.True(((IAsyncResult)task).AsyncWaitHandle.WaitOne(PatienceMs), $"not within {PatienceMs} ms"));

        async Task RunAsync()
        {
            try
            {
                done.SetResult(await work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }
    }

    public override (Peer Peer, Connection Connection) Accepted() => (ConnectPeer(), TakeAccepted());

    public override (Peer Peer, Connection Connection) Connected()
    {
        var connecting = Begin(async () =>
        {
            var connection = Loop.Connect(TargetAddress);
            // A flush of nothing completes when the connection stands.
            var flushed = await connection.Output.FlushAsync();
            Assert.False(flushed.IsCompleted, $"{connection.Failure}");
            return connection;
        });
        var peer = Adopt(_target.AcceptSocket());
        return (peer, connecting.Get());
    }

    public Peer ConnectPeer() => ConnectPeer(Address);

    public Peer ConnectPeer(IPEndPoint address)
    {
        var peer = NewPeer();
        peer.Connect(address);
        return Adopt(peer);
    }

    public Peer Adopt(Socket socket)
    {
        var peer = new RealPeer(socket);
        _peers.Add(peer);
        return peer;
    }

    public static Socket NewPeer() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = ReceiveBufferBytes };

    public Connection TakeAccepted()
    {
        Assert.True(_accepted.TryTake(out var connection, PatienceMs), "nothing was accepted");
        return connection;
    }

    public bool HasAccepted(int milliseconds) => SpinWait.SpinUntil(() => _accepted.Count > 0, milliseconds);

    public override void Until(Func<bool> condition)
    {
        var until = Environment.TickCount64 + PatienceMs;
        while (!Call(condition))
        {
            Assert.True(Environment.TickCount64 < until, $"not within {PatienceMs} ms");
            Thread.Sleep(1);
        }
    }

    public override void Advance(int milliseconds) => Thread.Sleep(milliseconds);

    protected override void Dispose(bool disposing)
    {
        if (_disposed) return;
        _disposed = true;
        foreach (var peer in _peers) peer.Dispose();
        _target.Dispose();
        Loop.Stop();
        Assert.Equal(0, Loop.ConnectionCount);
        Assert.Equal(0, Loop.BlocksRented);
        Assert.Equal(0, Loop.PipesRented);
        Loop.Dispose();
        _accepted.Dispose();
    }
}
