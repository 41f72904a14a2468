using System.Globalization;
using System.Runtime.InteropServices;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>The real program at work on a configuration file of its own.</summary>
internal sealed class FastCanaryProcess : IDisposable
{
    private const string Bug = "by a bug of FastCanary's";

    private readonly TempFolder _folder = new();
    private readonly ChildProcess _process;

    private FastCanaryProcess(string yaml, Func<TempFolder, string>? place, IEnumerable<(string Name, string Value)>? environment = null)
    {
        ConfigPath = place is null ? _folder.Write("fastcanary.yaml", yaml) : place(_folder);
        _process = new ChildProcess(ProgramUnderTest.File, [.. ProgramUnderTest.Arguments, "run", "-c", ConfigPath], _folder.Path, environment);
    }

    public string ConfigPath { get; }

    /// <summary>The folder that it works in, where the paths of its configuration begin.</summary>
    public string Folder => _folder.Path;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The log, line by line.</summary>
    public string[] Log => _process.Errors;

    public string[] Output => _process.Output;

    private int Reloads => Log.Count(static line => line.Contains("configuration reloaded", StringComparison.Ordinal));

    /// <summary>Starts it and returns when it listens and takes signals and changes of its file.</summary>
    /// <param name="environment">Variables besides those of the tests.</param>
    public static FastCanaryProcess Start(string yaml, params IEnumerable<(string Name, string Value)> environment)
    {
        var process = new FastCanaryProcess(yaml, place: null, environment);
        process.WaitUntilReady();
        return process;
    }

    public static FastCanaryProcess StartWithoutWaiting(string yaml) => new(yaml, place: null);

    /// <summary>As <see cref="Start"/>, where the caller lays out the folder.</summary>
    /// <param name="place">Writes what it wants and returns the path of the configuration.</param>
    public static FastCanaryProcess StartIn(Func<TempFolder, string> place)
    {
        var process = new FastCanaryProcess("", place);
        process.WaitUntilReady();
        return process;
    }

    /// <summary>Runs one verb to its end.</summary>
    public static ExitedProcess Run(params string[] arguments) => RunIn(directory: null, arguments);

    public static ExitedProcess RunIn(string? directory, params string[] arguments) =>
        ChildProcess.Run(ProgramUnderTest.File, [.. ProgramUnderTest.Arguments, .. arguments], directory: directory);

    public void Signal(PosixSignal signal) => _process.Signal(signal);

    /// <summary>Sends SIGUSR1: the access log is to be opened anew.</summary>
    public void SignalUser1() => _process.SignalUser1();

    public void Pause() => _process.Pause();

    public void Continue() => _process.Continue();

    /// <summary>Ends it with SIGKILL, at whatever it is.</summary>
    public void Kill() => _process.Kill();

    public int WaitForExit(TimeSpan? limit = null) => _process.WaitForExit(limit);

    /// <summary>Overwrites the file where it lies, as a careless editor does.</summary>
    public void Overwrite(string yaml) => File.WriteAllText(ConfigPath, yaml);

    /// <summary>Writes another file and renames it over, as a careful editor does.</summary>
    public void Replace(string yaml)
    {
        var other = ConfigPath + ".new";
        File.WriteAllText(other, yaml);
        File.Move(other, ConfigPath, overwrite: true);
    }

    /// <summary>Puts another configuration in force and returns when it holds.</summary>
    public void Reload(string yaml)
    {
        var before = Log.Length;
        Replace(yaml);
        Signal(PosixSignal.SIGHUP);
        WaitForLog("configuration reloaded (SIGHUP)", before);
    }

    /// <summary>Waits for a line of the log.</summary>
    /// <param name="text">What it contains.</param>
    /// <param name="from">Lines of the log that are passed over.</param>
    public string WaitForLog(string text, int from = 0)
    {
        string? found = null;
        Eventually.Holds(
            () => (found = Log.Skip(from).FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal))) is not null,
            () => $"a line with \"{text}\"; the log:\n{string.Join('\n', Log)}");
        return found!;
    }

    /// <summary>Returns when no reload has come for a while: the one by SIGHUP has one by the file's change behind it.</summary>
    public void WaitUntilReloadsAreOver()
    {
        var seen = -1;
        while (seen != Reloads)
        {
            seen = Reloads;
            Thread.Sleep(500);
        }
    }

    /// <summary>Descriptors that the process holds.</summary>
    public int OpenDescriptors() => Directory.GetFiles($"/proc/{Id}/fd").Length;

    /// <summary>Those of them that are ends of pipes: a loop keeps some idle ones for large bodies.</summary>
    public int OpenPipeEnds() => Directory.GetFiles($"/proc/{Id}/fd").Count(static path => new FileInfo(path).LinkTarget?.StartsWith("pipe:", StringComparison.Ordinal) == true);

    /// <summary>Its resident memory, in KiB.</summary>
    public long ResidentKiB()
    {
        var line = File.ReadLines($"/proc/{Id}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Ends it. A session that failed by a bug is a failure of every test in which it happens.</summary>
    public void Dispose()
    {
        var log = Log;
        _process.Dispose();
        _folder.Dispose();
        if (log.Any(static line => line.Contains(Bug, StringComparison.Ordinal))) Assert.Fail("FastCanary reports a bug of its own:\n" + string.Join('\n', log));
    }

    private void WaitUntilReady()
    {
        Eventually.HoldsOnceStarted(
            () => HasExited || (Log.Any(static line => line.Contains("listening on", StringComparison.Ordinal)) && Catches(PosixSignal.SIGHUP)),
            () => "a start; the log:\n" + string.Join('\n', Log));
        if (HasExited) Assert.Fail($"FastCanary ended at its start with {WaitForExit()}:\n{string.Join('\n', Log)}");
        // It begins to watch its file last; a change before that would be taken for what was there at the start.
        Eventually.Within(TimeSpan.FromSeconds(2), () => Directory.GetFiles($"/proc/{Id}/fdinfo").Any(Watches));
    }

    // An inotify instance that has a watch says so; the file's content was read before it was made.
    private static bool Watches(string descriptor)
    {
        try
        {
            return File.ReadAllText(descriptor).Contains("inotify wd:", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // Closed meanwhile.
            return false;
        }
    }

    private bool Catches(PosixSignal signal)
    {
        Assert.Equal(PosixSignal.SIGHUP, signal);
        var caught = File.ReadLines($"/proc/{Id}/status").First(static line => line.StartsWith("SigCgt:", StringComparison.Ordinal));
        return (ulong.Parse(caught.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 1) != 0;
    }
}
