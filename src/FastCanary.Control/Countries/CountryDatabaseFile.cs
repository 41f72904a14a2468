using FastCanary.Traffic;
using Microsoft.Win32.SafeHandles;

namespace FastCanary.Control;

/// <summary>A country database in a file, mapped into memory.</summary>
/// <remarks>
/// It is never closed by hand: the mapping ends when neither this object nor the database is referred to any more, by a snapshot or by a request that is under way.
/// The file has to be replaced by renaming another over it: one that is made shorter in place ends the process, one that is written over gives wrong countries.
/// </remarks>
public sealed class CountryDatabaseFile
{
    // The metadata, with the time at which the database was made, is a few hundred bytes there.
    private const int TailBytesMax = 4096;

    private readonly (long Length, DateTime WrittenUtc) _stamp;
    private readonly ReadOnlyMemory<byte> _content;

    private CountryDatabaseFile(string path, (long Length, DateTime WrittenUtc) stamp, ReadOnlyMemory<byte> content, MaxMindDatabase database)
    {
        Path = path;
        _stamp = stamp;
        _content = content;
        Database = database;
    }

    /// <summary>The file, as it was named.</summary>
    public string Path { get; }

    /// <summary>What look-ups ask; any thread.</summary>
    public MaxMindDatabase Database { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="error">Why it cannot be used, with its name; empty if it can.</param>
    /// <returns>Null if it cannot be used.</returns>
    public static CountryDatabaseFile? Open(string path, out string error)
    {
        string why;
        try
        {
            using SafeFileHandle file = OpenHandle(path);
            (long Length, DateTime WrittenUtc) stamp = StampOf(file);
            if (stamp.Length is > 0 and <= int.MaxValue)
            {
                MappedFile content = MappedFile.Map(file, (int)stamp.Length);
                if (MaxMindDatabase.Parse(content.Memory, out why) is { } database)
                {
                    error = "";
                    return new CountryDatabaseFile(path, stamp, content.Memory, database);
                }
                ((IDisposable)content).Dispose();
            }
            else
            {
                why = stamp.Length == 0 ? "is empty; put a database in MaxMind DB format there" : "is larger than 2 GiB, which is the most that is read";
            }
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            why = "does not exist; put a database in MaxMind DB format there, or name another";
        }
        catch (UnauthorizedAccessException)
        {
            why = Directory.Exists(path) ? "is a directory; name a file in it" : "may not be read by this user";
        }
        catch (IOException failure)
        {
            why = $"cannot be read: {failure.Message}";
        }
        error = $"{path} {why}";
        return null;
    }

    /// <summary>
    /// Whether the path still leads to the file that was opened, unchanged, by its length, its time and its last bytes (archives give their files the same time
    /// again and again). False also where it leads to none: <see cref="Open"/> says why.
    /// </summary>
    public bool IsCurrent()
    {
        try
        {
            using SafeFileHandle file = OpenHandle(Path);
            return StampOf(file) == _stamp && EndsAsMapped(file);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static SafeFileHandle OpenHandle(string path) => File.OpenHandle(path, share: FileShare.Read | FileShare.Delete);

    // By the handle, since a path's time is a link's own.
    private static (long Length, DateTime WrittenUtc) StampOf(SafeFileHandle file) => (RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));

    private bool EndsAsMapped(SafeFileHandle file)
    {
        Span<byte> tail = stackalloc byte[Math.Min(TailBytesMax, _content.Length)];
        int count = RandomAccess.Read(file, tail, _content.Length - tail.Length);
        bool isSame = count == tail.Length && _content.Span[^count..].SequenceEqual(tail);
        GC.KeepAlive(this);
        return isSame;
    }
}
