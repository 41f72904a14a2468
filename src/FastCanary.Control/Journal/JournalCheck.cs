using Microsoft.Win32.SafeHandles;

namespace FastCanary.Control;

/// <summary>Checks the chain of a journal's files, without changing them.</summary>
public static class JournalCheck
{
    /// <summary>Checks files in the order given, as one chain.</summary>
    /// <param name="paths">Files, oldest first, or folders, each of which stands for the journal's files in it. The first line may be from anywhere in a chain, since older files are deleted.</param>
    /// <param name="found">Called with each entry that is right, in order, up to the first fault.</param>
    /// <exception cref="IOException">A file does not exist or cannot be read; the message names it.</exception>
    public static JournalCheckResult Run(IReadOnlyList<string> paths, Action<JournalEntry>? found = null)
    {
        var chain = new JournalChain();
        long count = 0;
        long torn = 0;
        List<string> files = [.. paths.SelectMany(Expand)];
        foreach (string path in files)
        {
            using SafeFileHandle file = Disk.OpenForReading(path);
            long length = RandomAccess.GetLength(file);
            var scan = new JournalScan(path, file, length);
            JournalFault? fault = scan.Run(chain, isLive: path == files[^1], Take);
            // Beside others no file is without an entry, since the next one is begun with its first.
            if (fault is null && scan.GoodBytes == 0 && files.Count > 1) fault = length == 0 ? new JournalFault(path, 0, "is empty") : new JournalFault(path, 1, "is no entry of a journal");
            if (fault is not null) return new JournalCheckResult(count, fault, TornBytes: 0);
            torn = length - scan.GoodBytes;
        }
        return new JournalCheckResult(count, Fault: null, torn);

        void Take(ReadOnlySpan<byte> line, in JournalLine fields, long offset)
        {
            count++;
            found?.Invoke(new JournalEntry(line.ToArray(), fields));
        }
    }

    private static IEnumerable<string> Expand(string path)
    {
        if (!Directory.Exists(path)) return [path];
        var files = new JournalFiles(path);
        return files.ListRotated().Select(files.Rotated).Append(files.Live);
    }
}
