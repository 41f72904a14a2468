using System.Globalization;
using System.Text;

namespace FastCanary.Proxy.Tests;

/// <summary>A request or a response as it was read off a wire, by the plainest reading of RFC 9112.</summary>
public sealed class Message
{
    private Message(string head)
    {
        Head = head;
        StartLine = head.Split("\r\n")[0];
    }

    /// <summary>Start line and fields as received, the empty line included.</summary>
    public string Head { get; }

    public string StartLine { get; }

    public byte[] Body { get; private set; } = [];

    public string Text => Encoding.Latin1.GetString(Body);

    /// <summary>Chunk sizes in the order received, with the last chunk's 0.</summary>
    public List<long> Chunks { get; } = [];

    /// <summary>Lines of the trailer section.</summary>
    public List<string> Trailers { get; } = [];

    /// <summary>The message's framing said that it has ended here.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Only the end of the connection said that it has ended here.</summary>
    public bool EndedAtClose { get; private set; }

    public string Method => StartLine.Split(' ')[0];

    public string Target => StartLine.Split(' ')[1];

    public int Status => int.Parse(StartLine.AsSpan(9, 3), CultureInfo.InvariantCulture);

    public string? this[string name]
    {
        get
        {
            string? value = null;
            foreach (var line in Head.Split("\r\n").Skip(1))
            {
                if (!line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)) continue;
                var one = line[(name.Length + 1)..].Trim();
                value = value is null ? one : value + ", " + one;
            }

            return value;
        }
    }

    /// <summary>The next request, or null where the connection ended before its head was complete.</summary>
    public static Message? ReadRequest(Wire wire)
    {
        if (ReadHead(wire) is not { } message) return null;
        message.ReadBody(wire, untilClose: false);
        return message;
    }

    /// <summary>The next response, interim ones included, or null where the connection ended before its head was complete.</summary>
    public static Message? ReadResponse(Wire wire, bool toHead = false)
    {
        if (ReadHead(wire) is not { } message) return null;
        if (toHead || message.Status is < 200 or 204 or 304) message.IsComplete = true;
        else message.ReadBody(wire, untilClose: true);
        return message;
    }

    /// <summary>The next head; its body is left on the wire.</summary>
    public static Message? ReadHead(Wire wire)
    {
        var head = wire.ReadThrough("\r\n\r\n");
        return head.EndsWith("\r\n\r\n", StringComparison.Ordinal) ? new Message(head) : null;
    }

    private void ReadBody(Wire wire, bool untilClose)
    {
        if (this["Transfer-Encoding"] is { } coding)
        {
            if (coding != "chunked") throw new InvalidDataException($"Transfer-Encoding: {coding}");
            ReadChunks(wire);
        }
        else if (this["Content-Length"] is { } text)
        {
            var length = long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
            Body = wire.Read(length);
            IsComplete = Body.Length == length;
        }
        else if (untilClose)
        {
            Body = wire.ReadToEnd();
            IsComplete = EndedAtClose = wire.End == EndKind.Closed;
        }
        else
        {
            IsComplete = true;
        }
    }

    private void ReadChunks(Wire wire)
    {
        var body = new MemoryStream();
        while (true)
        {
            var line = wire.ReadThrough("\r\n");
            if (!line.EndsWith("\r\n", StringComparison.Ordinal)) break;
            var size = long.Parse(line.AsSpan(0, line.Length - 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            Chunks.Add(size);
            if (size == 0)
            {
                ReadTrailers(wire);
                break;
            }

            body.Write(wire.Read(size));
            var end = wire.ReadText(2);
            if (end.Length < 2) break;
            if (end != "\r\n") throw new InvalidDataException("a chunk does not end in CRLF");
        }

        Body = body.ToArray();
    }

    private void ReadTrailers(Wire wire)
    {
        while (true)
        {
            var line = wire.ReadThrough("\r\n");
            if (line == "\r\n") IsComplete = true;
            if (line.Length <= 2 || !line.EndsWith("\r\n", StringComparison.Ordinal)) return;
            Trailers.Add(line[..^2]);
        }
    }
}
