using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using FastCanary.Transport.Epoll;

namespace FastCanary.Transport.Tests;

/// <summary>A running loop that listens, and blocking sockets as its peers.</summary>
public sealed class LoopHost : IDisposable
{
    /// <summary>Far longer than anything here takes.</summary>
    public const int PatienceMs = 20_000;

    private static int LastPort = 20_500 + (Environment.ProcessId % 8_000);

    private readonly BlockingCollection<Connection> _accepted = [];
    private readonly List<IDisposable> _mine = [];

    public LoopHost(long blockBytesMax = 16 << 20, int connectionsMax = 0)
    {
        Loop = new EpollLoop("test", blockBytesMax);
        Loop.Start();
        Limit.CountMax = connectionsMax;
        for (var attempt = 0; ; attempt++)
        {
            Address = new IPEndPoint(IPAddress.Loopback, Interlocked.Increment(ref LastPort));
            try
            {
                EpollLoop.Probe(Address);
                Listener = Loop.Listen(Address, Limit, connection =>
                {
                    OnAccepted?.Invoke(connection);
                    _accepted.Add(connection);
                });
                return;
            }
            catch (TransportException) when (attempt < 20)
            {
                // Somebody else has the port.
            }
        }
    }

    public EpollLoop Loop { get; }

    public Listener Listener { get; }

    public IPEndPoint Address { get; }

    public ConnectionLimit Limit { get; } = new();

    /// <summary>Runs on the loop, within its dispatch of events.</summary>
    public Action<Connection>? OnAccepted { get; set; }

    /// <summary>A new peer, and the loop's side of it.</summary>
    public (Socket Peer, Connection Connection) Connect()
    {
        var peer = ConnectPeer();
        return (peer, Accepted());
    }

    public Socket ConnectPeer()
    {
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = PatienceMs, SendTimeout = PatienceMs };
        peer.Connect(Address);
        lock (_mine) _mine.Add(peer);
        return peer;
    }

    public Connection Accepted()
    {
        Assert.True(_accepted.TryTake(out var connection, PatienceMs), "nothing was accepted");
        return connection;
    }

    public bool HasAccepted(int milliseconds) => SpinWait.SpinUntil(() => _accepted.Count > 0, milliseconds);

    /// <summary>Runs <paramref name="work"/> on the loop to its end.</summary>
    public T Run<T>(Func<Task<T>> work) => Begin(work).Get();

    /// <summary>Begins <paramref name="work"/> on the loop.</summary>
    public Pending<T> Begin<T>(Func<Task<T>> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Loop.Post(() => _ = RunAsync());
        return new Pending<T>(done.Task);

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

    public T Call<T>(Func<T> work) => Loop.Call(work);

    public void Call(Action work) => Loop.Call(() =>
    {
        work();
        return 0;
    });

    public static void Eventually(Func<bool> condition, string what)
    {
        var until = Environment.TickCount64 + PatienceMs;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < until, $"not within {PatienceMs} ms: {what}");
            Thread.Sleep(5);
        }
    }

    /// <summary>What the peer gets up to the end: its bytes, and whether the end was a reset.</summary>
    public static (byte[] Bytes, bool Reset) ReadToEnd(Socket peer)
    {
        var all = new MemoryStream();
        var buffer = new byte[64 << 10];
        try
        {
            while (peer.Receive(buffer) is var count and > 0) all.Write(buffer, 0, count);
            return (all.ToArray(), false);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return (all.ToArray(), true);
        }
    }

    public void Dispose()
    {
        foreach (var mine in _mine) mine.Dispose();
        Loop.Stop();
        Assert.Equal(0, Loop.ConnectionCount);
        Assert.Equal(0, Loop.BlocksRented);
        Loop.Dispose();
        _accepted.Dispose();
    }
}
