using System.Globalization;

namespace FastCanary.Control;

/// <summary>The names of a journal's files.</summary>
/// <param name="folder">Where they are.</param>
internal sealed class JournalFiles(string folder)
{
    private const string Stem = "journal-";
    private const string Extension = ".jsonl";

    /// <summary>The folder.</summary>
    public string Folder => folder;

    /// <summary>What is appended to.</summary>
    public string Live { get; } = Path.Combine(folder, "journal.jsonl");

    /// <summary>The next live file while it is made; it has one line, and is flushed before the names change.</summary>
    public string Next { get; } = Path.Combine(folder, "journal.jsonl.new");

    /// <summary>A file that is full.</summary>
    /// <param name="first">The number of its first entry.</param>
    public string Rotated(long first) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Stem}{first:D12}{Extension}"));

    /// <summary>The numbers of the first entries of the files that are full, oldest first.</summary>
    public List<long> ListRotated()
    {
        var firsts = new List<long>();
        foreach (string path in Directory.EnumerateFiles(folder, Stem + "*" + Extension))
        {
            ReadOnlySpan<char> digits = Path.GetFileName(path.AsSpan())[Stem.Length..^Extension.Length];
            if (digits.Length >= 12 && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long first)) firsts.Add(first);
        }
        firsts.Sort();
        return firsts;
    }
}
