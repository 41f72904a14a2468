using System.Diagnostics;

namespace FastCanary.LoadTests.Stage;

/// <summary>FastCanary's native binary at work.</summary>
internal sealed class ProxyProcess : IDisposable
{
    private const int LinesMax = 10_000;

    private readonly Process _process;
    private readonly Queue<string> _log = [];

    /// <param name="binary">Its path; a <c>.dll</c> is run by <c>dotnet</c>.</param>
    /// <param name="configuration">The file's path; its folder is the working directory.</param>
    public ProxyProcess(string binary, string configuration)
    {
        ProcessStartInfo start = NativeBinary.StartInfo(binary, "run", "-c", configuration);
        start.WorkingDirectory = Path.GetDirectoryName(configuration)!;
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += Keep;
        _process.OutputDataReceived += Keep;
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The last lines of its log.</summary>
    public string[] Log
    {
        get
        {
            lock (_log) return [.. _log];
        }
    }

    /// <summary>Sends SIGHUP: the configuration is to be read again.</summary>
    public void HangUp() => Signals.Send(Id, Signals.HangUp);

    /// <summary>Ends it, gracefully if it can within a few seconds.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Signals.Send(Id, Signals.Terminate);
            if (!_process.WaitForExit(3000)) _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null) return;
        lock (_log)
        {
            _log.Enqueue(line.Data);
            if (_log.Count > LinesMax) _log.Dequeue();
        }
    }
}
