using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace FastCanary.Control;

/// <summary>A journal's files: what is appended, made durable, rotated, recovered. One caller at a time.</summary>
/// <remarks>
/// The live file is never missing or empty while full ones exist: the next one is made under another name with its first entry in it, flushed, and put in place by two renames. A process that dies
/// between the two leaves a file that <see cref="Recover"/> puts in place.
/// </remarks>
internal sealed partial class JournalStore : IDisposable
{
    // Above it an append makes durable what nobody else did, since lines are held until they are.
    private const int UnflushedMax = 1024;

    private readonly JournalFiles _files;
    private readonly JournalOptions _options;
    private readonly IDisk _disk;
    private readonly FolderLock _folderLock;
    private readonly JournalChain _chain = new();
    private readonly List<long> _rotated;
    private readonly List<long> _unindexed = [];
    private readonly List<byte[]> _unflushed = [];
    private SafeFileHandle? _live;
    private long _liveFirst;
    private long _length;
    private long _flushedLength;

    // A write that failed may have left bytes behind _length.
    private bool _hasRest;

    // After a flush that failed the kernel may take pages for written that are not: they are written again.
    private bool _isFlushInDoubt;
    private bool _isFolderUnflushed;

    // Where the live file is after a rotation that failed between its renames, and could not be taken back.
    private string? _displaced;

    private JournalStore(JournalFiles files, JournalOptions options, IDisk disk, FolderLock folderLock, List<long> rotated)
    {
        _files = files;
        _options = options;
        _disk = disk;
        _folderLock = folderLock;
        _rotated = rotated;
    }

    /// <summary>Where the last entry left the chain.</summary>
    public JournalChain Chain => _chain;

    /// <summary>Where the newest entries are; of the live file at first.</summary>
    public JournalIndex Index { get; private set; } = new();

    /// <summary>Whether the index knows all files.</summary>
    public bool IsIndexed => _unindexed.Count == 0;

    /// <summary>Opens the journal in a folder, recovering what has to be.</summary>
    /// <exception cref="IOException">The folder cannot be used, or another process does.</exception>
    public static JournalStore Open(string folder, JournalOptions options, IDisk disk, out JournalRecovery recovery)
    {
        FolderLock? folderLock = null;
        JournalStore? store = null;
        try
        {
            Disk.CreateFolder(folder);
            folderLock = FolderLock.Take(folder);
            var files = new JournalFiles(folder);
            store = new JournalStore(files, options, disk, folderLock, files.ListRotated());
            recovery = store.Recover();
            return store;
        }
        catch (Exception failure)
        {
            if (store is null) folderLock?.Dispose();
            else store.Dispose();
            if (failure is UnauthorizedAccessException) throw new IOException($"the journal in {folder} cannot be used: {failure.Message}", failure);
            throw;
        }
    }

    /// <summary>Appends a line that continues the chain.</summary>
    /// <param name="line">The line with its line feed.</param>
    /// <param name="n">Its number.</param>
    /// <exception cref="IOException">It could not be written; the journal is as it was before.</exception>
    public void Append(byte[] line, long n)
    {
        try
        {
            MakeUsable();
            if (_unflushed.Count >= UnflushedMax) FlushFile();
            if (_length > 0 && _length + line.Length > _options.SizeBytesMax)
            {
                Rotate(n, line);
            }
            else
            {
                _hasRest = true;
                _disk.Write(_live!, line, _length);
                _hasRest = false;
                if (_length == 0) _liveFirst = n;
                _length += line.Length;
                _unflushed.Add(line);
            }
        }
        catch (Exception failure) when (IsFailure(failure))
        {
            TryCut();
            throw new IOException($"the journal cannot be written to {_files.Live}: {failure.Message}", failure);
        }
        Note(line);
        DeleteOldest();
    }

    /// <summary>Makes everything durable that was appended.</summary>
    /// <exception cref="IOException">It is not, and will be tried again with the next call.</exception>
    public void Sync()
    {
        try
        {
            MakeUsable();
            FlushFile();
            if (!_isFolderUnflushed) return;
            _disk.FlushFolder(_files.Folder);
            _isFolderUnflushed = false;
        }
        catch (Exception failure) when (IsFailure(failure))
        {
            throw new IOException($"the journal in {_files.Live} cannot be made durable: {failure.Message}", failure);
        }
    }

    /// <summary>The files that hold the entries from a number on, opened, oldest first, with how much of each is to be read.</summary>
    public List<(SafeFileHandle File, string Path, long Length)> OpenFrom(long fromN)
    {
        var opened = new List<(SafeFileHandle, string, long)>();
        try
        {
            for (int index = 0; index < _rotated.Count; index++)
            {
                long nextFirst = index + 1 < _rotated.Count ? _rotated[index + 1] : _liveFirst;
                if (nextFirst <= fromN) continue;
                string path = _files.Rotated(_rotated[index]);
                SafeFileHandle file = Disk.OpenForReading(path);
                opened.Add((file, path, 0));
                opened[^1] = (file, path, RandomAccess.GetLength(file));
            }
            if (_length > 0) opened.Add((Disk.OpenForReading(_displaced ?? _files.Live), _files.Live, _length));
            return opened;
        }
        catch
        {
            foreach ((SafeFileHandle file, _, _) in opened) file.Dispose();
            throw;
        }
    }

    /// <summary>Reads lines where the index has them; one that cannot be read any more is left out.</summary>
    public List<JournalEntry> ReadAt(List<JournalPosition> positions)
    {
        var entries = new List<JournalEntry>(positions.Count);
        SafeFileHandle? file = null;
        long fileFirst = 0;
        try
        {
            foreach (JournalPosition position in positions)
            {
                if (file is null || fileFirst != position.FileFirst)
                {
                    file?.Dispose();
                    file = null;
                    fileFirst = position.FileFirst;
                    string path = fileFirst == _liveFirst ? _displaced ?? _files.Live : _files.Rotated(fileFirst);
                    if (File.Exists(path)) file = Disk.OpenForReading(path);
                }
                if (file is null) continue;
                byte[] line = new byte[position.Length];
                if (RandomAccess.Read(file, line, position.Offset) == line.Length && JournalLine.TryParse(line, out JournalLine fields)) entries.Add(new JournalEntry(line, fields));
            }
            return entries;
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>Opens the newest file that the index does not know.</summary>
    /// <param name="first">The number of its first entry.</param>
    /// <param name="file">Null if it cannot be opened.</param>
    /// <returns>False if the index knows them all.</returns>
    public bool TryOpenUnindexed(out long first, out SafeFileHandle? file)
    {
        file = null;
        first = 0;
        if (_unindexed.Count == 0) return false;
        first = _unindexed[^1];
        try
        {
            file = Disk.OpenForReading(_files.Rotated(first));
        }
        catch (Exception failure) when (IsFailure(failure))
        {
            // Nothing of it is found, then.
        }
        return true;
    }

    /// <summary>Takes what is known of that file, unless it was deleted since.</summary>
    public void AddIndexed(long first, JournalIndex index)
    {
        if (_unindexed.Remove(first)) Index.AddOlder(index);
    }

    public void Dispose()
    {
        _live?.Dispose();
        _live = null;
        _folderLock.Dispose();
    }

    private static bool IsFailure(Exception exception) => exception is IOException or UnauthorizedAccessException;

    private void MakeUsable()
    {
        ObjectDisposedException.ThrowIf(_live is null, this);
        if (_displaced is { } displaced)
        {
            Rename(displaced, _files.Live);
            _displaced = null;
        }
        if (!_hasRest) return;
        _disk.SetLength(_live, _length);
        _hasRest = false;
    }

    private void TryCut()
    {
        try
        {
            if (_live is not null && _hasRest) MakeUsable();
        }
        catch (Exception failure) when (IsFailure(failure))
        {
            // The next append, or the next start, cuts it.
        }
    }

    private void FlushFile()
    {
        if (_flushedLength == _length) return;
        if (_isFlushInDoubt)
        {
            long offset = _flushedLength;
            foreach (byte[] line in _unflushed)
            {
                _disk.Write(_live!, line, offset);
                offset += line.Length;
            }
        }
        _isFlushInDoubt = true;
        _disk.Flush(_live!);
        _isFlushInDoubt = false;
        _flushedLength = _length;
        _unflushed.Clear();
    }

    private void Rotate(long first, byte[] line)
    {
        FlushFile();
        SafeFileHandle next = MakeNext(line);
        string rotated = _files.Rotated(_liveFirst);
        try
        {
            if (File.Exists(rotated)) throw new IOException($"{rotated} exists already");
            Rename(_files.Live, rotated);
            _displaced = rotated;
            Rename(_files.Next, _files.Live);
            _displaced = null;
        }
        catch
        {
            next.Dispose();
            TryTakeBack();
            throw;
        }
        _rotated.Add(_liveFirst);
        Adopt(next, first, line.Length);
    }

    // A network's file system may say that it failed when it has not: the names tell. None of the new names here is one that exists.
    private void Rename(string from, string to)
    {
        try
        {
            _disk.Move(from, to);
        }
        catch (Exception failure) when (IsFailure(failure) && !File.Exists(from) && File.Exists(to))
        {
            // It is done.
        }
    }

    // The next live file stays where it is if the old one cannot be put back: it would be the only one that continues it.
    private void TryTakeBack()
    {
        try
        {
            MakeUsable();
            _disk.Delete(_files.Next);
        }
        catch (Exception failure) when (IsFailure(failure))
        {
            // The next append tries again.
        }
    }

    private SafeFileHandle MakeNext(byte[] line)
    {
        SafeFileHandle next = _disk.Create(_files.Next);
        try
        {
            _disk.Write(next, line, 0);
            _disk.Flush(next);
            return next;
        }
        catch
        {
            next.Dispose();
            TryTakeBack();
            throw;
        }
    }

    private void Adopt(SafeFileHandle live, long first, long length)
    {
        _live?.Dispose();
        _live = live;
        _liveFirst = first;
        _length = _flushedLength = length;
        _unflushed.Clear();
        _isFolderUnflushed = true;
    }

    private void DeleteOldest()
    {
        try
        {
            while (_rotated.Count + 1 > _options.FilesMax)
            {
                _disk.Delete(_files.Rotated(_rotated[0]));
                Index.Forget(_rotated[0]);
                _unindexed.Remove(_rotated[0]);
                _rotated.RemoveAt(0);
                _isFolderUnflushed = true;
            }
        }
        catch (Exception failure) when (IsFailure(failure))
        {
            // The next append tries again.
        }
    }

    private void Note(ReadOnlySpan<byte> line)
    {
        bool isRead = JournalLine.TryParse(line[..^1], out JournalLine fields);
        Debug.Assert(isRead, "The journal's own entry is one.");
        _chain.Set(fields);
        Index.Add(fields.Service, fields.Kind, new JournalPosition(fields.N, _liveFirst, _length - line.Length, line.Length - 1));
    }
}
