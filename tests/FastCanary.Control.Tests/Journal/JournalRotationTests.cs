namespace FastCanary.Control.Tests;

public sealed class JournalRotationTests : IDisposable
{
    private static readonly JournalOptions Small = StateFolder.Options with { SizeBytesMax = 1000, FilesMax = 4 };

    private readonly StateFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_full_file_is_named_by_its_first_entry_and_the_oldest_are_deleted()
    {
        using (Journal journal = _folder.OpenWhole(Small))
        {
            for (int i = 0; i < 40; i++) StateFolder.Append(journal);
        }
        // Three lines of 244 to 252 bytes each would make 741; a fourth is above 1,000 from entry 10 on.
        Assert.Equal(5, _folder.Names.Length);
        Assert.All(Directory.GetFiles(_folder.Path, "journal*"), static path => Assert.InRange(new FileInfo(path).Length, 200, 1000));
        foreach (string path in Directory.GetFiles(_folder.Path, "journal-*"))
        {
            Assert.Matches("^journal-[0-9]{12}\\.jsonl$", Path.GetFileName(path));
            Assert.Equal(long.Parse(Path.GetFileName(path)[8..20]), JournalCheck.Run([path]).Count > 0 ? First(path) : 0);
        }
        Assert.Null(_folder.Fault());
    }

    [Fact]
    public void The_chain_goes_on_over_files_and_restarts()
    {
        for (int i = 0; i < 10; i++) _folder.Fill(4, Small with { FilesMax = 100 });
        var entries = new List<JournalEntry>();
        JournalCheckResult result = JournalCheck.Run([_folder.Path], entries.Add);
        Assert.Equal((40, null, 0), (result.Count, result.Fault, result.TornBytes));
        Assert.Equal(Enumerable.Range(1, 40).Select(static n => (long)n), entries.Select(static entry => entry.N));
        Assert.True(Directory.GetFiles(_folder.Path, "journal-*").Length > 8);
    }

    [Fact]
    public void Read_gives_the_entries_from_a_number_on_whichever_file_they_are_in()
    {
        _folder.Fill(20, Small with { FilesMax = 100 });
        using Journal journal = _folder.OpenWhole(Small with { FilesMax = 100 });
        StateFolder.Append(journal);
        for (long from = 0; from <= 23; from++)
        {
            long first = Math.Max(from, 1);
            Assert.Equal(Enumerable.Range((int)first, Math.Max(0, 22 - (int)first)).Select(static n => (long)n), journal.Read(from).Select(static entry => entry.N));
        }
        Assert.Equal("{\"i\":7}"u8.ToArray(), journal.Read(7).First().Body.ToArray());
    }

    [Fact]
    public void Read_gives_what_was_there_when_it_began_while_the_files_go_on()
    {
        using Journal journal = _folder.OpenWhole(Small);
        for (int i = 0; i < 10; i++) StateFolder.Append(journal);
        var read = new List<long>();
        foreach (JournalEntry entry in journal.Read(1))
        {
            read.Add(entry.N);
            for (int i = 0; i < 5; i++) StateFolder.Append(journal);
        }
        Assert.Equal(Enumerable.Range(1, 10).Select(static n => (long)n), read);
    }

    [Fact]
    public void The_last_entries_of_a_service_come_newest_first_from_all_files_also_after_a_restart()
    {
        using (Journal journal = _folder.OpenWhole(Small))
        {
            for (int i = 0; i < 14; i++) StateFolder.Append(journal);
            Check(journal);
        }
        using Journal again = _folder.OpenWhole(Small);
        Check(again);
        Assert.Empty(again.Last("c", 5));
        Assert.Empty(again.Last("a", 0));

        // What is deleted is found no more.
        for (int i = 0; i < 30; i++) StateFolder.Append(again);
        long oldest = JournalOldest();
        Assert.Equal(Enumerable.Range(1, 44).Select(static n => (long)n).Where(n => n % 2 == 0 && n >= oldest).Reverse(), again.Last("a", 1000).Select(static entry => entry.N));

        static void Check(Journal journal)
        {
            Assert.Equal([14, 12, 10, 8, 6, 4, 2], journal.Last("a", 1000).Select(static entry => entry.N));
            Assert.Equal([13, 11, 9], journal.Last("b", 3).Select(static entry => entry.N));
            Assert.Equal([12, 8, 4], journal.Last("a", 3, "decision").Select(static entry => entry.N));
            Assert.Equal([14, 10, 6, 2], journal.Last("a", 10, "observation").Select(static entry => entry.N));
        }
    }

    [Fact]
    public void A_kind_that_is_frequent_does_not_push_another_out()
    {
        using Journal journal = _folder.OpenWhole();
        journal.Append(StateFolder.At, "decision", "a", "{}"u8);
        for (int i = 0; i < 2500; i++) journal.Append(StateFolder.At, "observation", "a", "{}"u8);
        Assert.Equal([1], journal.Last("a", 5, "decision").Select(static entry => entry.N));
        Assert.Equal(Enumerable.Range(0, 1000).Select(static i => 2501L - i), journal.Last("a", 5000).Select(static entry => entry.N));
        Assert.Equal([2501, 2500], journal.Last("a", 2).Select(static entry => entry.N));
    }

    [Fact]
    public void A_lower_limit_holds_from_the_next_start_on()
    {
        _folder.Fill(40, Small with { FilesMax = 100 });
        using Journal journal = _folder.OpenWhole(Small with { FilesMax = 2 });
        Assert.Single(Directory.GetFiles(_folder.Path, "journal-*"));
        Assert.Equal(40, journal.LastN);
        Assert.InRange(journal.Last("a", 1000).Count, 2, 5);
    }

    [Fact]
    public void An_entry_larger_than_a_file_has_one_to_itself()
    {
        using (Journal journal = _folder.OpenWhole(Small with { SizeBytesMax = 1 }))
        {
            for (int i = 0; i < 4; i++) StateFolder.Append(journal);
        }
        Assert.Equal(["journal-000000000001.jsonl", "journal-000000000002.jsonl", "journal-000000000003.jsonl", "journal.jsonl", "lock"], _folder.Names);
        _folder.OpenWhole().Dispose();
    }

    private long JournalOldest() => Directory.GetFiles(_folder.Path, "journal-*").Select(First).Min();

    private static long First(string path)
    {
        var entries = new List<JournalEntry>();
        JournalCheck.Run([path], entries.Add);
        return entries[0].N;
    }
}
