using System.Text;
using System.Text.Json;

namespace FastCanary.Control.Tests;

public sealed class JournalRecoveryTests : IDisposable
{
    private static readonly JournalOptions Small = StateFolder.Options with { SizeBytesMax = 1000, FilesMax = 100 };

    private readonly StateFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_last_line_torn_at_any_byte_is_cut_off_and_told()
    {
        _folder.Fill(3);
        byte[] whole = File.ReadAllBytes(_folder.Live);
        int start = whole.AsSpan(..^1).LastIndexOf((byte)'\n') + 1;
        for (int length = start; length < whole.Length; length++)
        {
            File.WriteAllBytes(_folder.Live, whole[..length]);
            using (Journal journal = _folder.Open(out JournalRecovery recovery))
            {
                Assert.Equal(new JournalRecovery(length - start, null, null), recovery);
                Assert.Equal(2, journal.LastN);
                Assert.Equal(3, StateFolder.Append(journal).N);
            }
            Assert.Equal(whole, File.ReadAllBytes(_folder.Live));
        }
    }

    [Fact]
    public void Whatever_is_left_of_lines_that_were_not_flushed_a_prefix_stays()
    {
        _folder.Fill(5);
        byte[] whole = File.ReadAllBytes(_folder.Live);
        for (int length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(_folder.Live, whole[..length]);
            int lines = whole.AsSpan(..length).Count((byte)'\n');
            using Journal journal = _folder.Open(out JournalRecovery recovery);
            Assert.False(recovery.IsBroken);
            Assert.Equal(lines, journal.LastN);
        }
    }

    [Theory]
    [InlineData("\0\0\0\0\0\0\0\0")]
    [InlineData("\0\0\0\0\n")]
    [InlineData("{\"n\":4,\"at\":\"2026-1\n")]
    [InlineData("\n")]
    public void An_end_that_is_no_entry_is_cut_off(string end)
    {
        _folder.Fill(3);
        File.AppendAllText(_folder.Live, end);
        using Journal journal = _folder.Open(out JournalRecovery recovery);
        Assert.Equal(new JournalRecovery(end.Length, null, null), recovery);
        Assert.Equal(4, StateFolder.Append(journal).N);
        Assert.Null(_folder.Fault());
    }

    [Theory]
    [InlineData(0x01)]
    [InlineData(0x20)]
    [InlineData(0x80)]
    [InlineData(-1)]
    public void No_byte_can_be_changed_unnoticed(int flip)
    {
        _folder.Fill(3);
        byte[] whole = File.ReadAllBytes(_folder.Live);
        int last = whole.AsSpan(..^1).LastIndexOf((byte)'\n') + 1;
        for (int index = 0; index < whole.Length; index++)
        {
            byte[] changed = [.. whole];
            changed[index] = flip < 0 ? (byte)'\n' : (byte)(changed[index] ^ flip);
            if (changed[index] == whole[index]) continue;
            File.WriteAllBytes(_folder.Live, changed);
            JournalCheckResult result = JournalCheck.Run([_folder.Live]);
            if (result.Fault is null)
            {
                // It may look like an entry that was being written, then, and nothing before it is lost.
                Assert.InRange(index, last, whole.Length - 1);
                Assert.Equal((2, changed.Length - last), (result.Count, result.TornBytes));
            }
            else
            {
                Assert.Equal(whole.AsSpan(..index).Count((byte)'\n') + 1, result.Fault.Line);
            }
        }
    }

    [Fact]
    public void Whatever_byte_is_changed_the_journal_opens_says_so_and_goes_on()
    {
        _folder.Fill(3);
        byte[] whole = File.ReadAllBytes(_folder.Live);
        int last = whole.AsSpan(..^1).LastIndexOf((byte)'\n') + 1;
        for (int index = 0; index < whole.Length; index += 3)
        {
            byte[] changed = [.. whole];
            changed[index] ^= 0x04;
            File.WriteAllBytes(_folder.Live, changed);
            using (Journal journal = _folder.Open(out JournalRecovery recovery))
            {
                Assert.True(recovery.IsBroken || (recovery.TornBytes > 0 && index >= last));
                Assert.Equal(recovery.IsBroken ? 4 : 2, journal.LastN);
                StateFolder.Append(journal);
                if (recovery.IsBroken) Assert.Equal(changed, File.ReadAllBytes(recovery.KeptAs!));
            }
            _folder.OpenWhole().Dispose();
            Assert.Null(_folder.Fault());
        }
        Assert.Equal(DamagedFiles.KeptMax, _folder.Damaged.Length);
    }

    [Fact]
    public void A_damaged_file_is_kept_and_a_new_chain_begins_with_an_entry_that_tells_so()
    {
        _folder.Fill(8, Small);
        byte[] damaged = Change(_folder.Live, "{\"i\":6}", "{\"i\":9}");
        using (Journal journal = _folder.Open(out JournalRecovery recovery, Small))
        {
            Assert.Equal(new JournalFault(_folder.Live, 2, "was changed: it does not have the hash that it names"), recovery.Fault);
            Assert.Equal(_folder.File("journal-damaged-20261122T070000Z.jsonl"), recovery.KeptAs);
            Assert.Equal(damaged, File.ReadAllBytes(recovery.KeptAs!));

            // Its number is none that the damaged file has.
            JournalEntry broken = Assert.Single(journal.Last("", 10));
            Assert.Equal((9, "broken", StateFolder.At), (broken.N, broken.Kind, broken.At));
            Assert.Equal(
                """{"file":"journal.jsonl","line":2,"reason":"was changed: it does not have the hash that it names","keptAs":"journal-damaged-20261122T070000Z.jsonl"}""",
                Encoding.UTF8.GetString(broken.Body.Span));
            Assert.Contains($"\"previous\":\"{new string('0', 64)}\"", Encoding.UTF8.GetString(broken.Line.Span));
            Assert.Equal([1, 2, 3, 4, 9], journal.Read(1).Select(static entry => entry.N));
            Assert.Equal([4, 2], journal.Last("a", 10).Select(static entry => entry.N));
            Assert.Equal(10, StateFolder.Append(journal).N);
        }
        Assert.Null(_folder.Fault());
        using Journal again = _folder.OpenWhole(Small);
        for (int i = 0; i < 10; i++) StateFolder.Append(again);
        Assert.Equal([1, 2, 3, 4, .. Enumerable.Range(9, 12).Select(static n => (long)n)], again.Read(1).Select(static entry => entry.N));
        Assert.Null(_folder.Fault());
    }

    [Fact]
    public void A_missing_live_file_breaks_the_chain()
    {
        _folder.Fill(8, Small);
        File.Delete(_folder.Live);
        using Journal journal = _folder.Open(out JournalRecovery recovery, Small);
        Assert.Equal(new JournalRecovery(0, new JournalFault(_folder.Live, 0, "is missing, where older files of the journal exist"), null), recovery);
        Assert.Equal([1, 2, 3, 4, 5], journal.Read(1).Select(static entry => entry.N));
        Assert.Equal("broken", journal.Read(5).Single().Kind);
    }

    [Fact]
    public void An_empty_live_file_breaks_the_chain()
    {
        _folder.Fill(8, Small);
        File.WriteAllBytes(_folder.Live, []);
        _folder.Open(out JournalRecovery recovery, Small).Dispose();
        Assert.Equal(new JournalFault(_folder.Live, 0, "is empty, where older files of the journal exist"), recovery.Fault);

        // Its only line is flushed before the file has its name, so nothing but damage tears it.
        File.WriteAllBytes(_folder.Live, File.ReadAllBytes(_folder.Live)[..^9]);
        _folder.Open(out recovery, Small).Dispose();
        Assert.Equal(new JournalFault(_folder.Live, 1, "is no entry of a journal"), recovery.Fault);
        Assert.Null(_folder.Fault());
    }

    [Fact]
    public void A_live_file_of_another_time_breaks_the_chain()
    {
        _folder.Fill(8, Small);
        byte[] old = File.ReadAllBytes(_folder.Live);
        _folder.Fill(8, Small);
        File.WriteAllBytes(_folder.Live, old);
        using Journal journal = _folder.Open(out JournalRecovery recovery, Small);
        Assert.Equal(new JournalFault(_folder.Live, 1, "is entry 5, where entry 13 was expected"), recovery.Fault);
        Assert.Equal(13 + 4, journal.LastN);
    }

    [Fact]
    public void A_line_that_is_missing_twice_there_or_moved_breaks_the_chain()
    {
        _folder.Fill(3);
        string[] lines = [.. File.ReadAllLines(_folder.Live).Select(static line => line + "\n")];
        Assert.Equal("is entry 3, where entry 2 was expected", Fault(lines[0] + lines[2]));
        Assert.Equal("is entry 2, where entry 3 was expected", Fault(lines[0] + lines[1] + lines[1] + lines[2]));
        Assert.Equal("is entry 3, where entry 2 was expected", Fault(lines[0] + lines[2] + lines[1]));
        Assert.Equal("begins a chain with entry 1, where entry 4 was expected", Fault(string.Concat(lines) + lines[0]));
        Assert.Equal("is no entry of a journal", Fault(lines[0] + "garbage\n" + lines[1]));
        Assert.Equal("is no entry of a journal", Fault(lines[0] + "\n" + lines[1]));
        Assert.Equal("is no entry of a journal", Fault(lines[0] + lines[1].TrimEnd('\n') + " " + lines[2]));
        Assert.Equal("has no line feed at its end", Fault(lines[0] + lines[1].TrimEnd('\n') + " "));
        Assert.Equal($"is longer than {JournalLine.BytesMax} bytes", Fault(lines[0] + new string('x', JournalLine.BytesMax + 1)));

        // A line with the right number and hash, and another one before it.
        string other = Encoding.UTF8.GetString(JournalLine.Compose(2, StateFolder.At, "decision", "a", "{}"u8, Encoding.ASCII.GetBytes(new string('a', 64))));
        Assert.Equal("does not continue entry 1: the hash that it names as the one before is another", Fault(lines[0] + other));
        string beginning = Encoding.UTF8.GetString(JournalLine.Compose(2, StateFolder.At, "broken", "", "{}"u8, JournalLine.NoHash));
        Assert.Equal("begins a chain with entry 2, where entry 2 was expected", Fault(lines[0] + beginning));
        Assert.Equal("is entry 1, and names an entry before it", Fault(Encoding.UTF8.GetString(JournalLine.Compose(1, StateFolder.At, "decision", "a", "{}"u8, Encoding.ASCII.GetBytes(new string('a', 64))))));

        string? Fault(string content)
        {
            File.WriteAllText(_folder.Live, content);
            _folder.Open(out JournalRecovery recovery).Dispose();
            return recovery.Fault?.Reason;
        }
    }

    [Fact]
    public void A_full_file_whose_end_is_damaged_is_kept_and_the_live_one_stays_in_the_journal()
    {
        _folder.Fill(12, Small);
        string full = _folder.File("journal-000000000005.jsonl");
        byte[] damaged = Change(full, "{\"i\":8}", "{\"i\":7}");
        using (Journal journal = _folder.Open(out JournalRecovery recovery, Small))
        {
            Assert.Equal(new JournalFault(full, 4, "was changed: it does not have the hash that it names"), recovery.Fault);
            Assert.Equal(damaged, File.ReadAllBytes(recovery.KeptAs!));
            Assert.Equal([10], journal.Last("a", 10, "observation").Select(static entry => entry.N).Take(1));
            Assert.Equal(13, journal.LastN);
            Assert.Equal([9, 10, 11, 12, 13], journal.Read(9).Select(static entry => entry.N));
        }
        _folder.OpenWhole(Small).Dispose();
        Assert.Equal(["journal-000000000001.jsonl", "journal-000000000009.jsonl", "journal-damaged-20261122T070000Z.jsonl", "journal.jsonl", "lock"], _folder.Names);
    }

    [Fact]
    public void Both_files_are_kept_if_both_are_damaged()
    {
        _folder.Fill(12, Small);
        Change(_folder.File("journal-000000000005.jsonl"), "{\"i\":8}", "{\"i\":7}");
        Change(_folder.Live, "{\"i\":9}", "{\"i\":7}");
        using Journal journal = _folder.Open(out JournalRecovery recovery, Small);
        Assert.True(recovery.IsBroken);
        Assert.Equal(2, _folder.Damaged.Length);
        Assert.Equal(13, journal.LastN);
        Assert.Equal(13, Last("n"));
    }

    [Fact]
    public void Damage_in_the_middle_of_an_old_file_is_found_by_the_check_and_by_whoever_reads_it()
    {
        _folder.Fill(12, Small);
        string full = _folder.File("journal-000000000001.jsonl");
        Change(full, "{\"i\":2}", "{\"i\":7}");
        using Journal journal = _folder.OpenWhole(Small);
        Assert.Equal($"{full}:2: was changed: it does not have the hash that it names", Assert.Throws<IOException>(() => journal.Read(1).Count()).Message);
        Assert.Equal($"{full}:2: was changed: it does not have the hash that it names", _folder.Fault());
        Assert.Equal(8, journal.Read(5).Count());
    }

    [Fact]
    public void The_newest_eight_damaged_files_are_kept()
    {
        for (int i = 0; i < 12; i++)
        {
            File.WriteAllText(_folder.Live, $"damaged {i}\n\n");
            // A file system tells times that are near each other as one.
            File.SetLastWriteTimeUtc(_folder.Live, StateFolder.At.UtcDateTime);
            _folder.Open(out JournalRecovery recovery).Dispose();
            Assert.True(File.Exists(recovery.KeptAs));
        }
        Assert.Equal(8, _folder.Damaged.Length);
        Assert.Equal(Enumerable.Range(4, 8).Select(static i => $"damaged {i}\n\n"), _folder.Damaged.Select(File.ReadAllText).Order(Comparer<string>.Create(static (a, b) => (a.Length, a).CompareTo((b.Length, b)))));
    }

    private static byte[] Change(string path, string from, string to)
    {
        string content = File.ReadAllText(path);
        Assert.Contains(from, content);
        File.WriteAllText(path, content.Replace(from, to));
        return File.ReadAllBytes(path);
    }

    private long Last(string member) => JsonDocument.Parse(File.ReadLines(_folder.Live).Last()).RootElement.GetProperty(member).GetInt64();
}
