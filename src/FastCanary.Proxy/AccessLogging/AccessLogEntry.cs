using FastCanary.Http;
using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <summary>
/// What of a request's head goes into its line of the access log: copied when the request begins, because the head leaves the client's buffer before the response ends. Belongs to an
/// <see cref="Exchange"/> and is used again. What is longer than its bound is cut.
/// </summary>
internal sealed class AccessLogEntry
{
    private const int MethodBytesMax = 32;
    private const int HostBytesMax = 255 + 6;
    private const int PathBytesMax = 4096;
    private const int QueryBytesMax = 2048;
    private const int FieldBytesMax = 1024;

    private byte[] _bytes = new byte[512];
    private int _length;
    private ByteRange _client;
    private ByteRange _method;
    private ByteRange _host;
    private ByteRange _path;
    private ByteRange _query;
    private ByteRange _referer;
    private ByteRange _userAgent;
    private int _minorVersion;

    /// <param name="request">Parsed, or as far as it could be.</param>
    /// <param name="received">The bytes that it was parsed from.</param>
    /// <param name="client">Who has sent it.</param>
    /// <param name="withQuery">Whether queries may be written.</param>
    public void Take(RequestHead request, ReadOnlySpan<byte> received, in PeerAddress client, bool withQuery)
    {
        Span<byte> text = stackalloc byte[PeerAddress.TextBytesMax];
        _length = 0;
        _client = Add(text[..client.Format(text)], PeerAddress.TextBytesMax);
        _method = Add(request.MethodName.Of(received), MethodBytesMax);
        _host = Add(request.Authority.Of(received), HostBytesMax);
        _path = Add(request.Path.Of(received), PathBytesMax);
        _query = withQuery ? Add(request.Query.Of(received), QueryBytesMax) : default;
        _minorVersion = request.MinorVersion;
        var referer = FieldOf(request, received, "referer"u8);
        if (!withQuery && referer.IndexOfAny((byte)'?', (byte)'#') is >= 0 and var end) referer = referer[..end];
        _referer = Add(referer, FieldBytesMax);
        _userAgent = Add(FieldOf(request, received, "user-agent"u8), FieldBytesMax);
    }

    /// <summary>Tells what was taken.</summary>
    public void Fill(ref AccessLogLine line)
    {
        line.Client = _client.Of(_bytes);
        line.Method = _method.Of(_bytes);
        line.Host = _host.Of(_bytes);
        line.Path = _path.Of(_bytes);
        line.Query = _query.Of(_bytes);
        line.MinorVersion = _minorVersion;
        line.Referer = _referer.Of(_bytes);
        line.UserAgent = _userAgent.Of(_bytes);
    }

    private static ReadOnlySpan<byte> FieldOf(RequestHead request, ReadOnlySpan<byte> received, ReadOnlySpan<byte> name)
    {
        var line = request.FindField(received, name);
        return line < 0 ? default : request.FieldValueAt(line).Of(received);
    }

    private ByteRange Add(ReadOnlySpan<byte> text, int bytesMax)
    {
        if (text.Length > bytesMax) text = text[..bytesMax];
        if (text.Length > _bytes.Length - _length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + text.Length));
        text.CopyTo(_bytes.AsSpan(_length));
        var range = new ByteRange(_length, text.Length);
        _length += text.Length;
        return range;
    }
}
