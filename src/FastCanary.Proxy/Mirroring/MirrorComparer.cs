using System.Collections.Concurrent;
using FastCanary.Traffic;
using HttpMethod = FastCanary.Http.HttpMethod;

namespace FastCanary.Proxy;

/// <summary>
/// Compares mirrored responses with those that users got, on a thread of its own that begins with the first pair: comparing takes as long as bodies are large, and a loop
/// has no time for that. One for all loops.
/// </summary>
internal sealed class MirrorComparer : IDisposable
{
    /// <summary>Pairs that wait to be compared; beyond it they are not.</summary>
    public const int QueueMax = 1024;

    private readonly ConcurrentQueue<MirrorCopy> _queue = new();
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly ResponseComparison _comparison;
    private readonly Action<Exception> _onBug;
    private Thread? _thread;
    private int _queued;
    private int _sleeps;
    private volatile bool _isStopping;

    /// <param name="onBug">Told what a comparison throws: a bug.</param>
    public MirrorComparer(Action<Exception> onBug)
    {
        _onBug = onBug;
        _comparison = new ResponseComparison(Memory);
    }

    /// <summary>What everything that is mirrored is kept in.</summary>
    public MirrorMemory Memory { get; } = new();

    /// <summary>Nothing new is mirrored or compared.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>Pairs that wait, without the one that is being compared.</summary>
    public int Queued => Volatile.Read(ref _queued);

    /// <summary>Held during each comparison: who holds it keeps them waiting.</summary>
    public Lock Turn { get; } = new();

    /// <summary>Takes over a copy whose two responses are there. Any loop.</summary>
    /// <returns>False where the queue is full, or the comparer stops.</returns>
    public bool TryAdd(MirrorCopy copy)
    {
        if (_isStopping) return false;
        if (Interlocked.Increment(ref _queued) > QueueMax)
        {
            Interlocked.Decrement(ref _queued);
            return false;
        }

        _queue.Enqueue(copy);
        if (Volatile.Read(ref _thread) is null) Start();
        // Only who finds it asleep pays for waking it.
        if (Interlocked.Exchange(ref _sleeps, 0) == 1) _wake.Set();
        return true;
    }

    /// <summary>From here on nothing new begins. Before the loops stop.</summary>
    public void BeginStop() => _isStopping = true;

    /// <summary>Ends the thread, and what was queued. After the loops have stopped.</summary>
    public void Dispose()
    {
        _isStopping = true;
        _wake.Set();
        _thread?.Join();
        DropQueued();
        _wake.Dispose();
    }

    private void Start()
    {
        var thread = new Thread(Run) { Name = "mirror", IsBackground = true };
        if (Interlocked.CompareExchange(ref _thread, thread, null) is null) thread.Start();
    }

    private void Run()
    {
        while (!_isStopping)
        {
            if (_queue.TryDequeue(out var copy))
            {
                Interlocked.Decrement(ref _queued);
                CompareOne(copy);
                continue;
            }

            // Whoever adds after this exchange sees it; who added before is seen here.
            Interlocked.Exchange(ref _sleeps, 1);
            if (_queue.IsEmpty && !_isStopping) _wake.WaitOne();
        }
    }

    private void CompareOne(MirrorCopy copy)
    {
        try
        {
            lock (Turn) Compare(copy);
        }
#pragma warning disable CA1031 // A bug in one comparison is reported, and spares the others. What the copy holds is left to the collector.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _onBug(e);
        }
    }

    private void Compare(MirrorCopy copy)
    {
        if (copy.Difference is { } difference)
        {
            copy.Finish(_comparison.Compare(difference.Kind, copy.Comparison, copy.User, copy.Mirrored) switch
            {
                Compared.Differs => MirrorVerdict.Noise,
                Compared.Equal => MirrorVerdict.Changed,
                _ => MirrorVerdict.Unconfirmed,
            });
            return;
        }

        for (var kind = MirrorDifferenceKind.Status; kind <= MirrorDifferenceKind.Body; kind++)
        {
            switch (_comparison.Compare(kind, copy.Comparison, copy.User, copy.Mirrored))
            {
                case Compared.Differs:
                    TakeDifference(copy, kind);
                    return;
                case Compared.Truncated:
                    copy.Finish(MirrorCount.Truncated);
                    return;
                case Compared.Encoded:
                    copy.Finish(MirrorCount.Encoded);
                    return;
                case Compared.Missing:
                    copy.Finish(MirrorCount.SkippedComparison);
                    return;
            }
        }

        copy.Finish(MirrorCount.Equal);
    }

    private void TakeDifference(MirrorCopy copy, MirrorDifferenceKind kind)
    {
        var (method, path) = copy.DescribeRequest();
        copy.Difference = new MirrorDifference(method, path, kind, MirrorVerdict.Unconfirmed, copy.User.Status, copy.Mirrored.Status, _comparison.DifferentAt);
        // Only what is safe is sent to the users' version once more (law 4).
        if (copy.Method is HttpMethod.Get or HttpMethod.Head && !_isStopping) copy.PostConfirm();
        else copy.Finish(MirrorVerdict.Unconfirmed);
    }

    private void DropQueued()
    {
        while (_queue.TryDequeue(out var copy))
        {
            if (copy.Difference is null) copy.Finish(MirrorCount.SkippedComparison);
            else copy.Finish(MirrorVerdict.Unconfirmed);
        }
    }
}
