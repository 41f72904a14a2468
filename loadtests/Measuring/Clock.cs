using System.Diagnostics;

namespace FastCanary.LoadTests.Measuring;

/// <summary>Seconds of the monotonic clock since this was made: the time axis of one scenario.</summary>
internal sealed class Clock
{
    private readonly long _begin = Stopwatch.GetTimestamp();

    public double Seconds => Stopwatch.GetElapsedTime(_begin).TotalSeconds;
}
