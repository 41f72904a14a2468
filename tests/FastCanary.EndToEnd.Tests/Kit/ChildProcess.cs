using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>A process that a test has started: its output is kept, and it ends with the test, by its own id.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const int User1 = 10;
    private const int Stop = 19;
    private const int Cont = 18;

    private static readonly ConcurrentDictionary<int, Process> Running = new();

    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly List<string> _errors = [];

    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += static (_, _) =>
    {
        foreach (var process in Running.Values) Kill(process);
    };

    public ChildProcess(string file, IEnumerable<string> arguments, string? directory = null, IEnumerable<(string Name, string Value)>? environment = null)
    {
        var start = new ProcessStartInfo(file) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = directory ?? "" };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? []) start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.Start();
        Id = _process.Id;
        Running[Id] = _process;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _process.StandardInput.Close();
    }

    public int Id { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>Lines of standard output so far.</summary>
    public string[] Output => Copy(_output);

    /// <summary>Lines of standard error so far.</summary>
    public string[] Errors => Copy(_errors);

    /// <summary>Runs a program to its end, which comes within <paramref name="limit"/> or the test fails.</summary>
    public static ExitedProcess Run(string file, IEnumerable<string> arguments, TimeSpan? limit = null, string? directory = null)
    {
        using var process = new ChildProcess(file, arguments, directory);
        var code = process.WaitForExit(limit ?? Eventually.ProgramPatience);
        return new ExitedProcess(code, process.Output, process.Errors);
    }

    public void Signal(PosixSignal signal)
    {
        var number = signal switch { PosixSignal.SIGHUP => 1, PosixSignal.SIGINT => 2, PosixSignal.SIGTERM => 15, _ => throw new ArgumentOutOfRangeException(nameof(signal)) };
        Assert.Equal(0, SendSignal(Id, number));
    }

    /// <summary>Sends SIGUSR1.</summary>
    public void SignalUser1() => Assert.Equal(0, SendSignal(Id, User1));

    /// <summary>Takes the processor away from it, until <see cref="Continue"/>.</summary>
    public void Pause() => Assert.Equal(0, SendSignal(Id, Stop));

    public void Continue() => Assert.Equal(0, SendSignal(Id, Cont));

    /// <summary>Ends it with SIGKILL: it cannot say goodbye.</summary>
    public void Kill() => Kill(_process);

    /// <summary>Waits for its end and the end of its output.</summary>
    /// <returns>The exit code; 128 + n where signal n ended it.</returns>
    public int WaitForExit(TimeSpan? limit = null)
    {
        if (!_process.WaitForExit(limit ?? Eventually.Patience))
        {
            var text = string.Join('\n', Errors.TakeLast(20));
            Kill();
            Assert.Fail($"{_process.StartInfo.FileName} did not end within {(limit ?? Eventually.Patience).TotalSeconds:0} s; its last errors:\n{text}");
        }

        _process.WaitForExit();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        Kill(_process);
        Running.TryRemove(Id, out _);
        _process.Dispose();
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill();
            process.WaitForExit(Eventually.Patience);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);

    private static void Keep(List<string> lines, string? line)
    {
        if (line is null) return;
        lock (lines) lines.Add(line);
    }

    private static string[] Copy(List<string> lines)
    {
        lock (lines) return [.. lines];
    }
}

/// <summary>What a process that has ended left behind.</summary>
internal sealed record ExitedProcess(int Code, string[] Output, string[] Errors)
{
    public override string ToString() => $"exit code {Code}\nstdout:\n{string.Join('\n', Output)}\nstderr:\n{string.Join('\n', Errors)}";
}
