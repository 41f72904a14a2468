using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using FastCanary.LoadTests.Engine;

namespace FastCanary.LoadTests.Stage;

/// <summary>An endpoint's connection: one request after another, content piece by piece.</summary>
/// <param name="socket">Stays the caller's.</param>
/// <param name="bufferBytes">How much is received at a time; a head has to fit.</param>
internal sealed class OriginConnection(Socket socket, int bufferBytes) : IDisposable
{
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(bufferBytes);
    private int _begin;
    private int _end;

    public NetworkStream Stream { get; } = new(socket, ownsSocket: false);

    /// <summary>Whether bytes were received that nobody has read.</summary>
    public bool HasRest => _end > _begin;

    /// <summary>Waits for the head of the next request.</summary>
    /// <returns>Null where the peer has closed instead.</returns>
    /// <exception cref="FormatException">It is no request.</exception>
    public async Task<OriginRequest?> ReadRequestAsync(CancellationToken cancel)
    {
        while (true)
        {
            int end = _buffer.AsSpan(_begin, _end - _begin).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                OriginRequest request = ParseHead(Encoding.Latin1.GetString(_buffer, _begin, end));
                _begin += end + 4;
                return request;
            }

            if (await ReceiveAsync(cancel)) continue;
            return HasRest ? throw new EndOfStreamException("the connection ends in a request") : null;
        }
    }

    /// <summary>Reads the content of a request.</summary>
    /// <param name="request">Whose.</param>
    /// <param name="onContent">Gets it.</param>
    /// <param name="onPiece">Called after each piece with the count so far; may wait, and nothing more is received meanwhile.</param>
    /// <param name="cancel">Breaks it off.</param>
    public async Task ReadContentAsync(OriginRequest request, ContentHandler onContent, Func<long, Task> onPiece, CancellationToken cancel)
    {
        var content = new ContentReader { OnContent = onContent };
        if (request.IsChunked) content.BeginChunked();
        else content.BeginFixed(long.Parse(request.Fields.GetValueOrDefault("Content-Length", "0"), NumberStyles.None, CultureInfo.InvariantCulture));
        while (!Read(content))
        {
            await onPiece(content.Bytes);
            if (!await ReceiveAsync(cancel)) throw new EndOfStreamException("the connection ends in the content of a request");
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        Stream.Dispose();
    }

    private static OriginRequest ParseHead(string head)
    {
        string[] lines = head.Split("\r\n");
        string[] start = lines[0].Split(' ');
        if (start.Length != 3) throw new FormatException("request line");
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines.Skip(1))
        {
            int colon = line.IndexOf(':');
            if (colon <= 0) throw new FormatException("header field");
            fields[line[..colon]] = line[(colon + 1)..].Trim();
        }

        return new OriginRequest(start[0], start[1], fields);
    }

    private bool Read(ContentReader content)
    {
        ReadOnlySpan<byte> data = _buffer.AsSpan(_begin, _end - _begin);
        bool isWhole = content.Read(ref data);
        _begin = _end - data.Length;
        return isWhole;
    }

    private async ValueTask<bool> ReceiveAsync(CancellationToken cancel)
    {
        if (_begin == _end) (_begin, _end) = (0, 0);
        if (_end == _buffer.Length)
        {
            if (_begin == 0) throw new FormatException("a head or a line that is too long");
            _buffer.AsSpan(_begin, _end - _begin).CopyTo(_buffer);
            (_begin, _end) = (0, _end - _begin);
        }

        int read = await Stream.ReadAsync(_buffer.AsMemory(_end), cancel);
        _end += read;
        return read > 0;
    }
}
