using System.Runtime.InteropServices;
using System.Text;

namespace FastCanary.Client;

/// <summary>
/// A terminal's alternate screen for as long as this lives: what was on it before comes back at the end, however that comes about, and while the
/// process is stopped (Ctrl-Z).
/// </summary>
internal sealed class Screen : IDisposable
{
    // Alternate screen, cursor hidden, lines that are too long do not wrap; and back.
    private const string Enter = "\u001b[?1049h\u001b[?25l\u001b[?7l";
    private const string Leave = "\u001b[?7h\u001b[?25h\u001b[?1049l";

    private readonly Stream _output;
    private readonly Lock _lock = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private TaskCompletionSource _redraw = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _entered;

    public Screen(Stream output)
    {
        _output = output;
        Switch(entered: true);
        if (OperatingSystem.IsWindows()) return;
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => AskForRedraw()));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTSTP, _ =>
        {
            Switch(entered: false);
            Stop();
        }));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ =>
        {
            Switch(entered: true);
            AskForRedraw();
        }));
    }

    /// <summary>Completes when what is drawn does not fit any more: the size has changed, or the process was stopped and goes on.</summary>
    public Task Redraw => Volatile.Read(ref _redraw).Task;

    /// <summary>One write, so that no half of a frame is ever seen.</summary>
    public void Draw(string frame)
    {
        lock (_lock)
        {
            if (_entered) Write(frame);
        }
    }

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        Switch(entered: false);
    }

    private void AskForRedraw() =>
        Interlocked.Exchange(ref _redraw, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    private void Switch(bool entered)
    {
        lock (_lock)
        {
            if (_entered == entered) return;
            _entered = entered;
            try
            {
                Write(entered ? Enter : Leave);
            }
            catch (IOException) when (!entered)
            {
                // The terminal has gone: nothing is left to be restored.
            }
        }
    }

    // The runtime does not stop a process whose SIGTSTP is handled.
    private static void Stop()
    {
        const int StopOnLinux = 19;
        const int StopOnBsd = 17;
        _ = Kill(Environment.ProcessId, OperatingSystem.IsLinux() ? StopOnLinux : StopOnBsd);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    private void Write(string text)
    {
        _output.Write(Encoding.UTF8.GetBytes(text));
        _output.Flush();
    }
}
