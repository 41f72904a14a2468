using FastCanary.Proxy;
using Microsoft.Extensions.Logging;

namespace FastCanary.Control;

/// <summary>
/// Takes what the loops write about requests and puts it where it belongs: standard output or a file, on a thread of its own. A slow disk or a reader that does not read keeps this thread
/// waiting and nobody else: lines that do not fit meanwhile are dropped and counted by the data plane.
/// </summary>
public sealed class AccessLogWriter : IDisposable
{
    /// <summary>The path that stands for standard output.</summary>
    public const string StandardOutput = "-";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan DroppedInterval = TimeSpan.FromMinutes(1);

    // How long an end waits for whoever does not take the last lines.
    private static readonly TimeSpan LastWrite = TimeSpan.FromSeconds(5);

    private readonly AccessLog _source;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly byte[] _staging = new byte[AccessLogBuffer.Bytes];
    private readonly Lock _writing = new();
    private readonly Thread _thread;
    private Stream _target;
    private string _path;
    private volatile bool _stopped;
    private bool _isFailing;
    private long _errors;
    private long _droppedTold;
    private long _droppedToldAt;

    /// <param name="source">The data plane's.</param>
    /// <param name="path">A file, which is appended to, or <see cref="StandardOutput"/>.</param>
    /// <param name="log">The program's log.</param>
    /// <param name="time">Says when dropped lines are told of again; null: the system's.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public AccessLogWriter(AccessLog source, string path, ILogger log, TimeProvider? time = null)
    {
        _source = source;
        _log = log;
        _time = time ?? TimeProvider.System;
        _path = path;
        _target = Open(path);
        _droppedTold = source.Dropped;
        _thread = new Thread(Run) { Name = "access-log", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Writes that failed; what they were about is lost.</summary>
    public long Errors => Volatile.Read(ref _errors);

    /// <summary>Opens the file anew, because somebody has moved it away (SIGUSR1 after a rotation). What was written until now is in the old one, whatever comes later in the new one.</summary>
    /// <returns>False where it cannot be opened: the old one goes on, and the program's log says so.</returns>
    public bool Reopen()
    {
        lock (_writing)
        {
            try
            {
                Use(_path);
                return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                ControlLog.AccessLogNotReopened(_log, _path, e.Message);
                return false;
            }
        }
    }

    /// <summary>Goes on elsewhere, because the configuration says so. What was written until now goes where it belonged.</summary>
    /// <exception cref="IOException">The file cannot be opened; nothing has changed.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; nothing has changed.</exception>
    public void Use(string path)
    {
        lock (_writing)
        {
            var target = Open(path);
            WriteAll();
            Close(_target);
            _target = target;
            _path = path;
            _isFailing = false;
        }
    }

    /// <summary>Writes what is there and ends. After the data plane, so that nothing is left behind.</summary>
    public void Dispose()
    {
        if (_stopped) return;
        _stopped = true;
        _source.Wake();
        // The thread writes the rest by itself; one that hangs in a write is left behind.
        _thread.Join(LastWrite);
    }

    private static Stream Open(string path) => path == StandardOutput
        ? Console.OpenStandardOutput()
        : new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private static void Close(Stream target)
    {
        try
        {
            target.Dispose();
        }
        catch (IOException)
        {
            // What could not be written was counted when it was written.
        }
    }

    private void Run()
    {
        while (!_stopped)
        {
            _source.Wait(Interval);
            lock (_writing)
            {
                WriteAll();
                TellDropped();
            }
        }

        lock (_writing)
        {
            WriteAll();
            Close(_target);
        }
    }

    private void WriteAll()
    {
        foreach (var buffer in _source.Buffers)
        {
            // Taken out first: the loop has its room back however long the write takes.
            var length = buffer.Drain(_staging);
            if (length > 0) Write(_staging.AsSpan(0, length));
        }
    }

    private void Write(ReadOnlySpan<byte> lines)
    {
        try
        {
            // Where the end is now: a rotation may have cut the file, and another process may write to it.
            if (_target.CanSeek) _target.Seek(0, SeekOrigin.End);
            _target.Write(lines);
            _isFailing = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _errors++;
            if (!_isFailing) ControlLog.AccessLogFailed(_log, _path, e.Message);
            _isFailing = true;
        }
    }

    private void TellDropped()
    {
        var dropped = _source.Dropped;
        if (dropped == _droppedTold || (_droppedToldAt != 0 && _time.GetElapsedTime(_droppedToldAt) < DroppedInterval)) return;
        ControlLog.AccessLogDropped(_log, _path, dropped - _droppedTold);
        _droppedTold = dropped;
        _droppedToldAt = _time.GetTimestamp();
    }
}
