namespace FastCanary.Proxy;

/// <summary>A line of the access log as a JSON object. Its keys are always the same, in the same order; what there is not is null. No allocation.</summary>
internal static class JsonFormat
{
    /// <summary>Writes the line, its line end included, and says how many bytes it took.</summary>
    /// <param name="line">What it tells.</param>
    /// <param name="destination">At least <see cref="AccessLogLine.BytesMax"/>.</param>
    public static int Write(in AccessLogLine line, Span<byte> destination)
    {
        var to = new LineBuffer(destination);
        to.Append("{\"time\":\""u8);
        AppendTime(ref to, line.UnixMs);
        to.Append("\",\"request_id\":"u8);
        AppendText(ref to, line.RequestId);
        to.Append(",\"client\":"u8);
        AppendText(ref to, line.Client);
        to.Append(",\"method\":"u8);
        AppendText(ref to, line.Method);
        to.Append(",\"host\":"u8);
        AppendText(ref to, line.Host);
        to.Append(",\"path\":"u8);
        AppendTarget(ref to, line);
        to.Append(",\"protocol\":"u8);
        if (line.Method.IsEmpty) to.Append("null"u8);
        else to.Append(line.MinorVersion == 0 ? "\"HTTP/1.0\""u8 : "\"HTTP/1.1\""u8);
        to.Append(",\"status\":"u8);
        AppendNumber(ref to, line.Status, isThere: line.Status != 0);
        to.Append(",\"bytes_in\":"u8);
        to.AppendNumber(line.BytesIn);
        to.Append(",\"bytes_out\":"u8);
        to.AppendNumber(line.BytesOut);
        to.Append(",\"duration\":"u8);
        to.AppendSeconds(line.DurationMicros);
        to.Append(",\"upstream_time\":"u8);
        if (line.UpstreamMicros < 0) to.Append("null"u8);
        else to.AppendSeconds(line.UpstreamMicros);
        to.Append(",\"service\":"u8);
        AppendText(ref to, line.Service);
        to.Append(",\"version\":"u8);
        AppendText(ref to, line.Version);
        to.Append(",\"served_by\":"u8);
        AppendText(ref to, line.ServedBy);
        to.Append(",\"endpoint\":"u8);
        AppendText(ref to, line.Endpoint);
        to.Append(",\"rule\":"u8);
        AppendNumber(ref to, line.Rule, isThere: line.Rule >= 0);
        to.Append(",\"retries\":"u8);
        to.AppendNumber(line.Retries);
        to.Append(",\"outcome\":\""u8);
        to.Append(OutcomeNames.Of(line.Outcome));
        to.Append("\",\"user_agent\":"u8);
        AppendText(ref to, line.UserAgent);
        to.Append("}\n"u8);
        return to.Length;
    }

    // RFC 3339 with milliseconds, UTC.
    private static void AppendTime(ref LineBuffer to, long unixMs)
    {
        var time = DateTime.UnixEpoch.AddTicks(unixMs * TimeSpan.TicksPerMillisecond);
        to.AppendPadded(time.Year, 4);
        to.Append((byte)'-');
        to.AppendPadded(time.Month, 2);
        to.Append((byte)'-');
        to.AppendPadded(time.Day, 2);
        to.Append((byte)'T');
        to.AppendPadded(time.Hour, 2);
        to.Append((byte)':');
        to.AppendPadded(time.Minute, 2);
        to.Append((byte)':');
        to.AppendPadded(time.Second, 2);
        to.Append((byte)'.');
        to.AppendPadded(time.Millisecond, 3);
        to.Append((byte)'Z');
    }

    private static void AppendText(ref LineBuffer to, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            to.Append("null"u8);
            return;
        }

        to.Append((byte)'"');
        to.AppendJson(text);
        to.Append((byte)'"');
    }

    private static void AppendTarget(ref LineBuffer to, in AccessLogLine line)
    {
        if (line.Query.IsEmpty)
        {
            AppendText(ref to, line.Path);
            return;
        }

        to.Append((byte)'"');
        to.AppendJson(line.Path);
        to.Append((byte)'?');
        to.AppendJson(line.Query);
        to.Append((byte)'"');
    }

    private static void AppendNumber(ref LineBuffer to, int value, bool isThere)
    {
        if (isThere) to.AppendNumber(value);
        else to.Append("null"u8);
    }
}
