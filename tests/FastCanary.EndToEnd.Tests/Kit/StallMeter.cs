using System.Diagnostics;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>
/// How long the machine holds a thread back that wants to run: the longest that a sleep of a millisecond has taken beyond it. A bound in time that a test asserts is widened by that,
/// so that it speaks of the program and not of who else has the processors.
/// </summary>
internal sealed class StallMeter : IDisposable
{
    private long _longestTicks;
    private volatile bool _stop;

    public StallMeter() => new Thread(Measure) { IsBackground = true, Name = "stall meter" }.Start();

    /// <summary>The longest since <see cref="Forget"/>.</summary>
    public TimeSpan Longest => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _longestTicks));

    /// <summary>What was does not concern what comes.</summary>
    public void Forget() => Interlocked.Exchange(ref _longestTicks, 0);

    public void Dispose() => _stop = true;

    private void Measure()
    {
        var before = Stopwatch.GetTimestamp();
        while (!_stop)
        {
            Thread.Sleep(1);
            var now = Stopwatch.GetTimestamp();
            if (now - before > _longestTicks) Interlocked.Exchange(ref _longestTicks, now - before);
            before = now;
        }
    }
}
