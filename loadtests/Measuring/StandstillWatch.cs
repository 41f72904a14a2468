using FastCanary.LoadTests.Judging;

namespace FastCanary.LoadTests.Measuring;

/// <summary>Notices, from its making to its end, when this program stands still: a thread that wants to wake up soon wakes up late.</summary>
internal sealed class StandstillWatch : IDisposable
{
    private const int SleepMs = 10;

    // Shorter ones are what a busy machine does all the time.
    private const double SecondsMin = 0.2;

    private readonly Clock _clock;
    private readonly Thread _thread;
    private volatile bool _stops;

    /// <param name="clock">The scenario's.</param>
    public StandstillWatch(Clock clock)
    {
        _clock = clock;
        _thread = new Thread(Run) { IsBackground = true, Name = "standstills" };
        _thread.Start();
    }

    /// <summary>Those so far.</summary>
    public Standstills Seen { get; } = new();

    public void Dispose()
    {
        _stops = true;
        _thread.Join();
    }

    private void Run()
    {
        double last = _clock.Seconds;
        while (!_stops)
        {
            Thread.Sleep(SleepMs);
            double now = _clock.Seconds;
            if (now > last + SecondsMin) Seen.Add(last, now);
            last = now;
        }
    }
}
