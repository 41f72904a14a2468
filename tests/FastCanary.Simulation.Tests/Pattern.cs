namespace FastCanary.Simulation.Tests;

/// <summary>
/// The bytes of bodies. Every 16 of them name their exchange, direction and place, so that a byte which is lost, doubled, shifted or another exchange's is seen.
/// </summary>
internal static class Pattern
{
    private const int RecordBytes = 16;

    public static byte[] Make(int token, bool isAnswer, int length)
    {
        var bytes = new byte[length];
        Span<byte> record = stackalloc byte[RecordBytes];
        for (var at = 0; at < length; at += RecordBytes)
        {
            Write(record, token, isAnswer, at / RecordBytes);
            record[..Math.Min(RecordBytes, length - at)].CopyTo(bytes.AsSpan(at));
        }

        return bytes;
    }

    public static bool Matches(ReadOnlySpan<byte> bytes, int token, bool isAnswer, long offset)
    {
        Span<byte> record = stackalloc byte[RecordBytes];
        while (!bytes.IsEmpty)
        {
            Write(record, token, isAnswer, (int)(offset / RecordBytes));
            var within = record[(int)(offset % RecordBytes)..];
            var count = Math.Min(within.Length, bytes.Length);
            if (!bytes[..count].SequenceEqual(within[..count])) return false;
            bytes = bytes[count..];
            offset += count;
        }

        return true;
    }

    private static void Write(Span<byte> record, int token, bool isAnswer, int number)
    {
        record[0] = isAnswer ? (byte)'r' : (byte)'q';
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
