namespace FastCanary.Proxy;

/// <summary>A line of the access log in the combined format, as nginx writes it: <c>client - - [time] "request" status bytes "referer" "user agent"</c>. No allocation.</summary>
internal static class CombinedFormat
{
    // nginx's own number for a client that has gone before it could be told anything; readers of this format expect one.
    private const int ClientClosedRequest = 499;

    private static ReadOnlySpan<byte> Months => "JanFebMarAprMayJunJulAugSepOctNovDec"u8;

    /// <summary>Writes the line, its line end included, and says how many bytes it took.</summary>
    /// <param name="line">What it tells.</param>
    /// <param name="destination">At least <see cref="AccessLogLine.BytesMax"/>.</param>
    public static int Write(in AccessLogLine line, Span<byte> destination)
    {
        var to = new LineBuffer(destination);
        to.Append(line.Client);
        // No user: that would be a part of Authorization.
        to.Append(" - - ["u8);
        AppendTime(ref to, line.UnixMs);
        to.Append("] \""u8);
        AppendRequest(ref to, line);
        to.Append("\" "u8);
        to.AppendNumber(line.Status == 0 ? ClientClosedRequest : line.Status);
        to.Append((byte)' ');
        to.AppendNumber(line.BytesOut);
        to.Append(" \""u8);
        AppendText(ref to, line.Referer);
        to.Append("\" \""u8);
        AppendText(ref to, line.UserAgent);
        to.Append("\"\n"u8);
        return to.Length;
    }

    private static void AppendTime(ref LineBuffer to, long unixMs)
    {
        var time = DateTime.UnixEpoch.AddTicks(unixMs * TimeSpan.TicksPerMillisecond);
        to.AppendPadded(time.Day, 2);
        to.Append((byte)'/');
        to.Append(Months.Slice((time.Month - 1) * 3, 3));
        to.Append((byte)'/');
        to.AppendPadded(time.Year, 4);
        to.Append((byte)':');
        to.AppendPadded(time.Hour, 2);
        to.Append((byte)':');
        to.AppendPadded(time.Minute, 2);
        to.Append((byte)':');
        to.AppendPadded(time.Second, 2);
        to.Append(" +0000"u8);
    }

    private static void AppendRequest(ref LineBuffer to, in AccessLogLine line)
    {
        AppendText(ref to, line.Method);
        if (line.Method.IsEmpty) return;
        to.Append((byte)' ');
        AppendText(ref to, line.Path);
        if (!line.Query.IsEmpty)
        {
            to.Append((byte)'?');
            to.AppendHexEscaped(line.Query);
        }

        to.Append(line.MinorVersion == 0 ? " HTTP/1.0"u8 : " HTTP/1.1"u8);
    }

    private static void AppendText(ref LineBuffer to, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) to.Append((byte)'-');
        else to.AppendHexEscaped(text);
    }
}
