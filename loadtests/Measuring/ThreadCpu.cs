using System.Runtime.InteropServices;

namespace FastCanary.LoadTests.Measuring;

/// <summary>The processor time of the calling thread.</summary>
internal static unsafe partial class ThreadCpu
{
    // CLOCK_THREAD_CPUTIME_ID of Linux (clock_gettime(2)).
    private const int ThreadCpuTime = 3;

    /// <summary>User and system, in seconds; 0 where the system does not tell.</summary>
    public static double Seconds
    {
        get
        {
            if (!OperatingSystem.IsLinux()) return 0;
            long* time = stackalloc long[2];
            return GetTime(ThreadCpuTime, time) == 0 ? time[0] + (time[1] / 1e9) : 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetTime(int clock, long* time);
}
