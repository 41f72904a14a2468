using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace FastCanary.Transport;

/// <summary>
/// One thread that owns connections: whatever runs for a connection runs here, so nothing that belongs to one is locked.
/// A backend derives from it and supplies the waiting and the connections; blocks, deadlines, the clock and posted work are the same for all.
/// </summary>
public abstract class EventLoop
{
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly Thread _thread;
    private volatile bool _stopRequested;

    /// <param name="name">The thread's name.</param>
    /// <param name="blockBytesMax">Bound of the block pool in bytes.</param>
    protected EventLoop(string name, long blockBytesMax)
    {
        NowMs = Environment.TickCount64;
        Blocks = new BlockPool(blockBytesMax);
        Deadlines = new DeadlineWheel(NowMs);
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    /// <summary>Monotonic milliseconds, read once per pass.</summary>
    public long NowMs { get; private set; }

    /// <summary>Seconds since 1970, for a Date field.</summary>
    public abstract long UnixSeconds { get; }

    /// <summary>Connections that are open now, parked and lingering ones included.</summary>
    public abstract int ConnectionCount { get; }

    /// <summary>Blocks of memory that connections hold now.</summary>
    public int BlocksRented => Blocks.Rented;

    /// <summary>The calling code runs on this loop's thread.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    internal BlockPool Blocks { get; }

    internal DeadlineWheel Deadlines { get; }

    protected bool StopRequested => _stopRequested;

    public void Start() => _thread.Start();

    /// <summary>Asks the loop to end and waits for it; every connection is closed.</summary>
    public void Stop()
    {
        _stopRequested = true;
        Wake();
        if (_thread.IsAlive && !IsCurrent) _thread.Join();
    }

    /// <summary>Runs <paramref name="work"/> on the loop soon. The one member that other threads call while it runs.</summary>
    public void Post(Action work)
    {
        _posted.Enqueue(work);
        Wake();
    }

    /// <summary>Runs <paramref name="work"/> on the loop and waits for its result. Control path only.</summary>
    public T Call<T>(Func<T> work)
    {
        if (IsCurrent) return work();
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                done.SetException(e);
            }
        });
        return done.Task.GetAwaiter().GetResult();
    }

    /// <summary>Accepts connections on <paramref name="address"/> and hands each to <paramref name="onAccepted"/>. Any thread, any number of loops per address.</summary>
    /// <exception cref="TransportException">The address cannot be listened on.</exception>
    public abstract Listener Listen(IPEndPoint address, ConnectionLimit limit, Action<Connection> onAccepted);

    /// <summary>
    /// Begins a connection. It can be written to at once: its first flush completes when it is established and the bytes were sent,
    /// or when it failed (<see cref="Connection.Failure"/>).
    /// </summary>
    public abstract Connection Connect(IPEndPoint address);

    /// <summary>Cancels the pending read of every idle connection that <paramref name="listener"/> accepted, so that its owner ends it.</summary>
    public abstract void CancelIdle(Listener listener);

    /// <summary>Makes a waiting loop return. Any thread.</summary>
    protected abstract void Wake();

    /// <summary>The loop itself.</summary>
    protected abstract void Run();

    protected void ReadClock() => NowMs = Environment.TickCount64;

    protected void RunPosted()
    {
        // Bounded by what is there now: work that posts work cannot starve the connections.
        for (var left = _posted.Count; left > 0 && _posted.TryDequeue(out var work); left--) work();
    }

    [Conditional("DEBUG")]
    internal void AssertCurrent() => Debug.Assert(IsCurrent || !_thread.IsAlive, "a connection's code runs on its loop");
}
