using Microsoft.Win32.SafeHandles;

namespace FastCanary.Control;

/// <summary>
/// What was decided, and on which grounds: an append-only file of JSON lines, each of which holds the hash of the one before (<see cref="JournalLine"/>), so that nobody changes one unnoticed.
/// </summary>
/// <remarks>
/// <para>
/// Any thread: one lock, which is held while the disk is waited for. Appending does not wait for the disk, <see cref="Sync"/> does; what takes effect by an entry waits for that.
/// </para>
/// <para>
/// A failure of the disk is an <see cref="IOException"/> and leaves the journal usable: the next append succeeds as soon as the disk does. An entry that was appended and could not be made durable stays,
/// and becomes durable with the next <see cref="Sync"/> that succeeds.
/// </para>
/// </remarks>
internal sealed class Journal : IDisposable
{
    /// <summary>How many entries are kept without a folder.</summary>
    public const int MemoryEntriesMax = 4096;

    /// <summary>How many entries <see cref="Last"/> gives at most.</summary>
    public const int LastMax = JournalIndex.EntriesMax;

    private readonly JournalStore? _store;
    private readonly Queue<JournalEntry> _memory = new();
    private readonly JournalChain _chain;
    private readonly Lock _lock = new();

    // Taken before the other one.
    private readonly Lock _indexing = new();

    private Journal(JournalStore? store)
    {
        _store = store;
        _chain = store?.Chain ?? new JournalChain();
    }

    /// <summary>The last entry's number; 0 if there is none.</summary>
    public long LastN
    {
        get
        {
            lock (_lock) return _chain.N;
        }
    }

    /// <summary>Opens the journal in a folder, which is made if it does not exist, or begins one.</summary>
    /// <param name="folder">Null: in memory only, the last <see cref="MemoryEntriesMax"/> entries.</param>
    /// <param name="options">How much is kept.</param>
    /// <param name="recovery">What was wrong with it. What could be wrong with its content keeps no journal from being opened.</param>
    /// <exception cref="IOException">Another process has the journal open, or the folder or a file cannot be made, read or written.</exception>
    public static Journal Open(string? folder, JournalOptions options, out JournalRecovery recovery) => Open(folder, options, Disk.Instance, out recovery);

    /// <inheritdoc cref="Open(string?, JournalOptions, out JournalRecovery)"/>
    public static Journal Open(string? folder, JournalOptions options, IDisk disk, out JournalRecovery recovery)
    {
        if (options.SizeBytesMax < 1) throw new ArgumentException("A file of a journal has at least one byte.", nameof(options));
        if (options.FilesMax < 2) throw new ArgumentException("A journal has at least two files.", nameof(options));
        recovery = new JournalRecovery(0, Fault: null, KeptAs: null);
        return new Journal(folder is null ? null : JournalStore.Open(folder, options, disk, out recovery));
    }

    /// <summary>Appends an entry; it is durable after the next <see cref="Sync"/>.</summary>
    /// <param name="at">When; kept to the millisecond, in UTC.</param>
    /// <param name="kind">What kind of entry; not <c>broken</c>, which is the journal's own.</param>
    /// <param name="service">Of which service; empty for none or all.</param>
    /// <param name="bodyJson">One JSON object, UTF-8, on one line; kept as it is.</param>
    /// <exception cref="ArgumentException">The body is none, or the line would be longer than <see cref="JournalLine.BytesMax"/>.</exception>
    /// <exception cref="IOException">It could not be written, and is not in the journal.</exception>
    public JournalEntry Append(DateTimeOffset at, string kind, string service, ReadOnlySpan<byte> bodyJson)
    {
        if (kind == JournalLine.BrokenKind) throw new ArgumentException("This kind is the journal's own.", nameof(kind));
        if (bodyJson.ContainsAny((byte)'\n', (byte)'\r')) throw new ArgumentException("The body of an entry has to be on one line.", nameof(bodyJson));
        lock (_lock)
        {
            byte[] line = JournalLine.Compose(_chain.N + 1, at, kind, service, bodyJson, _chain.Hash);
            if (!JournalLine.TryParse(line.AsSpan(..^1), out JournalLine fields))
                throw new ArgumentException($"The body of an entry has to be one JSON object, and its line no longer than {JournalLine.BytesMax} bytes.", nameof(bodyJson));
            var entry = new JournalEntry(line.AsMemory(..^1), fields);
            if (_store is not null)
            {
                _store.Append(line, entry.N);
                return entry;
            }
            _chain.Set(fields);
            if (_memory.Count == MemoryEntriesMax) _memory.Dequeue();
            _memory.Enqueue(entry);
            return entry;
        }
    }

    /// <summary>Returns when everything that was appended is on the disk; at once without a folder.</summary>
    /// <exception cref="IOException">It is not. The next call tries again, with all of it.</exception>
    public void Sync()
    {
        lock (_lock) _store?.Sync();
    }

    /// <summary>The entries from a number on, oldest first, up to the one that is the last when the enumeration begins; those that were deleted are left out.</summary>
    /// <exception cref="IOException">While enumerating: a file cannot be read, or is damaged; the message names the place.</exception>
    public IEnumerable<JournalEntry> Read(long fromN)
    {
        List<(SafeFileHandle File, string Path, long Length)> files = [];
        JournalEntry[] kept = [];
        lock (_lock)
        {
            if (_store is null) kept = [.. _memory];
            else files = _store.OpenFrom(fromN);
        }
        try
        {
            foreach (JournalEntry entry in kept)
            {
                if (entry.N >= fromN) yield return entry;
            }
            var chain = new JournalChain();
            foreach ((SafeFileHandle file, string path, long length) in files)
            {
                var lines = new JournalLines(file, length);
                while (Next(lines, chain, path) is { } entry)
                {
                    if (entry.N >= fromN) yield return entry;
                }
            }
        }
        finally
        {
            foreach ((SafeFileHandle file, _, _) in files) file.Dispose();
        }
    }

    /// <summary>The newest entries of a service, newest first. What cannot be read any more is left out.</summary>
    /// <param name="service">The service.</param>
    /// <param name="limit">At most so many, and no more than <see cref="LastMax"/>.</param>
    /// <param name="kind">Of which kind; null for all.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public IReadOnlyList<JournalEntry> Last(string service, int limit, string? kind = null)
    {
        limit = Math.Clamp(limit, 0, LastMax);
        if (_store is null)
        {
            lock (_lock) return [.. _memory.Reverse().Where(entry => entry.Service == service && (kind is null || entry.Kind == kind)).Take(limit)];
        }
        while (true)
        {
            lock (_lock)
            {
                List<JournalPosition> positions = _store.Index.Newest(service, kind, limit);
                if (positions.Count == limit || _store.IsIndexed) return _store.ReadAt(positions);
            }
            IndexOlder(_store);
        }
    }

    /// <summary>Makes durable what is not, if the disk lets it, and closes the files.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_store is null) return;
            try
            {
                _store.Sync();
            }
            catch (Exception failure) when (failure is IOException or ObjectDisposedException)
            {
                // Who needs to know has called Sync.
            }
            _store.Dispose();
        }
    }

    private static JournalEntry? Next(JournalLines lines, JournalChain chain, string path)
    {
        if (!lines.TryNext(out ReadOnlySpan<byte> line)) return null;
        string? reason = chain.Take(line, lines.LineNumber == 1, out JournalLine fields);
        if (!lines.IsEnded) reason ??= "has no line feed at its end";
        if (reason is not null) throw new IOException(new JournalFault(path, lines.LineNumber, reason).ToString());
        return new JournalEntry(line.ToArray(), fields);
    }

    // The file is read without the lock: an append does not wait for it.
    private void IndexOlder(JournalStore store)
    {
        lock (_indexing)
        {
            long first;
            SafeFileHandle? file;
            lock (_lock)
            {
                if (!store.TryOpenUnindexed(out first, out file)) return;
            }
            var index = new JournalIndex();
            using (file)
            {
                if (file is not null) IndexFile(file, first, index);
            }
            lock (_lock) store.AddIndexed(first, index);
        }
    }

    private static void IndexFile(SafeFileHandle file, long first, JournalIndex index)
    {
        try
        {
            var lines = new JournalLines(file, RandomAccess.GetLength(file));
            while (lines.TryNext(out ReadOnlySpan<byte> line))
            {
                if (lines.IsEnded && JournalLine.TryParse(line, out JournalLine fields)) index.Add(fields.Service, fields.Kind, new JournalPosition(fields.N, first, lines.LineOffset, line.Length));
            }
        }
        catch (IOException)
        {
            // What is behind that place is not found.
        }
    }
}
