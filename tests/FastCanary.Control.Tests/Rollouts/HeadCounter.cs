namespace FastCanary.Control.Tests.Rollouts;

/// <summary>Counts the ends of heads in a stream, however it is cut.</summary>
internal sealed class HeadCounter
{
    private int _matched;

    /// <summary>How many heads end in these bytes.</summary>
    public int Count(ReadOnlySpan<byte> bytes)
    {
        int count = 0;
        foreach (byte value in bytes)
        {
            _matched = value == "\r\n\r\n"u8[_matched] ? _matched + 1 : value == (byte)'\r' ? 1 : 0;
            if (_matched < 4) continue;
            _matched = 0;
            count++;
        }

        return count;
    }
}
