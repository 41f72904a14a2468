using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace FastCanary.Transport;

/// <summary>
/// One thread that owns connections: whatever runs for a connection runs here, so nothing that belongs to one is locked.
/// A backend derives from it and supplies the waiting and the sockets; what a pass does is the same for all: collect events, accept, run what is
/// ready, fire deadlines, run what was posted.
/// </summary>
public abstract class EventLoop : IDisposable
{
    // Kept for the next body; what is beyond goes back to the system.
    private const int FreePipesMax = 32;

    private const int SlotBits = 9;
    private const int SlotsPerPiece = 1 << SlotBits;

    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly Queue<Connection> _ready = new(256);
    private readonly Queue<Connection> _waitingForBlock = new();
    private readonly Queue<Listener> _accepting = new();
    private readonly Queue<Connection> _sending = new(256);
    private readonly Queue<LoopWait> _ended = new();
    private Thread? _thread;
    private LoopWait? _firstWait;
    // In pieces, so that growing copies nothing and leaves no large array behind.
    private SlotEntry[][] _slots = [new SlotEntry[SlotsPerPiece]];
    private int _freeSlot = -1;
    private int _slotCount = 1;
    private KernelPipe? _freePipe;
    private int _freePipes;
    private volatile bool _stopRequested;
    private int _wakeRequested;
    private bool _disposed;

    /// <param name="name">The thread's name.</param>
    /// <param name="blockBytesMax">Bound of the block pool in bytes.</param>
    /// <param name="nowMicros">The clock's first reading.</param>
    private protected EventLoop(string name, long blockBytesMax, long nowMicros)
    {
        Name = name;
        SetTime(nowMicros);
        Blocks = new BlockPool(blockBytesMax);
        Deadlines = new DeadlineWheel(NowMs);
    }

    /// <summary>The loop's name, and its thread's.</summary>
    public string Name { get; }

    /// <summary>Monotonic milliseconds, read once per pass; those of <see cref="Environment.TickCount64"/>, but for what its resolution makes of them.</summary>
    public long NowMs { get; private set; }

    /// <summary>The same clock in microseconds.</summary>
    public long NowMicros { get; private set; }

    /// <summary>Milliseconds since 1970.</summary>
    public abstract long UnixMs { get; }

    /// <summary>Connections that are open now, parked and lingering ones included.</summary>
    public int ConnectionCount { get; private set; }

    /// <summary>Blocks of memory that connections hold now.</summary>
    public int BlocksRented => Blocks.Rented;

    /// <summary>Times that a reader found no block and had to wait for one.</summary>
    public long BlocksDryCount => Blocks.DryCount;

    /// <summary>Pipes of the kernel that bodies go through now; idle ones not counted.</summary>
    public int PipesRented { get; private set; }

    /// <summary>The calling code runs on this loop's thread, or the loop has none yet.</summary>
    public bool IsCurrent => _thread is null || Thread.CurrentThread == _thread;

    internal BlockPool Blocks { get; }

    internal DeadlineWheel Deadlines { get; }

    /// <summary>Counts passes, so that a reader can tell how much it did in this one.</summary>
    internal int Pass { get; private set; }

    /// <summary>Something is ready to run, was posted, or is to stop: a pass must not wait.</summary>
    internal bool HasWork => _ready.Count > 0 || _accepting.Count > 0 || _sending.Count > 0 || _ended.Count > 0 || Volatile.Read(ref _wakeRequested) != 0;

    /// <summary>The newest of the waits that are under way; the others are behind it, by <see cref="LoopWait.NextWait"/>.</summary>
    internal LoopWait? FirstWait => _firstWait;

    /// <summary>The clock: monotonic microseconds.</summary>
    private protected virtual long ClockMicros => MonotonicClock.Micros;

    /// <summary>Gives the loop its thread.</summary>
    public virtual void Start()
    {
        _thread = new Thread(Run) { Name = Name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Asks the loop to end and waits for it; every connection is closed.</summary>
    public void Stop()
    {
        _stopRequested = true;
        if (_thread is null)
        {
            CloseEverything();
            return;
        }

        RequestWake();
        if (_thread.IsAlive && !IsCurrent) _thread.Join();
    }

    /// <summary>Runs <paramref name="work"/> on the loop soon. The one member that other threads call while it runs.</summary>
    public void Post(Action work)
    {
        _posted.Enqueue(work);
        RequestWake();
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
    public void CancelIdle(Listener listener)
    {
        AssertCurrent();
        for (var i = 0; i < _slotCount; i++)
        {
            if (At(i).Source is Connection { IsIdle: true } connection && connection.AcceptedFrom == listener) connection.Input.CancelPendingRead();
        }
    }

    /// <summary>A pipe for one body; null where the system gives none, or this backend has none.</summary>
    public KernelPipe? TryRentPipe()
    {
        var pipe = _freePipe;
        if (pipe is null)
        {
            pipe = TryCreatePipe();
            if (pipe is null) return null;
        }
        else
        {
            _freePipe = pipe.NextFree;
            pipe.NextFree = null;
            _freePipes--;
        }

        PipesRented++;
        return pipe;
    }

    /// <summary>Takes a pipe back. One that still holds bytes is closed: they must not reach another body.</summary>
    public void Return(KernelPipe pipe)
    {
        PipesRented--;
        if (pipe.Length > 0 || _freePipes == FreePipesMax)
        {
            pipe.Close();
            return;
        }

        pipe.NextFree = _freePipe;
        _freePipe = pipe;
        _freePipes++;
    }

    /// <summary>Gives the system's resources back. After <see cref="Stop"/>.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        for (; _freePipe is { } pipe; _freePipe = pipe.NextFree) pipe.Close();
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    internal void Enqueue(Connection connection, byte what)
    {
        if (connection.Ready == 0) _ready.Enqueue(connection);
        connection.Ready |= what;
    }

    internal void Add(LoopWait wait)
    {
        wait.NextWait = _firstWait;
        if (_firstWait is { } first) first.PreviousWait = wait;
        _firstWait = wait;
    }

    internal void Remove(LoopWait wait)
    {
        if (wait.PreviousWait is { } previous) previous.NextWait = wait.NextWait;
        else _firstWait = wait.NextWait;
        if (wait.NextWait is { } next) next.PreviousWait = wait.PreviousWait;
        wait.NextWait = wait.PreviousWait = null;
    }

    internal void RunSoon(LoopWait wait) => _ended.Enqueue(wait);

    internal void SendSoon(Connection connection) => _sending.Enqueue(connection);

    internal void AcceptLater(Listener listener) => _accepting.Enqueue(listener);

    internal void ReturnBlock(Block block)
    {
        Blocks.Return(block);
        if (_waitingForBlock.Count > 0) PassBlockOn();
    }

    /// <summary>Queues a reader that found the pool dry, once however often it finds it so.</summary>
    internal void WaitForBlock(Connection connection)
    {
        if (connection.WaitsForBlock) return;
        connection.WaitsForBlock = true;
        _waitingForBlock.Enqueue(connection);
    }

    /// <summary>A connection is about to be closed: its slot gets a new generation.</summary>
    internal void Remove(Connection connection)
    {
        if (connection.Slot == 0) return;
        RemoveSlot(connection.Slot);
        ConnectionCount--;
        if (connection.AcceptedFrom is not { } listener) return;
        listener.Left();
    }

    /// <summary>One pass of the loop. For who drives a loop without a thread.</summary>
    internal void RunPass()
    {
        var timeout = HasWork ? 0 : Deadlines.NextTimeoutMs(NowMs);
        var collected = Collect(timeout);
        SetTime(ClockMicros);
        Pass++;
        // Interrupted, nothing was collected: what has arrived comes with the next call, before any deadline fires.
        if (!collected) return;
        // Behind all that was collected: what is new must not take a parked connection whose end or stray bytes are in this very batch.
        while (_accepting.TryDequeue(out var listener)) listener.Accept();
        for (var left = _ready.Count; left > 0; left--) _ready.Dequeue().Run();
        for (var left = _ended.Count; left > 0; left--) _ended.Dequeue().Run();
        while (_sending.TryDequeue(out var connection)) connection.Output.SendPromised();
        // Behind what has arrived: after a pause of the whole process, a response that is there is not late.
        Deadlines.Advance(NowMs);
        if (Volatile.Read(ref _wakeRequested) != 0) RunPosted();
    }

    [Conditional("DEBUG")]
    internal void AssertCurrent() => Debug.Assert(IsCurrent || _thread is { IsAlive: false }, "a connection's code runs on its loop");

    /// <summary>Waits for events up to <paramref name="timeoutMs"/> (-1: without end) and notes them.</summary>
    /// <returns>False where the wait was interrupted and nothing was collected.</returns>
    private protected abstract bool Collect(int timeoutMs);

    /// <summary>Makes a waiting <see cref="Collect"/> return. Any thread.</summary>
    private protected abstract void Wake();

    private protected virtual KernelPipe? TryCreatePipe() => null;

    private protected abstract void Dispose(bool disposing);

    private protected void Add(Connection connection)
    {
        connection.Slot = AddSlot(connection);
        ConnectionCount++;
    }

    private protected int AddSlot(object source)
    {
        int index;
        if (_freeSlot >= 0)
        {
            index = _freeSlot;
            _freeSlot = At(index).NextFree;
        }
        else
        {
            if (_slotCount == _slots.Length * SlotsPerPiece) _slots = [.. _slots, new SlotEntry[SlotsPerPiece]];
            index = _slotCount++;
        }

        At(index).Source = source;
        return index;
    }

    private protected void RemoveSlot(int index)
    {
        ref var slot = ref At(index);
        slot.Source = null;
        slot.Generation++;
        slot.NextFree = _freeSlot;
        _freeSlot = index;
    }

    /// <summary>What an event names: slot and generation, never the bare descriptor.</summary>
    private protected ulong EventKey(int slot) => ((ulong)At(slot).Generation << 32) | (uint)slot;

    /// <summary>Who the event is about; null where it is stale: its source is gone, though another may be in its place.</summary>
    private protected object? Find(ulong eventKey)
    {
        ref var slot = ref At((int)(uint)eventKey);
        return slot.Generation == (uint)(eventKey >> 32) ? slot.Source : null;
    }

    private ref SlotEntry At(int slot) => ref _slots[slot >> SlotBits][slot & (SlotsPerPiece - 1)];

    private void Run()
    {
        SetTime(ClockMicros);
        while (!_stopRequested) RunPass();
        CloseEverything();
    }

    private void SetTime(long micros)
    {
        NowMicros = micros;
        NowMs = micros / 1000;
    }

    private void RequestWake()
    {
        if (Interlocked.Exchange(ref _wakeRequested, 1) == 0) Wake();
    }

    private void RunPosted()
    {
        // Cleared before the queue is read: work posted from here on wakes again.
        Interlocked.Exchange(ref _wakeRequested, 0);
        // Bounded by what is there now: work that posts work cannot starve the connections.
        for (var left = _posted.Count; left > 0 && _posted.TryDequeue(out var work); left--) work();
        if (!_posted.IsEmpty) RequestWake();
    }

    // One block, one reader: whoever cannot use it passes the turn on when it returns it; who no longer waits has no turn.
    private void PassBlockOn()
    {
        while (_waitingForBlock.TryDequeue(out var starved))
        {
            starved.WaitsForBlock = false;
            if (!starved.Input.IsWaiting) continue;
            Enqueue(starved, Connection.ReadReady);
            return;
        }
    }

    private void CloseEverything()
    {
        // Whoever waited learns that its connection is closed, and may make another one in its stead: once.
        do
        {
            for (var i = 0; i < _slotCount; i++)
            {
                switch (At(i).Source)
                {
                    case Connection connection: connection.CloseNow(reset: false); break;
                    case Listener listener: listener.Close(); break;
                }
            }

            while (_firstWait is { } wait) wait.OnHangup();
            while (_ready.TryDequeue(out var connection)) connection.Run();
            while (_ended.TryDequeue(out var ended)) ended.Run();
        }
        while (ConnectionCount > 0 || _firstWait is not null);
        RunPosted();
    }

    private struct SlotEntry
    {
        public object? Source;
        public uint Generation;
        public int NextFree;
    }
}
