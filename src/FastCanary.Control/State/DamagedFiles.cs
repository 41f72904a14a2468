using System.Globalization;

namespace FastCanary.Control;

/// <summary>Files that cannot be used are kept for people to look at, under a name with the time; of each kind the newest eight.</summary>
internal static class DamagedFiles
{
    /// <summary>How many are kept of a kind.</summary>
    public const int KeptMax = 8;

    /// <summary>A path that no file has: FOLDER/KIND-damaged-20261122T070000Z.EXTENSION, with -2 and so on behind the time if need be.</summary>
    public static string NewPath(string folder, string kind, string extension, DateTimeOffset at)
    {
        string stem = $"{kind}-damaged-{at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}";
        // Above those that are there, and not a number between them that is free again: it would be taken for an older one's.
        int count = Directory.GetFiles(folder, $"{stem}*.{extension}").Select(path => CountOf(Path.GetFileNameWithoutExtension(path).AsSpan(stem.Length))).DefaultIfEmpty().Max() + 1;
        return Path.Combine(folder, count == 1 ? $"{stem}.{extension}" : string.Create(CultureInfo.InvariantCulture, $"{stem}-{count}.{extension}"));
    }

    /// <summary>Those that are kept, oldest first.</summary>
    public static string[] List(string folder, string kind, string extension)
    {
        string[] paths = Directory.GetFiles(folder, $"{kind}-damaged-*.{extension}");
        Array.Sort(paths, static (left, right) => (left.Length, left).CompareTo((right.Length, right)));
        Array.Sort(paths, static (left, right) => File.GetLastWriteTimeUtc(left).CompareTo(File.GetLastWriteTimeUtc(right)));
        return paths;
    }

    /// <summary>Deletes the oldest above <see cref="KeptMax"/>; what cannot be deleted stays.</summary>
    public static void Trim(string folder, string kind, string extension)
    {
        try
        {
            foreach (string path in List(folder, kind, extension).SkipLast(KeptMax)) File.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Their number is a courtesy to the disk, and no reason not to start.
        }
    }

    private static int CountOf(ReadOnlySpan<char> behindTime)
    {
        if (behindTime.IsEmpty) return 1;
        return behindTime[0] == '-' && int.TryParse(behindTime[1..], NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count < int.MaxValue ? count : 0;
    }
}
