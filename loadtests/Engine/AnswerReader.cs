using System.Buffers.Text;

namespace FastCanary.LoadTests.Engine;

/// <summary>
/// Reads one response after another from the bytes of a connection (RFC 9112): as much of it as a load generator needs, strictly.
/// A head has to be whole in the bytes it is given; the caller keeps an unfinished one and gives it again with more.
/// </summary>
internal sealed class AnswerReader(VersionNames versions)
{
    private readonly ContentReader _content = new();
    private bool _isInContent;
    private bool _isVersionFromOrigin;

    public int Status { get; private set; }

    /// <summary>The number of the version that answered; the origin's own word goes before the proxy's.</summary>
    public int Version { get; private set; } = VersionNames.Unknown;

    /// <summary>Bytes of content so far.</summary>
    public long ContentBytes => _isInContent ? _content.Bytes : 0;

    /// <summary>Whether the connection ends with this response.</summary>
    public bool Closes { get; private set; }

    /// <summary>Whether the end of the connection is the end of the response.</summary>
    public bool EndsWithConnection => _isInContent && _content.EndsWithConnection;

    /// <summary>Begins with the next response.</summary>
    public void Begin()
    {
        (_isInContent, _isVersionFromOrigin) = (false, false);
        (Status, Version, Closes) = (0, VersionNames.Unknown, false);
    }

    /// <summary>Reads on.</summary>
    /// <param name="data">Loses what was read; what is left has to be given again, with more behind it.</param>
    /// <returns>Whether the response is whole.</returns>
    /// <exception cref="FormatException">This is no response.</exception>
    public bool Read(ref ReadOnlySpan<byte> data)
    {
        while (!_isInContent)
        {
            int end = data.IndexOf("\r\n\r\n"u8);
            if (end < 0) return false;
            ReadHead(data[..(end + 2)]);
            data = data[(end + 4)..];
        }

        return _content.Read(ref data);
    }

    private void ReadHead(ReadOnlySpan<byte> head)
    {
        _ = ContentReader.TryLine(ref head, out ReadOnlySpan<byte> line);
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || !Utf8Parser.TryParse(line.Slice(9, 3), out int status, out int read) || read != 3 || status is < 100 or > 999)
            throw new FormatException("status line");
        (Status, Closes) = (status, line[7] == '0');
        (long length, bool isChunked) = (-1, false);
        while (ContentReader.TryLine(ref head, out line))
        {
            int colon = line.IndexOf((byte)':');
            if (colon <= 0) throw new FormatException("header field");
            ReadOnlySpan<byte> value = line[(colon + 1)..].Trim(" \t"u8);
            switch (colon)
            {
                case 14 when Is(line, "content-length"u8):
                    if (!Utf8Parser.TryParse(value, out long told, out read) || read != value.Length || (length >= 0 && length != told)) throw new FormatException("Content-Length");
                    length = told;
                    break;
                case 17 when Is(line, "transfer-encoding"u8):
                    isChunked = Is(value, "chunked"u8);
                    break;
                case 10 when Is(line, "connection"u8):
                    Closes = Is(value, "close"u8);
                    break;
                case 16 when Is(line, "x-origin-version"u8):
                    (Version, _isVersionFromOrigin) = (versions.IndexOf(value), true);
                    break;
                case 16 when !_isVersionFromOrigin && Is(line, "x-canary-version"u8):
                    Version = versions.IndexOf(value);
                    break;
            }
        }

        // An interim response is followed by the one that counts; 204 and 304 have no content.
        if (status < 200) return;
        _isInContent = true;
        if (status is 204 or 304) _content.BeginFixed(0);
        else if (isChunked) _content.BeginChunked();
        else if (length >= 0) _content.BeginFixed(length);
        else _content.BeginUntilClose();
        Closes |= _content.EndsWithConnection;
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        if (text.Length < name.Length) return false;
        for (int i = 0; i < name.Length; i++)
            if ((text[i] | 0x20) != (name[i] | 0x20)) return false;
        return true;
    }
}
