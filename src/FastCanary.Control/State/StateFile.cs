using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace FastCanary.Control;

/// <summary>
/// One JSON document on the disk, <c>state.json</c>, that is there as a whole or as it was before, whatever happens while it is written: a new file is written, flushed, renamed over the old one,
/// and the folder flushed.
/// </summary>
/// <remarks>
/// <para>
/// Its bytes are <c>{"version":1,"journal":N,"body":{...},"sha256":"HEX"}</c>, in this order, without spaces between the members and without a line feed behind; the sum is that of all bytes before
/// <c>,"sha256":</c>, in lower-case digits.
/// </para>
/// <para>
/// A damaged file stays where it is until the next <see cref="Write"/>, and a copy of it is kept besides: who starts, finds it damaged and dies before it writes must not find it missing the next time.
/// </para>
/// <para>Any thread; the folder is the caller's alone (<see cref="FolderLock"/>, which an open <see cref="Journal"/> holds).</para>
/// </remarks>
internal sealed class StateFile
{
    /// <summary>The file's name.</summary>
    public const string Name = "state.json";

    /// <summary>The most that a body may have.</summary>
    public const int BodyBytesMax = 16 << 20;

    private const string NewName = "state.json.new";
    private const int SumBytes = 11 + HashText.Digits + 2;
    private const int FrameBytesMax = 128;

    private readonly string? _folder;
    private readonly IDisk _disk;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();

    private StateFile(string? folder, IDisk disk, TimeProvider time)
    {
        _folder = folder;
        _disk = disk;
        _time = time;
    }

    private string FilePath => Path.Combine(_folder!, Name);

    private string NewPath => Path.Combine(_folder!, NewName);

    /// <summary>Makes the folder if it does not exist, and removes what an interrupted <see cref="Write"/> left.</summary>
    /// <param name="folder">Null: nothing is kept; it is always missing.</param>
    /// <exception cref="IOException">The folder cannot be made or written to.</exception>
    public static StateFile Open(string? folder) => Open(folder, Disk.Instance, TimeProvider.System);

    /// <inheritdoc cref="Open(string?)"/>
    public static StateFile Open(string? folder, IDisk disk, TimeProvider time)
    {
        var file = new StateFile(folder, disk, time);
        if (folder is null) return file;
        try
        {
            Disk.CreateFolder(folder);
            disk.Delete(file.NewPath);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{folder} cannot be used for the state: {failure.Message}", failure);
        }
        return file;
    }

    /// <summary>Replaces the document; it is durable when this returns.</summary>
    /// <param name="body">A JSON object, UTF-8.</param>
    /// <param name="journalN">The number of the last journal entry that it contains; 0 for none.</param>
    /// <exception cref="ArgumentException">The body is no JSON object, or larger than <see cref="BodyBytesMax"/>.</exception>
    /// <exception cref="IOException">It could not be written: what was there before is there still, or, if only the flush of the folder failed, what should be.</exception>
    public void Write(ReadOnlySpan<byte> body, long journalN)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(journalN);
        if (body.Length > BodyBytesMax) throw new ArgumentException($"A state of {body.Length} bytes; at most {BodyBytesMax} are kept.", nameof(body));
        if (!IsObject(body)) throw new ArgumentException("A state has to be one JSON object.", nameof(body));
        if (_folder is null) return;
        byte[] content = Compose(body, journalN);
        lock (_lock)
        {
            try
            {
                using (SafeFileHandle file = _disk.Create(NewPath))
                {
                    _disk.Write(file, content, 0);
                    _disk.Flush(file);
                }
                _disk.Move(NewPath, FilePath);
                _disk.FlushFolder(_folder);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new IOException($"the state cannot be written to {FilePath}: {failure.Message}", failure);
            }
        }
    }

    /// <summary>Reads the document.</summary>
    /// <param name="body">The body's bytes as they were written; empty unless the file is good.</param>
    /// <param name="journalN">As it was written; 0 unless the file is good.</param>
    /// <returns>What was found; a file that cannot be read is damaged, and nothing is thrown for it.</returns>
    public StateFileRecovery Read(out byte[] body, out long journalN)
    {
        body = [];
        journalN = 0;
        if (_folder is null) return new StateFileRecovery(StateFileCondition.Missing, "", KeptAs: null);
        lock (_lock)
        {
            byte[] content;
            try
            {
                using SafeFileHandle file = Disk.OpenForReading(FilePath);
                long length = RandomAccess.GetLength(file);
                if (length > BodyBytesMax + FrameBytesMax) return new StateFileRecovery(StateFileCondition.Damaged, $"{FilePath} is too large: {length} bytes", KeptAs: null);
                content = new byte[length];
                int count = 0;
                while (count < content.Length && RandomAccess.Read(file, content.AsSpan(count), count) is > 0 and var read) count += read;
                content = content[..count];
            }
            catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
            {
                return new StateFileRecovery(StateFileCondition.Missing, "", KeptAs: null);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                return new StateFileRecovery(StateFileCondition.Damaged, $"{FilePath} is unreadable: {failure.Message}", KeptAs: null);
            }

            if (Parse(content, out Range bodyRange, out journalN) is { } reason) return new StateFileRecovery(StateFileCondition.Damaged, $"{FilePath} {reason}", Keep(content));
            body = content[bodyRange];
            return new StateFileRecovery(StateFileCondition.Good, "", KeptAs: null);
        }
    }

    private static byte[] Compose(ReadOnlySpan<byte> body, long journalN)
    {
        byte[] head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"version\":1,\"journal\":{journalN},\"body\":"));
        byte[] content = new byte[head.Length + body.Length + SumBytes];
        head.CopyTo(content, 0);
        body.CopyTo(content.AsSpan(head.Length));
        Span<byte> sum = content.AsSpan(head.Length + body.Length);
        ",\"sha256\":\""u8.CopyTo(sum);
        HashText.Write(content.AsSpan(0, head.Length + body.Length), sum[11..^2]);
        "\"}"u8.CopyTo(sum[^2..]);
        return content;
    }

    // Null where it is good. The version comes first: of another one nothing else is known.
    private static string? Parse(ReadOnlySpan<byte> content, out Range body, out long journalN)
    {
        body = default;
        journalN = 0;
        ReadOnlySpan<byte> rest = content;
        if (!TryTake(ref rest, "{\"version\":"u8, out long version)) return "is no state of FastCanary's";
        if (version != 1) return string.Create(CultureInfo.InvariantCulture, $"is of the unknown version {version}");
        if (!content.EndsWith("\"}"u8) || content.Length < SumBytes || !content[^SumBytes..].StartsWith(",\"sha256\":\""u8)) return "is truncated";
        ReadOnlySpan<byte> summed = content[..^SumBytes];
        Span<byte> digits = stackalloc byte[HashText.Digits];
        HashText.Write(summed, digits);
        if (!digits.SequenceEqual(content[(summed.Length + 11)..^2])) return "does not have the sum that it names";
        rest = summed[(content.Length - rest.Length)..];
        if (!TryTake(ref rest, ",\"journal\":"u8, out long number) || number < 0 || !rest.StartsWith(",\"body\":"u8) || !IsObject(rest[8..])) return "has the right sum and another form";
        journalN = number;
        body = (summed.Length - rest.Length + 8)..summed.Length;
        return null;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> name, out long value)
    {
        value = 0;
        if (!rest.StartsWith(name) || !Utf8Parser.TryParse(rest[name.Length..], out value, out int count)) return false;
        rest = rest[(name.Length + count)..];
        return true;
    }

    private static bool IsObject(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // The newest copy may be of the same content, from a start that did not come to write.
    private string? Keep(byte[] content)
    {
        try
        {
            if (DamagedFiles.List(_folder!, "state", "json").LastOrDefault() is { } newest && File.ReadAllBytes(newest).AsSpan().SequenceEqual(content)) return newest;
            string path = DamagedFiles.NewPath(_folder!, "state", "json", _time.GetUtcNow());
            using (SafeFileHandle file = _disk.Create(path))
                _disk.Write(file, content, 0);
            DamagedFiles.Trim(_folder!, "state", "json");
            return path;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
