using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.Control.Tests.Support;

/// <summary>Time that passes when the test says so. Its timers fire on the thread that lets it pass, in the order in which they are due.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _now = new(2026, 11, 22, 7, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan time)
    {
        DateTimeOffset until = GetUtcNow() + time;
        while (Next(until) is { } due) due.Fire();
        lock (_gate) _now = until;
    }

    /// <summary>How far away the timers are that wait.</summary>
    public TimeSpan[] Due()
    {
        lock (_gate) return [.. _timers.Select(timer => timer.DueAt - _now).Order()];
    }

    /// <summary>Waits until something waits for exactly this time.</summary>
    public void WaitForTimer(TimeSpan due) => Eventually.Holds(() => Due().Contains(due), () => $"a timer of {due}; there are {string.Join(", ", Due())}");

    private Timer? Next(DateTimeOffset until)
    {
        lock (_gate)
        {
            Timer? next = _timers.MinBy(static timer => timer.DueAt);
            if (next is null || next.DueAt > until) return null;
            _now = next.DueAt;
            if (!next.Again()) _timers.Remove(next);
            return next;
        }
    }

    private sealed class Timer(ManualClock clock, Action callback) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public DateTimeOffset DueAt { get; private set; }

        /// <summary>Whether it is due once more.</summary>
        public bool Again()
        {
            DueAt += _period;
            return _period != Timeout.InfiniteTimeSpan;
        }

        public void Fire() => callback();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                clock._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                (DueAt, _period) = (clock._now + dueTime, period);
                clock._timers.Add(this);
                return true;
            }
        }

        public void Dispose()
        {
            lock (clock._gate) clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
