using System.Diagnostics;

namespace FastCanary.Transport;

/// <summary>
/// The loops' clock: microseconds from where <see cref="Environment.TickCount64"/> counts from, so that the control plane and a loop mean the same by a millisecond. That one moves in steps of
/// up to 16 ms; this one costs about 20 ns, once a pass.
/// </summary>
internal static class MonotonicClock
{
    private const long MicrosPerSecond = 1_000_000;

    // Of a whole number of ticks a microsecond on every system that .NET runs on.
    private static readonly long TicksPerMicro = Math.Max(1, Stopwatch.Frequency / MicrosPerSecond);

    private static readonly long MicrosAtZero = (Environment.TickCount64 * 1000) - (Stopwatch.GetTimestamp() / TicksPerMicro);

    public static long Micros => (Stopwatch.GetTimestamp() / TicksPerMicro) + MicrosAtZero;
}
