namespace FastCanary.Control.Tests;

public sealed class JournalConcurrencyTests
{
    [Fact]
    public async Task Appends_syncs_and_reads_of_many_threads_leave_one_chain()
    {
        const int Threads = 8;
        const int Entries = 400;
        JournalOptions options = StateFolder.Options with { SizeBytesMax = 20_000, FilesMax = 100 };
        using var folder = new StateFolder();
        folder.Fill(300, options);
        using (Journal journal = folder.OpenWhole(options))
        {
            Task[] tasks = [.. Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(() => Work(journal, thread), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
            await Task.WhenAll(tasks);
            for (int thread = 0; thread < Threads; thread++)
            {
                IReadOnlyList<JournalEntry> last = journal.Last($"t{thread}", 1000);
                Assert.Equal(Enumerable.Range(0, Entries).Reverse().Select(static i => $"{{\"i\":{i}}}"), last.Select(static entry => System.Text.Encoding.UTF8.GetString(entry.Body.Span)));
            }
        }
        JournalCheckResult result = JournalCheck.Run([folder.Path]);
        Assert.Equal((300 + (Threads * Entries), null), (result.Count, result.Fault));

        static void Work(Journal journal, int thread)
        {
            for (int i = 0; i < Entries; i++)
            {
                JournalEntry entry = journal.Append(StateFolder.At, "decision", $"t{thread}", StateFolder.Body(i));
                if (i % 10 == thread) journal.Sync();
                if (i % 50 == thread) Assert.Equal(entry.N, journal.Last($"t{thread}", 1).Single().N);
                if (i % 100 == thread) Assert.Equal(entry.N, journal.Read(entry.N).First().N);
                if (i == thread) Assert.Equal(150, journal.Last("a", 1000).Count);
            }
        }
    }
}
