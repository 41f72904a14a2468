using FastCanary.Traffic;

namespace FastCanary.Proxy;

/// <summary>
/// Where the loops write about requests that have ended: one bounded buffer a loop, which somebody drains (<see cref="AccessLogBuffer.Drain"/>). A loop never waits for that: where its buffer
/// is full, the line is dropped and counted.
/// </summary>
#pragma warning disable CA1001 // Nobody asks for the event's handle, which is all that there would be to dispose of.
public sealed class AccessLog
#pragma warning restore CA1001
{
    // No spinning: whoever drains leaves the core to the loops.
    private readonly ManualResetEventSlim _halfFull = new(initialState: false, spinCount: 0);
    private readonly AccessLogBuffer[] _buffers;
    private AccessLogModel? _model;

    internal AccessLog(int loops)
    {
        _buffers = new AccessLogBuffer[loops];
        for (var i = 0; i < loops; i++) _buffers[i] = new AccessLogBuffer(_halfFull);
    }

    /// <summary>What is written; null: nothing. A request is written about by what holds when it begins, in the format that holds when it ends. Control plane.</summary>
    public AccessLogModel? Model
    {
        get => Volatile.Read(ref _model);
        set
        {
            // Before the first loop that writes.
            if (value is not null)
            {
                foreach (var buffer in _buffers) buffer.MakeRoom();
            }

            Volatile.Write(ref _model, value);
        }
    }

    /// <summary>One a loop.</summary>
    public IReadOnlyList<AccessLogBuffer> Buffers => _buffers;

    /// <summary>Lines that were dropped because their buffer was full.</summary>
    public long Dropped
    {
        get
        {
            var sum = 0L;
            foreach (var buffer in _buffers) sum += buffer.Dropped;
            return sum;
        }
    }

    /// <summary>Which of the requests are written about.</summary>
    internal SplitCounter Counter { get; } = new();

    /// <summary>Waits until a buffer is half full, for <paramref name="timeout"/> at most. One thread.</summary>
    public void Wait(TimeSpan timeout)
    {
        _halfFull.Wait(timeout);
        _halfFull.Reset();
    }

    /// <summary>Ends a <see cref="Wait"/>. Any thread.</summary>
    public void Wake() => _halfFull.Set();
}
