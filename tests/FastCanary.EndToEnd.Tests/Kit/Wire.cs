using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>Bytes of a connection, read as HTTP/1.1 messages. Plain and strict; a read that takes too long fails the test.</summary>
internal sealed class Wire
{
    private readonly byte[] _buffer = new byte[256 * 1024];
    private int _start;
    private int _end;

    public Wire(Socket socket)
    {
        Socket = socket;
        socket.NoDelay = true;
        socket.SendTimeout = socket.ReceiveTimeout = (int)Eventually.Patience.TotalMilliseconds;
    }

    public Socket Socket { get; }

    public void Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[Socket.Send(bytes)..];
    }

    /// <summary>A message's head, or null where the peer has closed before it.</summary>
    public HttpMessage? ReadHead()
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8);
            if (length >= 0)
            {
                var head = Encoding.Latin1.GetString(_buffer, _start, length);
                _start += length + 4;
                return HttpMessage.Parse(head);
            }

            if (Fill()) continue;
            if (_start == _end) return null;
            throw new EndOfStreamException("the connection ended inside a head: " + Encoding.Latin1.GetString(_buffer, _start, _end - _start));
        }
    }

    /// <summary>The body behind a head.</summary>
    /// <exception cref="EndOfStreamException">The connection ended before the body did.</exception>
    public HttpMessage ReadBody(HttpMessage head, bool isResponse)
    {
        using var body = new MemoryStream();
        if (head["Transfer-Encoding"] is { } coding)
        {
            Assert.Equal("chunked", coding);
            while (ReadChunk(body))
            {
            }
        }
        else if (head["Content-Length"] is { } length)
        {
            Copy(long.Parse(length, CultureInfo.InvariantCulture), body);
        }
        else if (isResponse)
        {
            CopyToEnd(body);
        }

        return head with { Body = body.ToArray() };
    }

    public byte[] Take(int count)
    {
        using var bytes = new MemoryStream();
        Copy(count, bytes);
        return bytes.ToArray();
    }

    /// <summary>What comes until the peer's orderly end.</summary>
    public byte[] TakeToEnd()
    {
        using var bytes = new MemoryStream();
        CopyToEnd(bytes);
        return bytes.ToArray();
    }

    /// <summary>Whatever is there next; empty at the end.</summary>
    public byte[] TakeSome()
    {
        if (_start == _end && !Fill()) return [];
        var bytes = _buffer[_start.._end];
        _start = _end;
        return bytes;
    }

    private bool ReadChunk(MemoryStream body)
    {
        var line = ReadLine();
        var size = long.Parse(line.Split(';')[0].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Copy(size, body);
        if (size > 0)
        {
            Assert.Equal("", ReadLine());
            return true;
        }

        while (ReadLine().Length > 0)
        {
            // Trailers.
        }

        return false;
    }

    private string ReadLine()
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8);
            if (length < 0)
            {
                if (!Fill()) throw new EndOfStreamException("the connection ended inside a line");
                continue;
            }

            var line = Encoding.Latin1.GetString(_buffer, _start, length);
            _start += length + 2;
            return line;
        }
    }

    private void Copy(long count, MemoryStream to)
    {
        for (var left = count; left > 0;)
        {
            if (_start == _end && !Fill()) throw new EndOfStreamException($"the connection ended {left} bytes before the body did");
            var piece = (int)Math.Min(left, _end - _start);
            to.Write(_buffer, _start, piece);
            _start += piece;
            left -= piece;
        }
    }

    private void CopyToEnd(MemoryStream to)
    {
        do
        {
            to.Write(_buffer, _start, _end - _start);
            _start = _end;
        }
        while (Fill());
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length) throw new InvalidOperationException("a head or a line is longer than any test sends");
        var received = Socket.Receive(_buffer, _end, _buffer.Length - _end, SocketFlags.None);
        _end += received;
        return received > 0;
    }
}
