using System.Globalization;
using System.Text;

namespace FastCanary.Control.Tests;

/// <summary>A folder for a journal and a state, gone with its test.</summary>
internal sealed class StateFolder : IDisposable
{
    public static readonly DateTimeOffset At = new(2026, 11, 22, 7, 0, 0, 123, TimeSpan.Zero);

    public static readonly JournalOptions Options = new() { Time = new FixedTime(At) };

    public string Path { get; } = Directory.CreateTempSubdirectory("fastcanary-state-").FullName;

    public string Live => File("journal.jsonl");

    public string[] Names => [.. Directory.GetFiles(Path).Select(static path => System.IO.Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>What was kept of damaged journals.</summary>
    public string[] Damaged => Directory.GetFiles(Path, "journal-damaged-*");

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Opens it without waiting for the disk; nothing may be wrong with it.</summary>
    public Journal OpenWhole(JournalOptions? options = null)
    {
        Journal journal = Open(out JournalRecovery recovery, options);
        Assert.Equal(new JournalRecovery(0, null, null), recovery);
        return journal;
    }

    public Journal Open(out JournalRecovery recovery, JournalOptions? options = null) => Journal.Open(Path, options ?? Options, new FaultyDisk(), out recovery);

    /// <summary>Appends entries, bodies {"i":N}, for services a and b in turn, of the kinds decision and observation in turn.</summary>
    public void Fill(int count, JournalOptions? options = null)
    {
        using Journal journal = OpenWhole(options);
        for (int i = 0; i < count; i++) Append(journal);
    }

    public static JournalEntry Append(Journal journal)
    {
        long n = journal.LastN + 1;
        return journal.Append(At.AddSeconds(n), n % 4 < 2 ? "decision" : "observation", n % 2 == 0 ? "a" : "b", Body(n));
    }

    public static byte[] Body(long n) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"i\":{n}}}"));

    /// <summary>What keeps a chain from being whole, by a check of the folder's files.</summary>
    public string? Fault() => JournalCheck.Run([Path]).Fault?.ToString();

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
