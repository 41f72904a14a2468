namespace FastCanary.Http;

/// <content>The status line: RFC 9112 section 4.</content>
public sealed partial class ResponseHead
{
    /// <summary>"HTTP/1.1 200".</summary>
    private const int CodeEnd = 12;

    private ParseStatus ParseLine(ReadOnlySpan<byte> buffer)
    {
        int lineBytesMax = Math.Min(_limits.LineBytesMax, _limits.HeadBytesMax);
        bool isLimit = buffer.Length >= lineBytesMax;
        ReadOnlySpan<byte> window = isLimit ? buffer[..lineBytesMax] : buffer;
        ParseStatus status = ParseLineWithin(window);
        return status == ParseStatus.NeedMore && isLimit ? Refuse(HttpFault.HeadTooLarge) : status;
    }

    private ParseStatus ParseLineWithin(ReadOnlySpan<byte> window)
    {
        _position = Scan.ValueEnd(window, _position);
        if (_position == window.Length) return ParseStatus.NeedMore;
        byte stop = window[_position];
        if (stop != ByteSets.Cr) return Refuse(stop switch { 0 => HttpFault.NulByte, ByteSets.Lf => HttpFault.BareLf, _ => HttpFault.BadStatusLine });
        if (_position + 1 >= window.Length) return ParseStatus.NeedMore;
        if (window[_position + 1] != ByteSets.Lf) return Refuse(HttpFault.BareCr);
        if (!TrySplitLine(window[.._position])) return Refuse(HttpFault.BadStatusLine);
        _state = ResponseState.Fields;
        _fields.Begin(_position + 2);
        return ParseStatus.Done;
    }

    /// <summary>The SP behind the status may be missing when there is no reason: many servers forget it, and nobody can read that differently.</summary>
    private bool TrySplitLine(ReadOnlySpan<byte> line)
    {
        if (line.Length < CodeEnd || !line.StartsWith("HTTP/1."u8) || line[8] != ByteSets.Space) return false;
        if (!char.IsAsciiDigit((char)line[7]) || !Decimal64.TryParse(line[9..CodeEnd], out long status) || status is < 100 or > 599) return false;
        MinorVersion = line[7] == (byte)'0' ? 0 : 1;
        Status = (int)status;
        if (line.Length == CodeEnd) return true;
        if (line[CodeEnd] != ByteSets.Space) return false;
        Reason = new ByteRange(CodeEnd + 1, line.Length - CodeEnd - 1);
        return true;
    }
}
