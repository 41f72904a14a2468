using System.Buffers;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace FastCanary.Control;

/// <content>How a journal is found at the start: a rotation that was interrupted is finished, a torn end is cut off, and where an entry is not as it was written a new chain begins that tells of it.</content>
internal sealed partial class JournalStore
{
    private JournalRecovery Recover()
    {
        FinishRotation();
        bool exists = File.Exists(_files.Live);
        if (!exists && _rotated.Count == 0)
        {
            _live = _disk.Create(_files.Live);
            _disk.FlushFolder(_files.Folder);
            return new JournalRecovery(0, Fault: null, KeptAs: null);
        }

        JournalFault? fault = FollowRotated(out long numberMax);
        if (!exists) return BeginAnew(fault ?? new JournalFault(_files.Live, 0, "is missing, where older files of the journal exist"), numberMax, liveFault: null);

        _live = _disk.Open(_files.Live);
        long length = RandomAccess.GetLength(_live);
        JournalFault? liveFault = FollowLive(length, isContinuing: fault is null, ref numberMax);
        long torn = liveFault is null ? length - _length : 0;
        if (torn > 0) _disk.SetLength(_live, _length);
        // What the process before appended, and did not come to flush, counts from now on.
        if (_length > 0 || torn > 0) _disk.Flush(_live);
        if ((fault ?? liveFault) is { } first) return BeginAnew(first, numberMax, liveFault) with { TornBytes = torn };
        _unindexed.AddRange(_rotated);
        // A rotation that ended before it deleted the oldest, or a lower limit than before.
        DeleteOldest();
        return new JournalRecovery(torn, Fault: null, KeptAs: null);
    }

    // A process ended between the two renames: the live file is the one that was prepared, if it is right. Else what was prepared is of no use to anybody.
    private void FinishRotation()
    {
        if (!File.Exists(_files.Next)) return;
        if (!File.Exists(_files.Live))
        {
            var chain = new JournalChain();
            using SafeFileHandle next = Disk.OpenForReading(_files.Next);
            long length = RandomAccess.GetLength(next);
            var scan = new JournalScan(_files.Next, next, length);
            bool isEndKnown = _rotated.Count == 0 || FollowLast(_files.Rotated(_rotated[^1]), chain);
            if (isEndKnown && scan.Run(chain, isLive: false, take: null) is null && length > 0)
            {
                _disk.Move(_files.Next, _files.Live);
                _disk.FlushFolder(_files.Folder);
                return;
            }
        }
        _disk.Delete(_files.Next);
    }

    // Leads the chain to the end of the newest full file. Its last line is enough, unless that is wrong.
    private JournalFault? FollowRotated(out long numberMax)
    {
        numberMax = 0;
        if (_rotated.Count == 0) return null;
        string path = _files.Rotated(_rotated[^1]);
        if (FollowLast(path, _chain))
        {
            numberMax = _chain.N;
            return null;
        }
        using SafeFileHandle file = Disk.OpenForReading(path);
        var scan = new JournalScan(path, file, RandomAccess.GetLength(file));
        JournalFault fault = scan.Run(new JournalChain(), isLive: false, take: null) ?? new JournalFault(path, 0, "is empty");
        numberMax = Math.Max(scan.NumberMax, _rotated[^1]);
        return fault;
    }

    private static bool FollowLast(string path, JournalChain chain)
    {
        using SafeFileHandle file = Disk.OpenForReading(path);
        long length = RandomAccess.GetLength(file);
        byte[] tail = new byte[Math.Min(length, JournalLine.BytesMax + 2)];
        if (RandomAccess.Read(file, tail, length - tail.Length) != tail.Length || tail.Length == 0 || tail[^1] != (byte)'\n') return false;
        ReadOnlySpan<byte> line = tail.AsSpan(..^1);
        line = line[(line.LastIndexOf((byte)'\n') + 1)..];
        if (!JournalLine.TryParse(line, out JournalLine fields) || !JournalLine.HasItsHash(line)) return false;
        chain.Set(fields);
        return true;
    }

    private JournalFault? FollowLive(long length, bool isContinuing, ref long numberMax)
    {
        JournalChain chain = isContinuing ? _chain : new JournalChain();
        var scan = new JournalScan(_files.Live, _live!, length);
        JournalFault? fault = scan.Run(chain, isLive: true, TakeLive);
        if (fault is null && length > 0 && scan.GoodBytes == 0 && _rotated.Count > 0) fault = new JournalFault(_files.Live, 1, "is no entry of a journal");
        if (fault is null && length == 0 && _rotated.Count > 0) fault = new JournalFault(_files.Live, 0, "is empty, where older files of the journal exist");
        numberMax = Math.Max(numberMax, scan.NumberMax);
        _length = _flushedLength = scan.GoodBytes;
        return fault;
    }

    private void TakeLive(ReadOnlySpan<byte> line, in JournalLine fields, long offset)
    {
        if (offset == 0) _liveFirst = fields.N;
        Index.Add(fields.Service, fields.Kind, new JournalPosition(fields.N, _liveFirst, offset, line.Length));
    }

    // The damaged file is kept beside; what is whole stays in the journal, as a full file; the first entry of the new chain tells what was found.
    private JournalRecovery BeginAnew(JournalFault fault, long numberMax, JournalFault? liveFault)
    {
        DateTimeOffset now = _options.Time.GetUtcNow();
        string? keptAs = File.Exists(fault.File) ? DamagedFiles.NewPath(_files.Folder, "journal", "jsonl", now) : null;
        byte[] line = JournalLine.Compose(numberMax + 1, now, JournalLine.BrokenKind, "", Tell(fault, keptAs), JournalLine.NoHash);
        bool isLiveWhole = _live is not null && liveFault is null && _length > 0 && !File.Exists(_files.Rotated(_liveFirst));
        SafeFileHandle next = MakeNext(line);
        try
        {
            if (keptAs is not null) _disk.Move(fault.File, keptAs);
            if (fault.File != _files.Live)
            {
                if (keptAs is not null) _rotated.RemoveAt(_rotated.Count - 1);
                if (isLiveWhole)
                {
                    _disk.Move(_files.Live, _files.Rotated(_liveFirst));
                    _rotated.Add(_liveFirst);
                }
                else if (_live is not null)
                {
                    _disk.Move(_files.Live, DamagedFiles.NewPath(_files.Folder, "journal", "jsonl", now));
                }
            }
            _disk.Move(_files.Next, _files.Live);
        }
        catch
        {
            next.Dispose();
            throw;
        }
        Index = new JournalIndex();
        _unindexed.AddRange(_rotated);
        Adopt(next, numberMax + 1, line.Length);
        Note(line);
        DeleteOldest();
        Sync();
        DamagedFiles.Trim(_files.Folder, "journal", "jsonl");
        return new JournalRecovery(0, fault, keptAs);
    }

    private static ReadOnlySpan<byte> Tell(JournalFault fault, string? keptAs)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("file"u8, Path.GetFileName(fault.File));
            writer.WriteNumber("line"u8, fault.Line);
            writer.WriteString("reason"u8, fault.Reason);
            writer.WriteString("keptAs"u8, Path.GetFileName(keptAs));
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan;
    }
}
