using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>
/// Reads the journal of a state's folder as docs/operations.md describes it, and checks its chain, without the program's own code. Full files are read once.
/// </summary>
internal sealed class JournalReader(string folder)
{
    private readonly Dictionary<string, JournalEntry[]> _full = new(StringComparer.Ordinal);
    private string? _hash;

    /// <summary>How long the file is that is appended to.</summary>
    public long LiveLength => LiveText()?.Length ?? 0;

    /// <summary>All entries, oldest first; a last line without an end is left out.</summary>
    public JournalEntry[] Read()
    {
        string[] paths;
        string? live;
        do
        {
            paths = FullFiles();
            live = LiveText();
        }
        // A process at work has ended a file meanwhile.
        while (live is null || FullFiles().Length != paths.Length);

        var entries = new List<JournalEntry>();
        _hash = null;
        foreach (var path in paths)
        {
            if (!_full.TryGetValue(path, out var full)) _full.Add(path, full = ParseAll(File.ReadAllText(path)));
            _hash = full[^1].Body.Text("hash");
            entries.AddRange(full.Select(static entry => entry with { Body = entry.Body.GetProperty("body") }));
        }

        entries.AddRange(ParseAll(live).Select(static entry => entry with { Body = entry.Body.GetProperty("body") }));
        for (var i = 1; i < entries.Count; i++) Assert.Equal(entries[i - 1].N + 1, entries[i].N);
        return [.. entries];
    }

    private string[] FullFiles() => [.. Directory.GetFiles(folder, "journal-0*.jsonl").Order(StringComparer.Ordinal)];

    // The next file has a name of its own until a full one has given way to it: for a moment, or until the next start where a process was killed just then. Null: it has got its place meanwhile.
    private string? LiveText()
    {
        foreach (var name in (string[])["journal.jsonl", "journal.jsonl.new"])
        {
            try
            {
                return File.ReadAllText(Path.Combine(folder, name));
            }
            catch (FileNotFoundException)
            {
                // The other one.
            }
        }

        return null;
    }

    private JournalEntry[] ParseAll(string text) => [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

    private JournalEntry Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var entry = document.RootElement.Clone();
        var hashed = line[..line.LastIndexOf(",\"hash\":\"", StringComparison.Ordinal)];
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(hashed))), entry.Text("hash"));
        if (_hash is not null) Assert.Equal(_hash, entry.Text("previous"));
        _hash = entry.Text("hash");
        return new JournalEntry(entry.Number("n"), entry.Text("kind"), entry.Text("service"), entry);
    }
}
