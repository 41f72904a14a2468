namespace FastCanary.LoadTests.Exchanges;

/// <summary>Compares content, as it arrives, with what it has to be.</summary>
/// <param name="pattern">What it has to be.</param>
/// <param name="length">In bytes.</param>
internal sealed class BodyCheck(BodyPattern pattern, long length)
{
    /// <summary>Bytes that have arrived.</summary>
    public long Position { get; private set; }

    /// <summary>Where the first byte is that is wrong or too many; -1 if there is none.</summary>
    public long WrongAt { get; private set; } = -1;

    /// <summary>What is wrong with the content now that it has ended; null if nothing is.</summary>
    public string? Fault =>
        WrongAt >= 0 && WrongAt < length ? $"byte {WrongAt} of {length} is wrong"
        : Position > length ? $"{Position} bytes, not {length}"
        : Position < length ? $"ends after {Position} of {length} bytes"
        : null;

    /// <summary>Takes what comes next.</summary>
    public void Take(ReadOnlySpan<byte> data)
    {
        if (WrongAt < 0)
        {
            int within = (int)Math.Min(length - Position, data.Length);
            int difference = pattern.FirstDifference(Position, data[..within]);
            if (difference >= 0) WrongAt = Position + difference;
            else if (within < data.Length) WrongAt = length;
        }

        Position += data.Length;
    }
}
