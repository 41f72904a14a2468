using System.Text;

namespace FastCanary.Http;

/// <content>The request line: RFC 9112 sections 2.2 and 3.</content>
public sealed partial class RequestHead
{
    /// <summary>
    /// Empty lines that are skipped before a request line: old clients send one after a POST (RFC 9112 section 2.2).
    /// An empty line is CRLF or LF: it is not passed on, so nobody behind the proxy can read it differently.
    /// </summary>
    private const int EmptyLinesMax = 4;

    /// <summary>"HTTP/1.1" and its CRLF.</summary>
    private const int VersionLineBytes = 10;

    /// <summary>Reads on to the end of the request line.</summary>
    private ParseStatus ParseLine(ReadOnlySpan<byte> buffer)
    {
        if (_state == RequestState.Start)
        {
            ParseStatus start = SkipEmptyLines(buffer);
            if (start != ParseStatus.Done) return start;
        }

        // The window ends where the line may not go on, so a line too long is one however it arrives.
        int lineBytesMax = Math.Min(_limits.LineBytesMax, _limits.HeadBytesMax - _lineStart);
        bool isLimit = buffer.Length - _lineStart >= lineBytesMax;
        ReadOnlySpan<byte> window = isLimit ? buffer[..(_lineStart + Math.Max(lineBytesMax, 0))] : buffer;
        ParseStatus status = ParseLineWithin(window);
        return status == ParseStatus.NeedMore && isLimit ? Refuse(HttpFault.TargetTooLong) : status;
    }

    private ParseStatus SkipEmptyLines(ReadOnlySpan<byte> buffer)
    {
        while (true)
        {
            if (_position >= buffer.Length) return ParseStatus.NeedMore;
            byte first = buffer[_position];
            if (first is not (ByteSets.Cr or ByteSets.Lf)) break;
            if (_emptyLines == EmptyLinesMax) return Refuse(HttpFault.BadRequestLine);
            if (first == ByteSets.Cr)
            {
                if (_position + 1 >= buffer.Length) return ParseStatus.NeedMore;
                if (buffer[_position + 1] != ByteSets.Lf) return Refuse(HttpFault.BareCr);
                _position++;
            }

            _position++;
            _emptyLines++;
        }

        _lineStart = _tokenStart = _position;
        _state = RequestState.Method;
        return ParseStatus.Done;
    }

    private ParseStatus ParseLineWithin(ReadOnlySpan<byte> window)
    {
        if (_state == RequestState.Method)
        {
            int end = Scan.TokenEnd(window, _position);
            if (end == window.Length) return Suspend(window);
            if (window[end] != ByteSets.Space || end == _tokenStart) return Refuse(LineFault(window[end], HttpFault.BadMethod));
            MethodName = new ByteRange(_tokenStart, end - _tokenStart);
            Method = HttpMethods.Of(MethodName.Of(window));
            if (Method is HttpMethod.Connect or HttpMethod.Trace) return Refuse(HttpFault.MethodNotAllowed);
            _tokenStart = _position = end + 1;
            _state = RequestState.Target;
        }

        if (_state == RequestState.Target)
        {
            int rest = window[_position..].IndexOfAnyExcept(ByteSets.Target);
            if (rest < 0) return Suspend(window);
            int end = _position + rest;
            if (window[end] != ByteSets.Space || end == _tokenStart) return Refuse(LineFault(window[end], HttpFault.BadTarget));
            Target = new ByteRange(_tokenStart, end - _tokenStart);
            HttpFault fault = SplitTarget(Target.Of(window));
            if (fault != HttpFault.None) return Refuse(fault);
            _tokenStart = _position = end + 1;
            _state = RequestState.Version;
        }

        return ParseVersion(window);
    }

    private ParseStatus ParseVersion(ReadOnlySpan<byte> window)
    {
        ReadOnlySpan<byte> rest = window[_tokenStart..];
        int bytes = VersionLineBytes;
        if (rest.Length < VersionLineBytes || !rest.StartsWith("HTTP/1.1\r\n"u8))
        {
            _position = Scan.ValueEnd(window, _position);
            if (_position == window.Length) return ParseStatus.NeedMore;
            if (window[_position] != ByteSets.Cr) return Refuse(LineFault(window[_position], HttpFault.BadRequestLine));
            if (_position + 1 >= window.Length) return ParseStatus.NeedMore;
            if (window[_position + 1] != ByteSets.Lf) return Refuse(HttpFault.BareCr);
            HttpFault fault = JudgeVersion(window[_tokenStart.._position]);
            if (fault != HttpFault.None) return Refuse(fault);
            bytes = _position + 2 - _tokenStart;
        }

        _position = _tokenStart + bytes;
        _state = RequestState.Fields;
        _fields.Begin(_position);
        return ParseStatus.Done;
    }

    /// <summary>HTTP-version = "HTTP/" DIGIT "." DIGIT, case-sensitive (RFC 9112 section 2.3).</summary>
    private HttpFault JudgeVersion(ReadOnlySpan<byte> version)
    {
        if (version.Length != 8 || !version.StartsWith("HTTP/"u8) || version[6] != (byte)'.') return HttpFault.BadRequestLine;
        byte major = version[5], minor = version[7];
        if (!char.IsAsciiDigit((char)major) || !char.IsAsciiDigit((char)minor)) return HttpFault.BadRequestLine;
        if (major != (byte)'1') return HttpFault.UnsupportedVersion;
        MinorVersion = minor == (byte)'0' ? 0 : 1;
        return HttpFault.None;
    }

    /// <summary>Finds the target's form and parts (RFC 9112 section 3.2); all its bytes are known to be allowed in a target.</summary>
    private HttpFault SplitTarget(ReadOnlySpan<byte> target)
    {
        if (target[0] == (byte)'/')
        {
            SplitPath(target, 0);
            return HttpFault.None;
        }

        if (target[0] == (byte)'*')
        {
            Path = Target;
            return target.Length == 1 && Method == HttpMethod.Options ? HttpFault.None : HttpFault.BadTarget;
        }

        int schemeBytes = SchemeBytes(target);
        if (schemeBytes == 0) return HttpFault.BadTarget;
        int authorityLength = target[schemeBytes..].IndexOfAny((byte)'/', (byte)'?');
        if (authorityLength < 0) authorityLength = target.Length - schemeBytes;
        if (!HostSyntax.IsValid(target.Slice(schemeBytes, authorityLength))) return HttpFault.BadHost;
        TargetAuthority = new ByteRange(Target.Start + schemeBytes, authorityLength);
        SplitPath(target, schemeBytes + authorityLength);
        return HttpFault.None;
    }

    private void SplitPath(ReadOnlySpan<byte> target, int pathStart)
    {
        int pathLength = target[pathStart..].IndexOf((byte)'?');
        if (pathLength < 0)
        {
            Path = new ByteRange(Target.Start + pathStart, target.Length - pathStart);
            return;
        }

        Path = new ByteRange(Target.Start + pathStart, pathLength);
        int queryStart = pathStart + pathLength + 1;
        Query = new ByteRange(Target.Start + queryStart, target.Length - queryStart);
    }

    /// <summary>Schemes are case-insensitive (RFC 9110 section 4.2.3).</summary>
    private static int SchemeBytes(ReadOnlySpan<byte> target)
    {
        if (target.Length >= 7 && Ascii.EqualsIgnoreCase(target[..7], "http://"u8)) return 7;
        return target.Length >= 8 && Ascii.EqualsIgnoreCase(target[..8], "https://"u8) ? 8 : 0;
    }

    private static HttpFault LineFault(byte stop, HttpFault otherwise) => stop switch
    {
        0 => HttpFault.NulByte,
        ByteSets.Lf => HttpFault.BareLf,
        ByteSets.Cr => HttpFault.BadRequestLine,
        _ => otherwise,
    };

    private ParseStatus Suspend(ReadOnlySpan<byte> window)
    {
        _position = window.Length;
        return ParseStatus.NeedMore;
    }
}
