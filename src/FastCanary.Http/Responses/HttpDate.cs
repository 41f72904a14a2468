using System.Buffers.Text;

namespace FastCanary.Http;

/// <summary>IMF-fixdate, the one form of a date that is generated (RFC 9110 section 5.6.7), as in <c>Sun, 06 Nov 1994 08:49:37 GMT</c>.</summary>
public static class HttpDate
{
    /// <summary>The length of every date.</summary>
    public const int Bytes = 29;

    /// <summary>Writes a time, without allocating.</summary>
    /// <param name="unixSeconds">Seconds since 1970-01-01T00:00:00Z.</param>
    /// <param name="destination">At least <see cref="Bytes"/> bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is outside the years 1 to 9999.</exception>
    /// <exception cref="ArgumentException">The destination is too small.</exception>
    public static void Write(long unixSeconds, Span<byte> destination)
    {
        DateTime time = DateTime.UnixEpoch.AddSeconds(unixSeconds);
        // R is RFC 1123's format, whatever the culture.
        if (!Utf8Formatter.TryFormat(time, destination, out _, 'R')) throw new ArgumentException("A date needs 29 bytes.", nameof(destination));
    }
}
