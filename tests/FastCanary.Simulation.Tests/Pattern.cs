namespace FastCanary.Simulation.Tests;

/// <summary>
/// The bytes of bodies. Every 16 of them name their exchange, direction, try and place, so that a byte which is lost, doubled, shifted or another exchange's is seen.
/// </summary>
internal static class Pattern
{
    /// <summary>The first byte of each record of a request's body.</summary>
    public const char Request = 'q';

    private const int RecordBytes = 16;

    /// <summary>The first byte of each record of the answer to one try.</summary>
    public static char Answer(int attempt) => (char)('A' + (attempt % 26));

    public static byte[] Make(int token, char kind, int length)
    {
        var bytes = new byte[length];
        Span<byte> record = stackalloc byte[RecordBytes];
        for (var at = 0; at < length; at += RecordBytes)
        {
            Write(record, token, kind, at / RecordBytes);
            record[..Math.Min(RecordBytes, length - at)].CopyTo(bytes.AsSpan(at));
        }

        return bytes;
    }

    public static bool Matches(ReadOnlySpan<byte> bytes, int token, char kind, long offset)
    {
        Span<byte> record = stackalloc byte[RecordBytes];
        while (!bytes.IsEmpty)
        {
            Write(record, token, kind, (int)(offset / RecordBytes));
            var within = record[(int)(offset % RecordBytes)..];
            var count = Math.Min(within.Length, bytes.Length);
            if (!bytes[..count].SequenceEqual(within[..count])) return false;
            bytes = bytes[count..];
            offset += count;
        }

        return true;
    }

    private static void Write(Span<byte> record, int token, char kind, int number)
    {
        record[0] = (byte)kind;
        Hex(record.Slice(1, 6), token);
        record[7] = (byte)':';
        Hex(record.Slice(8, 7), number);
        record[15] = (byte)'\n';
    }

    private static void Hex(Span<byte> to, int value)
    {
        for (var i = to.Length - 1; i >= 0; i--, value >>= 4) to[i] = "0123456789abcdef"u8[value & 15];
    }
}
