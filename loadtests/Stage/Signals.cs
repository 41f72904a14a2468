using System.ComponentModel;
using System.Runtime.InteropServices;

namespace FastCanary.LoadTests.Stage;

/// <summary>Signals to a process of our own.</summary>
internal static partial class Signals
{
    public const int HangUp = 1;
    public const int Terminate = 15;

    public static void Send(int process, int signal)
    {
        if (Kill(process, signal) != 0) throw new Win32Exception();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
