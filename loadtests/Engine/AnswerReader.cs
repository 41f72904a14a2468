using System.Buffers.Text;

namespace FastCanary.LoadTests.Engine;

/// <summary>
/// Reads one response after another from the bytes of a connection (RFC 9112): as much of it as a load generator needs, strictly.
/// A head has to be whole in the bytes it is given; the caller keeps an unfinished one and gives it again with more.
/// </summary>
internal sealed class AnswerReader(VersionNames versions)
{
    private enum Place
    {
        Head,
        Fixed,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailer,
        UntilClose,
    }

    private Place _place;
    private long _left;
    private bool _isVersionFromOrigin;

    public int Status { get; private set; }

    /// <summary>The number of the version that answered; the origin's own word goes before the proxy's.</summary>
    public int Version { get; private set; } = VersionNames.Unknown;

    /// <summary>Bytes of content so far.</summary>
    public long ContentBytes { get; private set; }

    /// <summary>Whether the connection ends with this response.</summary>
    public bool Closes { get; private set; }

    /// <summary>Whether the end of the connection is the end of the response.</summary>
    public bool EndsWithConnection => _place == Place.UntilClose;

    /// <summary>Begins with the next response.</summary>
    public void Begin()
    {
        (_place, _left, _isVersionFromOrigin) = (Place.Head, 0, false);
        (Status, Version, ContentBytes, Closes) = (0, VersionNames.Unknown, 0, false);
    }

    /// <summary>Reads on.</summary>
    /// <param name="data">Loses what was read; what is left has to be given again, with more behind it.</param>
    /// <returns>Whether the response is whole.</returns>
    /// <exception cref="FormatException">This is no response.</exception>
    public bool Read(ref ReadOnlySpan<byte> data)
    {
        while (true)
        {
            switch (_place)
            {
                case Place.Head:
                    int end = data.IndexOf("\r\n\r\n"u8);
                    if (end < 0) return false;
                    ReadHead(data[..(end + 2)]);
                    data = data[(end + 4)..];
                    if (_place == Place.Fixed && _left == 0) return true;
                    break;
                case Place.Fixed or Place.ChunkData:
                    int taken = (int)Math.Min(_left, data.Length);
                    data = data[taken..];
                    ContentBytes += taken;
                    _left -= taken;
                    if (_left > 0) return false;
                    if (_place == Place.Fixed) return true;
                    _place = Place.ChunkEnd;
                    break;
                case Place.UntilClose:
                    ContentBytes += data.Length;
                    data = [];
                    return false;
                case Place.ChunkSize:
                    if (!TryLine(ref data, out ReadOnlySpan<byte> line)) return false;
                    if (!Utf8Parser.TryParse(line, out _left, out int digits, 'x') || (digits < line.Length && line[digits] != ';')) throw new FormatException("chunk size");
                    _place = _left == 0 ? Place.Trailer : Place.ChunkData;
                    break;
                case Place.ChunkEnd:
                    if (!TryLine(ref data, out line)) return false;
                    if (!line.IsEmpty) throw new FormatException("chunk end");
                    _place = Place.ChunkSize;
                    break;
                case Place.Trailer:
                    if (!TryLine(ref data, out line)) return false;
                    if (line.IsEmpty) return true;
                    break;
            }
        }
    }

    private static bool TryLine(ref ReadOnlySpan<byte> data, out ReadOnlySpan<byte> line)
    {
        int end = data.IndexOf("\r\n"u8);
        line = end < 0 ? default : data[..end];
        if (end < 0) return false;
        data = data[(end + 2)..];
        return true;
    }

    private void ReadHead(ReadOnlySpan<byte> head)
    {
        _ = TryLine(ref head, out ReadOnlySpan<byte> line);
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || !Utf8Parser.TryParse(line.Slice(9, 3), out int status, out int read) || read != 3 || status is < 100 or > 999)
            throw new FormatException("status line");
        (Status, Closes) = (status, line[7] == '0');
        (long length, bool isChunked) = (-1, false);
        while (TryLine(ref head, out line))
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
        (_place, _left) = (isChunked, length) switch
        {
            _ when status is 204 or 304 => (Place.Fixed, 0),
            (true, _) => (Place.ChunkSize, 0),
            (false, >= 0) => (Place.Fixed, length),
            _ => (Place.UntilClose, 0),
        };
        Closes |= _place == Place.UntilClose;
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        if (text.Length < name.Length) return false;
        for (int i = 0; i < name.Length; i++)
            if ((text[i] | 0x20) != (name[i] | 0x20)) return false;
        return true;
    }
}
