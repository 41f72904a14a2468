using System.Buffers.Text;

namespace FastCanary.LoadTests.Engine;

/// <summary>Reads the content of a message from the bytes of a connection (RFC 9112, sections 6 and 7). What it cannot read yet the caller keeps, and gives again with more.</summary>
internal sealed class ContentReader
{
    private enum Place
    {
        Fixed,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailer,
        UntilClose,
    }

    private Place _place;
    private long _left;

    /// <summary>Gets the content; null: it is only counted.</summary>
    public ContentHandler? OnContent { get; set; }

    /// <summary>Bytes of content so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether the end of the connection is the end of the content.</summary>
    public bool EndsWithConnection => _place == Place.UntilClose;

    /// <summary>Begins with content of this length.</summary>
    public void BeginFixed(long length) => (_place, _left, Bytes) = (Place.Fixed, length, 0);

    /// <summary>Begins with chunked content.</summary>
    public void BeginChunked() => (_place, _left, Bytes) = (Place.ChunkSize, 0, 0);

    /// <summary>Begins with content that goes to the end of the connection.</summary>
    public void BeginUntilClose() => (_place, _left, Bytes) = (Place.UntilClose, 0, 0);

    /// <summary>Reads on.</summary>
    /// <param name="data">Loses what was read; what is left has to be given again, with more behind it.</param>
    /// <returns>Whether the content is whole.</returns>
    /// <exception cref="FormatException">This is no chunked content.</exception>
    public bool Read(ref ReadOnlySpan<byte> data)
    {
        while (true)
        {
            switch (_place)
            {
                case Place.Fixed or Place.ChunkData:
                    int taken = (int)Math.Min(_left, data.Length);
                    Take(data[..taken]);
                    data = data[taken..];
                    _left -= taken;
                    if (_left > 0) return false;
                    if (_place == Place.Fixed) return true;
                    _place = Place.ChunkEnd;
                    break;
                case Place.UntilClose:
                    Take(data);
                    data = [];
                    return false;
                case Place.ChunkSize:
                    if (!TryLine(ref data, out ReadOnlySpan<byte> line)) return false;
                    if (!Utf8Parser.TryParse(line, out _left, out int digits, 'x') || _left < 0 || (digits < line.Length && line[digits] != ';')) throw new FormatException("chunk size");
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

    /// <summary>A line without its end.</summary>
    /// <param name="data">Loses the line.</param>
    /// <param name="line">Empty if there is none.</param>
    /// <returns>Whether there is a whole one.</returns>
    public static bool TryLine(ref ReadOnlySpan<byte> data, out ReadOnlySpan<byte> line)
    {
        int end = data.IndexOf("\r\n"u8);
        line = end < 0 ? default : data[..end];
        if (end < 0) return false;
        data = data[(end + 2)..];
        return true;
    }

    private void Take(ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty) return;
        Bytes += content.Length;
        OnContent?.Invoke(content);
    }
}
