using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>
/// How long the machine holds a thread back that wants to run, whichever of its processors that thread waits for: the longest that a sleep of a millisecond has taken on one of them. A bound in time
/// that a test asserts is widened by that, so that it speaks of the program and not of who else has the processors.
/// </summary>
internal sealed class StallMeter : IDisposable
{
    private long _longestTicks;
    private volatile bool _stop;

    public StallMeter()
    {
        for (var i = 0; i < Math.Min(Environment.ProcessorCount, 64); i++)
        {
            var processor = i;
            new Thread(() => Measure(processor)) { IsBackground = true, Name = $"stall meter {processor}" }.Start();
        }
    }

    /// <summary>The longest since <see cref="Forget"/>.</summary>
    public TimeSpan Longest => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _longestTicks));

    /// <summary>What was does not concern what comes.</summary>
    public void Forget() => Interlocked.Exchange(ref _longestTicks, 0);

    public void Dispose() => _stop = true;

    [DllImport("libc", EntryPoint = "sched_setaffinity")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetAffinity(int thread, nint maskBytes, in ulong mask);

    private void Measure(int processor)
    {
        // This thread stays there; where it may not, it measures wherever it runs.
        _ = SetAffinity(0, sizeof(ulong), 1UL << processor);
        var before = Stopwatch.GetTimestamp();
        while (!_stop)
        {
            Thread.Sleep(1);
            var now = Stopwatch.GetTimestamp();
            for (var longest = Interlocked.Read(ref _longestTicks); now - before > longest;)
            {
                var seen = Interlocked.CompareExchange(ref _longestTicks, now - before, longest);
                if (seen == longest) break;
                longest = seen;
            }

            before = now;
        }
    }
}
