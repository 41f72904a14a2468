namespace FastCanary.Control.Tests;

public sealed class JournalMemoryTests
{
    [Fact]
    public void Without_a_folder_the_last_entries_are_kept_in_memory()
    {
        using Journal journal = Journal.Open(null, new JournalOptions(), out JournalRecovery recovery);
        Assert.False(recovery.IsBroken);
        Assert.Empty(journal.Read(0));
        for (int i = 0; i < Journal.MemoryEntriesMax + 10; i++) Assert.Equal(i + 1, StateFolder.Append(journal).N);
        journal.Sync();

        Assert.Equal(Journal.MemoryEntriesMax, journal.Read(0).Count());
        Assert.Equal([4105, 4106], journal.Read(4105).Select(static entry => entry.N));
        Assert.Equal([4106, 4104], journal.Last("a", 2).Select(static entry => entry.N));
        Assert.Equal([4104, 4100], journal.Last("a", 2, "decision").Select(static entry => entry.N));
        Assert.Equal(Journal.LastMax, journal.Last("a", 5000).Count);
        Assert.Throws<ArgumentException>(() => journal.Append(StateFolder.At, "decision", "a", "[]"u8));
    }

    [Fact]
    public void Its_lines_are_a_chain_too()
    {
        using var folder = new StateFolder();
        using (Journal journal = Journal.Open(null, new JournalOptions(), out _))
        {
            using FileStream file = File.Create(folder.Live);
            for (int i = 0; i < 3; i++)
            {
                file.Write(StateFolder.Append(journal).Line.Span);
                file.WriteByte((byte)'\n');
            }
        }
        using Journal read = folder.OpenWhole();
        Assert.Equal(3, read.LastN);
    }

    [Fact]
    public void Limits_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Journal.Open(null, new JournalOptions { SizeBytesMax = 0 }, out _));
        Assert.Throws<ArgumentException>(() => Journal.Open(null, new JournalOptions { FilesMax = 1 }, out _));
    }
}
