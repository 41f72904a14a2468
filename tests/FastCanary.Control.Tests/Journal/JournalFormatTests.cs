using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.Control.Tests;

public sealed class JournalFormatTests : IDisposable
{
    private const string Zeros = "0000000000000000000000000000000000000000000000000000000000000000";

    // As docs/operations.md has it.
    private const string Check = """
        import sys,json,hashlib
        last=None
        for name in sys.argv[1:]:
            for number,line in enumerate(open(name,"rb"),1):
                entry=json.loads(line)
                head=line[:line.rindex(b',"hash":"')]
                assert hashlib.sha256(head).hexdigest()==entry["hash"], f"{name}:{number}: changed"
                assert last is None or entry["previous"]==last, f"{name}:{number}: does not continue"
                last=entry["hash"]
        print(last)
        """;

    private const string LineCheck = """
        tail -n 1 journal.jsonl | tr -d '\n' | sed 's/,"hash":"[0-9a-f]*"}$//' | sha256sum
        """;

    private readonly StateFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_line_has_the_documented_bytes()
    {
        using (Journal journal = _folder.OpenWhole())
        {
            JournalEntry first = journal.Append(new DateTimeOffset(2026, 11, 22, 8, 0, 0, 5, TimeSpan.FromHours(1)), "decision", "search", "{\"to\": {\"canary\":1}}"u8);
            JournalEntry second = journal.Append(new DateTimeOffset(2026, 11, 22, 7, 0, 1, TimeSpan.Zero), "change", "a\"b\\ü<", "{}"u8);

            string head1 = "{\"n\":1,\"at\":\"2026-11-22T07:00:00.005Z\",\"kind\":\"decision\",\"service\":\"search\",\"body\":{\"to\": {\"canary\":1}},\"previous\":\"" + Zeros + "\"";
            string line1 = head1 + ",\"hash\":\"" + Sum(head1) + "\"}";
            string head2 = "{\"n\":2,\"at\":\"2026-11-22T07:00:01.000Z\",\"kind\":\"change\",\"service\":\"a\\\"b\\\\ü<\",\"body\":{},\"previous\":\"" + Sum(head1) + "\"";
            string line2 = head2 + ",\"hash\":\"" + Sum(head2) + "\"}";
            Assert.Equal(line1 + "\n" + line2 + "\n", File.ReadAllText(_folder.Live));
            Assert.Equal(line1, Encoding.UTF8.GetString(first.Line.Span));
            Assert.Equal(line2, Encoding.UTF8.GetString(second.Line.Span));
            Assert.Equal((1, "decision", "search", Sum(head1)), (first.N, first.Kind, first.Service, first.Hash));
            Assert.Equal((2, "change", "a\"b\\ü<", Sum(head2)), (second.N, second.Kind, second.Service, second.Hash));
            Assert.Equal("{\"to\": {\"canary\":1}}", Encoding.UTF8.GetString(first.Body.Span));
            Assert.Equal(new DateTimeOffset(2026, 11, 22, 7, 0, 0, 5, TimeSpan.Zero), first.At);
        }
        using Journal again = _folder.OpenWhole();
        Assert.Equal(2, again.LastN);
    }

    [Fact]
    public void Python_verifies_the_chain_over_all_files()
    {
        string python = Tool.Python();
        _folder.Fill(40, StateFolder.Options with { SizeBytesMax = 2000 });
        Assert.True(_folder.Names.Length > 4);
        string last = JsonDocument.Parse(File.ReadLines(_folder.Live).Last()).RootElement.GetProperty("hash").GetString()!;
        Assert.Equal((0, last), Run(python));

        string full = _folder.File("journal-000000000001.jsonl");
        File.WriteAllText(full, File.ReadAllText(full).Replace("{\"i\":2}", "{\"i\":3}"));
        Assert.NotEqual(0, Run(python).Code);
    }

    [Fact]
    public void Standard_tools_compute_the_hash_of_a_line()
    {
        if (OperatingSystem.IsWindows()) return;
        _folder.Fill(3);
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", LineCheck]) { UseShellExecute = false, RedirectStandardOutput = true, WorkingDirectory = _folder.Path })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(JsonDocument.Parse(File.ReadLines(_folder.Live).Last()).RootElement.GetProperty("hash").GetString(), output.Split(' ')[0]);
    }

    [Fact]
    public void The_checks_in_the_documentation_are_those_that_are_tested()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "FastCanary.sln"))) folder = Path.GetDirectoryName(folder);
        string documentation = File.ReadAllText(Path.Combine(folder!, "docs", "operations.md"));
        Assert.Contains(Check, documentation);
        Assert.Contains(LineCheck, documentation);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}}")]
    [InlineData("{} ")]
    [InlineData("{}{}")]
    [InlineData("{\n}")]
    [InlineData("{\r}")]
    [InlineData("{\"a\":tru}")]
    [InlineData("{},\"previous\":\"x\"")]
    [InlineData("{},\"more\":{}")]
    public void A_body_that_is_not_one_object_on_one_line_is_refused_and_leaves_nothing(string body)
    {
        using Journal journal = _folder.OpenWhole();
        Assert.Throws<ArgumentException>(() => journal.Append(StateFolder.At, "decision", "a", Encoding.UTF8.GetBytes(body)));
        Assert.Throws<ArgumentException>(() => journal.Append(StateFolder.At, "decision", "a", "{\"a\":\"\u00ff\"}"u8.ToArray().Select(static b => b == 0xc3 ? (byte)0xff : b).ToArray()));
        Assert.Equal(0, new FileInfo(_folder.Live).Length);
        Assert.Equal(1, StateFolder.Append(journal).N);
    }

    [Fact]
    public void A_line_has_a_limit()
    {
        using Journal journal = _folder.OpenWhole();
        int rest = journal.Append(StateFolder.At, "decision", "a", "{\"a\":\"\"}"u8).Line.Length;
        byte[] body = Encoding.UTF8.GetBytes("{\"a\":\"" + new string('x', JournalLine.BytesMax - rest) + "\"}");
        Assert.Equal(JournalLine.BytesMax, journal.Append(StateFolder.At, "decision", "a", body).Line.Length);
        Assert.Throws<ArgumentException>(() => journal.Append(StateFolder.At, "decision", "a", [.. body[..^2], (byte)'x', (byte)'"', (byte)'}']));
        Assert.Equal(2, journal.Read(1).Count());
        Assert.Equal(2, journal.Last("a", 10).Count);
        Assert.Null(_folder.Fault());
    }

    [Fact]
    public void Files_are_for_their_owner_and_group_and_the_folder_too()
    {
        if (OperatingSystem.IsWindows()) return;
        string folder = _folder.File("state");
        using Journal journal = Journal.Open(folder, new JournalOptions(), out _);
        StateFolder.Append(journal);
        journal.Sync();
        Assert.Equal("750", Mode(folder));
        Assert.Equal("640", Mode(Path.Combine(folder, "journal.jsonl")));
        Assert.Equal("600", Mode(Path.Combine(folder, "lock")));

        static string Mode(string path) => Convert.ToString((int)(OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path)), 8);
    }

    private static string Sum(string head) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(head)));

    private (int Code, string Output) Run(string python)
    {
        string[] files = [.. Directory.GetFiles(_folder.Path, "journal-0*.jsonl").Order(StringComparer.Ordinal), _folder.Live];
        using Process process = Process.Start(new ProcessStartInfo(python, ["-c", Check, .. files]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.Trim());
    }
}
