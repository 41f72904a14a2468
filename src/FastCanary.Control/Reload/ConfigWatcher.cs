using Microsoft.Win32.SafeHandles;

namespace FastCanary.Control;

/// <summary>
/// Tells when a file's content has become another: written in place, renamed over, deleted and made again, or reached through a symbolic
/// link that was swapped (as Kubernetes does with mounted ConfigMaps). A file that is gone is no change; its return with other content is one.
/// </summary>
/// <remarks>
/// One thread of its own. It is woken by notifications for the file's directory, waits until they have been quiet for 100 ms, and compares the content.
/// Notifications are an acceleration only: once a second the file's time and size, links followed, are looked at, since links that lead out of the
/// directory, network file systems and systems without free inotify instances notify of nothing.
/// </remarks>
public sealed class ConfigWatcher : IDisposable
{
    private const int QuietMs = 100;
    private const int PollMs = 1000;

    // A directory that is written to without a pause must not hold a change back for ever.
    private const int QuietRoundsMax = 20;

    private readonly string _path;
    private readonly FileSystemWatcher? _notifications;
    private readonly Action _changed;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private bool _woken;
    private volatile bool _stopped;
    private (long Length, DateTime WrittenUtc) _stamp;
    private byte[]? _content;

    /// <summary>Begins to watch; what the file holds now is no change.</summary>
    /// <param name="path">The file; it need not exist yet.</param>
    /// <param name="changed">Called when the file's content is another, on the watcher's thread, one call at a time. It must not throw.</param>
    public ConfigWatcher(string path, Action changed)
    {
        _path = Path.GetFullPath(path);
        _changed = changed;
        Look(out _stamp, out _content);
        _notifications = TryNotify();
        _thread = new Thread(Watch) { IsBackground = true, Name = "config watcher" };
        _thread.Start();
    }

    /// <summary>Stops; after it returns, no change is told any more. Not to be called from the callback.</summary>
    public void Dispose()
    {
        _notifications?.Dispose();
        _stopped = true;
        Wake();
        _thread.Join();
    }

    private FileSystemWatcher? TryNotify()
    {
        try
        {
            // Any name in the directory: the file may be a link whose directory is swapped next to it.
            var notifications = new FileSystemWatcher(Path.GetDirectoryName(_path)!);
            notifications.Changed += (_, _) => Wake();
            notifications.Created += (_, _) => Wake();
            notifications.Deleted += (_, _) => Wake();
            notifications.Renamed += (_, _) => Wake();
            notifications.EnableRaisingEvents = true;
            return notifications;
        }
        catch (Exception unavailable) when (unavailable is IOException or ArgumentException or PlatformNotSupportedException)
        {
            return null;
        }
    }

    private void Watch()
    {
        while (!_stopped)
        {
            if (!Wait(PollMs) && Stamp() == _stamp)
                continue;
            int round = 0;
            while (!_stopped && Wait(QuietMs) && round < QuietRoundsMax)
                round++;
            if (!_stopped)
                Compare();
        }
    }

    // A monitor and not an event: a late notification may still call this after Dispose, when an event would be disposed.
    private void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.Pulse(_gate);
        }
    }

    private bool Wait(int timeoutMs)
    {
        lock (_gate)
        {
            if (!_woken)
                Monitor.Wait(_gate, timeoutMs);
            bool woken = _woken;
            _woken = false;
            return woken;
        }
    }

    private void Compare()
    {
        if (!Look(out (long, DateTime) stamp, out byte[]? content))
            return;
        _stamp = stamp;
        if (content.AsSpan().SequenceEqual(_content))
            return;
        _content = content;
        _changed();
    }

    private (long Length, DateTime WrittenUtc) Stamp()
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(_path, share: FileShare.ReadWrite | FileShare.Delete);
            return (RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return _stamp;
        }
    }

    // The stamp is taken first: a write during the reading leaves a newer one, and the next poll looks again.
    private bool Look(out (long Length, DateTime WrittenUtc) stamp, out byte[]? content)
    {
        stamp = default;
        content = null;
        try
        {
            using SafeFileHandle file = File.OpenHandle(_path, share: FileShare.ReadWrite | FileShare.Delete);
            stamp = (RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));
            var bytes = new byte[Math.Min(stamp.Length, ConfigLoader.FileBytesMax + 1)];
            int count = RandomAccess.Read(file, bytes, 0);
            content = bytes[..count];
            return true;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
