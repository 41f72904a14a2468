using System.Globalization;

namespace FastCanary.Proxy.Tests.Soak;

/// <summary>Reads a body off a wire and checks every byte of it, without keeping any.</summary>
/// <param name="wire">Where its first byte comes next.</param>
/// <param name="key">Of its pattern.</param>
/// <param name="size">How long it is; never more.</param>
internal sealed class SoakBody(Wire wire, ulong key, int size)
{
    private readonly byte[] _window = new byte[16 << 10];

    /// <summary>Bytes of the body so far.</summary>
    public int Received { get; private set; }

    /// <summary>The framing has said that it is over.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Called before each piece; false: reads no further.</summary>
    public Func<SoakBody, bool>? Continues { get; init; }

    /// <summary>At most so much is read at a time.</summary>
    public int PieceMax { get; init; } = 16 << 10;

    public void ReadLength(long length)
    {
        if (length != size) throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"its length is said to be {length} and is {size}"));
        IsComplete = Take(length) && Received == size;
    }

    public void ReadChunks()
    {
        while (true)
        {
            var line = wire.ReadThrough("\r\n");
            if (!line.EndsWith("\r\n", StringComparison.Ordinal)) return;
            var chunk = long.Parse(line.AsSpan(0, line.Length - 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (chunk > 0 && !Take(chunk)) return;
            var end = wire.ReadText(2);
            if (end.Length < 2) return;
            if (end != "\r\n") throw new InvalidDataException($"a chunk does not end in CRLF but in {Convert.ToHexString([(byte)end[0], (byte)end[1]])}");
            if (chunk > 0) continue;
            IsComplete = true;
            if (Received != size) throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"it looks complete with {Received} of {size} bytes"));
            return;
        }
    }

    public void ReadToEnd()
    {
        Take(long.MaxValue);
        IsComplete = wire.End == EndKind.Closed;
        if (IsComplete && Received != size) throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"it looks complete with {Received} of {size} bytes"));
    }

    /// <returns>False where the connection ends before, or nobody wants more.</returns>
    private bool Take(long count)
    {
        while (count > 0)
        {
            if (Continues?.Invoke(this) == false) return false;
            var read = wire.ReadSome(_window.AsSpan(0, (int)Math.Min(count, Math.Min(PieceMax, _window.Length))));
            if (read == 0) return false;
            if (Received + read > size) throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"it has more than its {size} bytes"));
            SoakPattern.Verify(_window.AsSpan(0, read), key, Received);
            Received += read;
            count -= read;
        }

        return true;
    }
}
