using System.Diagnostics;
using System.Globalization;

namespace FastCanary.Benchmarks.Reports;

/// <summary>How much of the machine other processes use from its making on, by <c>/proc/stat</c>.</summary>
internal sealed class OtherLoad
{
    private readonly (long Busy, long All)? _began = Ticks();
    private readonly TimeSpan _ownBegan = Own();
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>Cores that other processes have used; null where there is no <c>/proc/stat</c>.</summary>
    internal double? Cores()
    {
        if (_began is not { } began || Ticks() is not { } now || now.All == began.All) return null;
        double busy = (now.Busy - began.Busy) / (double)(now.All - began.All) * Environment.ProcessorCount;
        return Math.Max(0, busy - (Own() - _ownBegan) / _clock.Elapsed);
    }

    private static TimeSpan Own() => OperatingSystem.IsLinux() ? Environment.CpuUsage.TotalTime : TimeSpan.Zero;

    private static (long Busy, long All)? Ticks()
    {
        if (!File.Exists("/proc/stat")) return null;
        // proc(5): user, nice, system, idle, iowait, irq, softirq, steal; guests are in the first two.
        string[] fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long[] ticks = [.. fields[1..9].Select(static text => long.Parse(text, CultureInfo.InvariantCulture))];
        return (ticks.Sum() - ticks[3] - ticks[4], ticks.Sum());
    }
}
