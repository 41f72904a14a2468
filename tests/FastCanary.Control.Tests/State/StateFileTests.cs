using System.Security.Cryptography;
using System.Text;

namespace FastCanary.Control.Tests;

public sealed class StateFileTests : IDisposable
{
    private static readonly string[] Operations = ["create", "write", "flush", "move", "folder"];

    private readonly StateFolder _folder = new();

    private string FilePath => _folder.File("state.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read_and_has_the_documented_bytes()
    {
        StateFile file = Open();
        Assert.Equal(new StateFileRecovery(StateFileCondition.Missing, "", null), file.Read(out byte[] body, out long n));
        Assert.Empty(body);
        file.Write("{ \"weights\": {} }"u8, 42);
        const string Head = "{\"version\":1,\"journal\":42,\"body\":{ \"weights\": {} }";
        Assert.Equal(Head + ",\"sha256\":\"" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Head))) + "\"}", File.ReadAllText(FilePath));
        Assert.Equal(new StateFileRecovery(StateFileCondition.Good, "", null), file.Read(out body, out n));
        Assert.Equal(("{ \"weights\": {} }", 42), (Encoding.UTF8.GetString(body), n));
        file.Write("{}"u8, 43);
        Assert.Equal(StateFileCondition.Good, Open().Read(out body, out n).Condition);
        Assert.Equal(("{}", 43), (Encoding.UTF8.GetString(body), n));
        Assert.Equal(["state.json"], _folder.Names);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void A_file_that_is_truncated_anywhere_is_damaged()
    {
        Open().Write("{\"a\":{\"b\":1}}"u8, 7);
        byte[] whole = File.ReadAllBytes(FilePath);
        for (int length = 0; length < whole.Length; length++) AssertDamaged(whole[..length]);
        AssertDamaged([.. whole, (byte)'\n']);
        AssertDamaged([.. whole, .. whole]);
        AssertDamaged(new byte[whole.Length]);
    }

    [Theory]
    [InlineData(0x01)]
    [InlineData(0x20)]
    [InlineData(0x80)]
    [InlineData(0xFF)]
    public void A_file_in_which_a_byte_is_changed_is_damaged(byte flip)
    {
        Open().Write("{\"a\":{\"b\":1}}"u8, 7);
        byte[] whole = File.ReadAllBytes(FilePath);
        for (int index = 0; index < whole.Length; index++)
        {
            byte[] changed = [.. whole];
            changed[index] ^= flip;
            AssertDamaged(changed);
        }
    }

    [Fact]
    public void A_damaged_file_says_why()
    {
        Assert.Equal($"{FilePath} is no state of FastCanary's", AssertDamaged(""u8.ToArray()).Reason);
        Assert.Equal($"{FilePath} is of the unknown version 2", AssertDamaged("{\"version\":2}"u8.ToArray()).Reason);
        Assert.Equal($"{FilePath} is truncated", AssertDamaged("{\"version\":1,\"journal\":1,\"body\":{}"u8.ToArray()).Reason);
        Open().Write("{\"a\":1}"u8, 7);
        Assert.Equal($"{FilePath} does not have the sum that it names", AssertDamaged(Encoding.UTF8.GetBytes(File.ReadAllText(FilePath).Replace(":7,", ":8,"))).Reason);
        foreach (string head in new[] { "{\"version\":1,\"journal\":-1,\"body\":{}", "{\"version\":1,\"body\":{}", "{\"version\":1,\"journal\":1,\"body\":[]", "{\"version\":1,\"journal\":1,\"body\":{},\"x\":1" })
        {
            string content = head + ",\"sha256\":\"" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(head))) + "\"}";
            Assert.Equal($"{FilePath} has the right sum and another form", AssertDamaged(Encoding.UTF8.GetBytes(content)).Reason);
        }
        File.Delete(FilePath);
        Directory.CreateDirectory(FilePath);
        StateFileRecovery unreadable = Open().Read(out _, out _);
        Assert.Equal((StateFileCondition.Damaged, null), (unreadable.Condition, unreadable.KeptAs));
        Assert.StartsWith($"{FilePath} is unreadable: ", unreadable.Reason);
    }

    [Fact]
    public void A_damaged_file_stays_damaged_until_it_is_written_and_is_kept_once()
    {
        File.WriteAllText(FilePath, "damaged");
        string? kept = Open().Read(out _, out _).KeptAs;
        Assert.Equal(_folder.File("state-damaged-20261122T070000Z.json"), kept);
        Assert.Equal(new StateFileRecovery(StateFileCondition.Damaged, $"{FilePath} is no state of FastCanary's", kept), Open().Read(out _, out _));
        Assert.Equal(["state-damaged-20261122T070000Z.json", "state.json"], _folder.Names);
        StateFile file = Open();
        file.Write("{}"u8, 1);
        Assert.Equal(StateFileCondition.Good, file.Read(out _, out _).Condition);
        Assert.Equal("damaged", File.ReadAllText(kept!));

        for (int i = 0; i < 12; i++)
        {
            File.WriteAllText(FilePath, $"damaged {i}");
            Open().Read(out _, out _);
        }
        Assert.Equal(DamagedFiles.KeptMax, _folder.Names.Count(static name => name.StartsWith("state-damaged-", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_an_interrupted_write_left_is_removed()
    {
        Open().Write("{\"a\":1}"u8, 1);
        File.WriteAllText(_folder.File("state.json.new"), "{\"vers");
        StateFile file = Open();
        Assert.Equal(["state.json"], _folder.Names);
        Assert.Equal(StateFileCondition.Good, file.Read(out _, out _).Condition);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whichever_operation_of_a_write_fails_the_old_state_or_the_new_one_is_whole(bool isDone)
    {
        for (int failsAt = 1; failsAt <= Operations.Length; failsAt++)
        {
            Open().Write("{\"a\":1}"u8, 1);
            var disk = new FaultyDisk { IsDone = isDone };
            StateFile file = StateFile.Open(_folder.Path, disk, TimeProvider.System);
            disk.FailsAt = disk.Log.Count + failsAt;
            IOException failure = Assert.Throws<IOException>(() => file.Write("{\"a\":2}"u8, 2));
            Assert.Equal($"the state cannot be written to {FilePath}: No space left on device", failure.Message);
            Assert.Equal(Operations[..failsAt], disk.Log.Skip(1));
            Assert.Equal(StateFileCondition.Good, file.Read(out _, out long n).Condition);
            Assert.Equal(failsAt == 5 || (failsAt == 4 && isDone) ? 2 : 1, n);
            file.Write("{\"a\":3}"u8, 3);
            file.Read(out _, out n);
            Assert.Equal(3, n);
        }
    }

    [Fact]
    public void A_body_that_is_no_object_or_too_large_is_refused()
    {
        StateFile file = Open();
        Assert.Throws<ArgumentException>(() => file.Write("[]"u8, 1));
        Assert.Throws<ArgumentException>(() => file.Write("{}{}"u8, 1));
        Assert.Throws<ArgumentException>(() => file.Write("{"u8, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Write("{}"u8, -1));
        byte[] large = Encoding.UTF8.GetBytes("{\"a\":\"" + new string('x', StateFile.BodyBytesMax - 8) + "\"}");
        file.Write(large, 1);
        file.Read(out byte[] body, out _);
        Assert.Equal(large.Length, body.Length);
        Assert.Throws<ArgumentException>(() => file.Write([.. large, (byte)' '], 1));
        File.AppendAllText(FilePath, new string(' ', 1000));
        Assert.Contains("is too large", file.Read(out _, out _).Reason);
    }

    [Fact]
    public void Without_a_folder_there_is_none()
    {
        StateFile file = StateFile.Open(null);
        file.Write("{}"u8, 1);
        Assert.Equal(StateFileCondition.Missing, file.Read(out _, out _).Condition);
        Assert.Throws<ArgumentException>(() => file.Write("[]"u8, 1));
    }

    [Fact]
    public void A_folder_is_made_for_its_owner_and_group()
    {
        if (OperatingSystem.IsWindows()) return;
        string folder = _folder.File("new");
        StateFile.Open(folder).Write("{}"u8, 1);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute, File.GetUnixFileMode(folder));
    }

    private StateFile Open() => StateFile.Open(_folder.Path, new FaultyDisk(), StateFolder.Options.Time);

    private StateFileRecovery AssertDamaged(byte[] content)
    {
        File.WriteAllBytes(FilePath, content);
        StateFileRecovery recovery = Open().Read(out byte[] body, out long n);
        Assert.Equal(StateFileCondition.Damaged, recovery.Condition);
        Assert.Empty(body);
        Assert.Equal(0, n);
        return recovery;
    }
}
