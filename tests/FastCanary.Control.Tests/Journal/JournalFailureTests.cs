namespace FastCanary.Control.Tests;

public sealed class JournalFailureTests
{
    private static readonly JournalOptions Small = StateFolder.Options with { SizeBytesMax = 600, FilesMax = 3 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whichever_operation_fails_the_journal_stays_usable_and_whole(bool isDone)
    {
        for (int failsAt = 3; ; failsAt++)
        {
            using var folder = new StateFolder();
            var disk = new FaultyDisk { FailsAt = failsAt, IsDone = isDone };
            var appended = new List<long>();
            using (Journal journal = Journal.Open(folder.Path, Small, disk, out _))
            {
                for (int i = 0; i < 8; i++)
                {
                    Try(() => appended.Add(StateFolder.Append(journal).N));
                    Try(journal.Sync);
                }
                disk.FailsAt = 0;
                appended.Add(StateFolder.Append(journal).N);
                journal.Sync();
                Assert.Equal(appended[^4..], journal.Read(appended[^4]).Select(static entry => entry.N));
            }
            Assert.Equal(Enumerable.Range(1, appended.Count).Select(static n => (long)n), appended);
            folder.OpenWhole(Small).Dispose();
            Assert.Null(folder.Fault());
            Assert.DoesNotContain("journal.jsonl.new", folder.Names);
            if (!disk.HasFailed) break;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Wherever_the_process_ends_what_was_made_durable_is_there_and_nothing_is_broken(bool isDone)
    {
        for (int failsAt = 3; ; failsAt++)
        {
            using var folder = new StateFolder();
            var disk = new FaultyDisk { FailsAt = failsAt, Ends = true, IsDone = isDone };
            long durable = 0;
            using (Journal journal = Journal.Open(folder.Path, Small, disk, out _))
            {
                Try(() =>
                {
                    for (int i = 0; i < 10; i++)
                    {
                        long n = StateFolder.Append(journal).N;
                        journal.Sync();
                        durable = n;
                    }
                });
            }
            using (Journal again = folder.Open(out JournalRecovery recovery, Small))
            {
                Assert.Null(recovery.Fault);
                Assert.InRange(again.LastN, durable, durable + 1);
                StateFolder.Append(again);
            }
            folder.OpenWhole(Small).Dispose();
            Assert.Null(folder.Fault());
            if (!disk.HasFailed) break;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Wherever_a_recovery_ends_the_next_one_opens_the_journal(bool isDone)
    {
        for (int failsAt = 1; ; failsAt++)
        {
            using var folder = new StateFolder();
            folder.Fill(7, Small with { FilesMax = 100 });
            File.WriteAllText(folder.Live, File.ReadAllText(folder.Live).Replace("{\"i\":7}", "{\"i\":1}"));
            var disk = new FaultyDisk { FailsAt = failsAt, Ends = true, IsDone = isDone };
            Try(() => Journal.Open(folder.Path, Small, disk, out _).Dispose());
            using (Journal again = folder.Open(out _, Small))
            {
                Assert.Equal("broken", again.Read(again.LastN).Single().Kind);
                Assert.Equal(8, again.LastN);
            }
            folder.OpenWhole(Small).Dispose();
            Assert.Single(folder.Damaged);
            if (!disk.HasFailed) break;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_rotation_that_can_neither_be_finished_nor_taken_back_is_by_whoever_comes_next(bool isSameProcess)
    {
        using var folder = new StateFolder();
        var disk = new FaultyDisk();
        using (Journal journal = Journal.Open(folder.Path, Small, disk, out _))
        {
            StateFolder.Append(journal);
            StateFolder.Append(journal);
            // It flushes, creates, writes, flushes and renames; the second renaming fails, and the one back.
            disk.FailsAt = disk.Log.Count + 6;
            disk.FailsCount = 2;
            Assert.Throws<IOException>(() => StateFolder.Append(journal));
            Assert.Equal(["flush", "create", "write", "flush", "move", "move", "move"], disk.Log.TakeLast(7));
            Assert.Equal(["journal-000000000001.jsonl", "journal.jsonl.new", "lock"], folder.Names);
            Assert.Equal(2, journal.Read(1).Count());
            Assert.Equal([2], journal.Last("a", 5).Select(static entry => entry.N));
            if (isSameProcess)
            {
                Assert.Equal(3, StateFolder.Append(journal).N);
                Assert.Equal(["journal-000000000001.jsonl", "journal.jsonl", "lock"], folder.Names);
            }
            else
            {
                disk.FailsCount = 1000;
            }
        }
        using Journal again = folder.OpenWhole(Small);
        Assert.Equal(3, again.LastN);
        Assert.Null(folder.Fault());
    }

    [Fact]
    public void A_flush_that_failed_is_made_up_for_by_writing_again()
    {
        using var folder = new StateFolder();
        var disk = new FaultyDisk();
        using (Journal journal = Journal.Open(folder.Path, StateFolder.Options, disk, out _))
        {
            StateFolder.Append(journal);
            journal.Sync();
            StateFolder.Append(journal);
            StateFolder.Append(journal);
            disk.FailsAt = disk.Log.Count + 1;
            IOException failure = Assert.Throws<IOException>(journal.Sync);
            Assert.Equal($"the journal in {folder.Live} cannot be made durable: No space left on device", failure.Message);
            Assert.Contains((byte)0, File.ReadAllBytes(folder.Live));
            StateFolder.Append(journal);
            journal.Sync();
        }
        Assert.Null(folder.Fault());
        Assert.Equal(4, JournalCheck.Run([folder.Live]).Count);
    }

    [Fact]
    public void A_full_disk_is_an_error_that_says_so()
    {
        if (!File.Exists("/dev/full")) Assert.Skip("needs /dev/full, which Linux has");
        using var folder = new StateFolder();
        File.CreateSymbolicLink(folder.Live, "/dev/full");
        using Journal journal = Journal.Open(folder.Path, new JournalOptions(), out _);
        IOException failure = Assert.Throws<IOException>(() => StateFolder.Append(journal));
        Assert.StartsWith($"the journal cannot be written to {folder.Live}: No space left on device", failure.Message);
        Assert.Equal(0, journal.LastN);
    }

    [Fact]
    public void Appends_that_nobody_syncs_are_made_durable_now_and_then()
    {
        using var folder = new StateFolder();
        var disk = new FaultyDisk();
        using Journal journal = Journal.Open(folder.Path, StateFolder.Options, disk, out _);
        for (int i = 0; i < 3000; i++) StateFolder.Append(journal);
        Assert.Equal(2, disk.Log.Count(static word => word == "flush"));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_an_error_that_names_it()
    {
        using var folder = new StateFolder();
        File.WriteAllText(folder.File("file"), "");
        IOException failure = Assert.Throws<IOException>(() => Journal.Open(folder.File("file"), new JournalOptions(), out _));
        Assert.Contains(folder.File("file"), failure.Message);
        Assert.Throws<IOException>(() => StateFile.Open(folder.File("file")));
    }

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (IOException failure)
        {
            Assert.EndsWith("No space left on device", failure.Message);
        }
    }
}
