namespace FastCanary.Control.Tests;

public sealed class JournalCheckTests : IDisposable
{
    private readonly StateFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_chain_may_begin_anywhere_and_its_files_are_taken_in_the_order_given()
    {
        _folder.Fill(12, StateFolder.Options with { SizeBytesMax = 1000 });
        string[] files = [_folder.File("journal-000000000001.jsonl"), _folder.File("journal-000000000005.jsonl"), _folder.Live];
        Assert.Equal(new JournalCheckResult(12, null, 0), JournalCheck.Run(files));
        Assert.Equal(new JournalCheckResult(12, null, 0), JournalCheck.Run([_folder.Path]));
        Assert.Equal(new JournalCheckResult(8, null, 0), JournalCheck.Run(files[1..]));
        Assert.Equal(new JournalCheckResult(4, new JournalFault(_folder.Live, 1, "is entry 9, where entry 5 was expected"), 0), JournalCheck.Run([files[0], files[2]]));
        Assert.Equal(new JournalCheckResult(4, new JournalFault(files[0], 1, "begins a chain with entry 1, where entry 9 was expected"), 0), JournalCheck.Run([files[1], files[0]]));
    }

    [Fact]
    public void Only_the_last_file_may_end_in_the_middle_of_a_line()
    {
        _folder.Fill(8, StateFolder.Options with { SizeBytesMax = 1000 });
        File.AppendAllText(_folder.Live, "{\"n\":9,");
        Assert.Equal(new JournalCheckResult(8, null, 7), JournalCheck.Run([_folder.Path]));
        byte[] live = File.ReadAllBytes(_folder.Live);
        File.WriteAllBytes(_folder.Live, live[..20]);
        Assert.Equal(new JournalCheckResult(4, new JournalFault(_folder.Live, 1, "is no entry of a journal"), 0), JournalCheck.Run([_folder.Path]));
        Assert.Equal(new JournalCheckResult(0, null, 20), JournalCheck.Run([_folder.Live]));
        File.WriteAllBytes(_folder.Live, live);
        string full = _folder.File("journal-000000000001.jsonl");
        byte[] content = File.ReadAllBytes(full);
        File.WriteAllBytes(full, content[..^1]);
        Assert.Equal(new JournalCheckResult(3, new JournalFault(full, 4, "has no line feed at its end"), 0), JournalCheck.Run([_folder.Path]));
        File.WriteAllBytes(full, [.. content, (byte)'{', (byte)'\n']);
        Assert.Equal(new JournalFault(full, 5, "is no entry of a journal"), JournalCheck.Run([_folder.Path]).Fault);
        File.WriteAllBytes(full, []);
        Assert.Equal(new JournalFault(full, 0, "is empty"), JournalCheck.Run([_folder.Path]).Fault);
    }

    [Fact]
    public void A_check_changes_nothing_and_may_run_beside_a_journal_in_use()
    {
        using Journal journal = _folder.OpenWhole();
        StateFolder.Append(journal);
        byte[] content = File.ReadAllBytes(_folder.Live);
        Assert.Equal(new JournalCheckResult(1, null, 0), JournalCheck.Run([_folder.Live]));
        Assert.Equal(content, File.ReadAllBytes(_folder.Live));
        Assert.Equal(2, StateFolder.Append(journal).N);
    }

    [Fact]
    public void A_file_that_does_not_exist_is_an_error_that_names_it() =>
        Assert.Contains(_folder.File("nothing.jsonl"), Assert.ThrowsAny<IOException>(() => JournalCheck.Run([_folder.File("nothing.jsonl")])).Message);
}
