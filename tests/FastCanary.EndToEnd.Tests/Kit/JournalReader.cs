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

    public string LivePath => Path.Combine(folder, "journal.jsonl");

    /// <summary>All entries, oldest first; a last line without an end is left out. For a process that has ended.</summary>
    public JournalEntry[] Read()
    {
        var entries = new List<JournalEntry>();
        _hash = null;
        foreach (var path in Directory.GetFiles(folder, "journal-0*.jsonl").Order(StringComparer.Ordinal))
        {
            if (!_full.TryGetValue(path, out var full)) _full.Add(path, full = Read(path));
            _hash = full[^1].Body.Text("hash");
            entries.AddRange(full.Select(static entry => entry with { Body = entry.Body.GetProperty("body") }));
        }

        entries.AddRange(Read(LivePath).Select(static entry => entry with { Body = entry.Body.GetProperty("body") }));
        for (var i = 1; i < entries.Count; i++) Assert.Equal(entries[i - 1].N + 1, entries[i].N);
        return [.. entries];
    }

    private JournalEntry[] Read(string path)
    {
        var text = File.ReadAllText(path);
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
    }

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
