using System.Runtime.InteropServices;

namespace FastCanary.Native;

/// <summary>
/// Signals that this process was started to ignore: <c>nohup</c> does that with SIGHUP, which is meant for the terminal's end. .NET leaves such a signal ignored, whoever registers for it,
/// and a reload that is asked for would never come.
/// </summary>
internal static class IgnoredSignals
{
    private const int HangUp = 1;
    private const nint Default = 0;

    /// <summary>Lets SIGHUP be handled. Before anything registers for it.</summary>
    public static void TakeHangUp()
    {
        if (!OperatingSystem.IsWindows()) _ = Signal(HangUp, Default);
    }

    [DllImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Signal(int signal, nint handler);
}
