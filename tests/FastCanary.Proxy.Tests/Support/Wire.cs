using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FastCanary.Proxy.Tests;

/// <summary>One end of a TCP connection with what was read ahead: blocking, raw, and impatient after <see cref="PatienceMs"/> ms.</summary>
public sealed class Wire : IDisposable
{
    /// <summary>Far longer than anything here takes: reaching it is a failure, never a result.</summary>
    public const int PatienceMs = 20_000;

    private readonly byte[] _buffer = new byte[64 << 10];
    private int _start;
    private int _end;

    /// <param name="socket">Connected; belongs to this.</param>
    /// <param name="isPatient">Waits for input as long as it takes: for an origin, whose connections may idle in a pool.</param>
    public Wire(Socket socket, bool isPatient = false)
    {
        Socket = socket;
        socket.NoDelay = true;
        socket.ReceiveTimeout = isPatient ? 0 : PatienceMs;
        socket.SendTimeout = PatienceMs;
    }

    public Socket Socket { get; }

    /// <summary>How the pieces of what is sent are cut.</summary>
    public Cut Cut { get; set; }

    /// <summary>How the peer's direction ended; Open until an end was read.</summary>
    public EndKind End { get; private set; }

    public static Wire Connect(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Loopback, port);
        return new Wire(socket);
    }

    public void Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    public void Send(byte[] bytes)
    {
        var at = 0;
        foreach (var piece in Cuts.Pieces(Cut, bytes.Length))
        {
            for (var left = piece; left > 0;)
            {
                var sent = Socket.Send(bytes, at, left, SocketFlags.None);
                at += sent;
                left -= sent;
            }
        }
    }

    /// <summary>Sends what the peer may no longer want.</summary>
    /// <returns>False where it has gone.</returns>
    public bool TrySend(string text) => TrySend(Encoding.Latin1.GetBytes(text));

    public bool TrySend(byte[] bytes)
    {
        try
        {
            Send(bytes);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>The next byte, or -1 at the end.</summary>
    public int ReadByte() => _end > _start || Fill() ? _buffer[_start++] : -1;

    /// <summary>Up to <paramref name="count"/> bytes; fewer only at the end.</summary>
    public byte[] Read(long count)
    {
        var bytes = new MemoryStream();
        while (bytes.Length < count && (_end > _start || Fill()))
        {
            var taken = (int)Math.Min(count - bytes.Length, _end - _start);
            bytes.Write(_buffer, _start, taken);
            _start += taken;
        }

        return bytes.ToArray();
    }

    /// <summary>What is at hand, or else the next bytes to arrive; 0 at the end.</summary>
    public int ReadSome(Span<byte> to)
    {
        if (_end == _start && !Fill()) return 0;
        var taken = Math.Min(to.Length, _end - _start);
        _buffer.AsSpan(_start, taken).CopyTo(to);
        _start += taken;
        return taken;
    }

    public byte[] ReadToEnd() => Read(long.MaxValue);

    public string ReadText(int count) => Encoding.Latin1.GetString(Read(count));

    /// <summary>Up to and including <paramref name="mark"/>, or what there was before the end.</summary>
    public string ReadThrough(string mark)
    {
        var text = new StringBuilder();
        while (true)
        {
            var next = ReadByte();
            if (next < 0) return text.ToString();
            text.Append((char)next);
            if (next == mark[^1] && text.Length >= mark.Length && text.ToString(text.Length - mark.Length, mark.Length) == mark) return text.ToString();
        }
    }

    /// <summary>Waits for the end and returns it; bytes before it are dropped.</summary>
    public EndKind ReadEnd()
    {
        while (ReadByte() >= 0)
        {
        }

        return End;
    }

    /// <summary>Whether anything can be read within <paramref name="milliseconds"/>: bytes or an end.</summary>
    public bool HasInput(int milliseconds) => _end > _start || Socket.Poll(milliseconds * 1000, SelectMode.SelectRead);

    /// <summary>FIN: nothing more from here; reading goes on.</summary>
    public void Finish() => Socket.Shutdown(SocketShutdown.Send);

    public void Reset()
    {
        Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        Socket.Dispose();
    }

    public void Dispose() => Socket.Dispose();

    private bool Fill()
    {
        if (End != EndKind.Open) return false;
        try
        {
            _start = 0;
            _end = 0;
            _end = Socket.Receive(_buffer);
            if (_end > 0) return true;
            End = EndKind.Closed;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown)
        {
            End = EndKind.Reset;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            throw new TimeoutException($"nothing to read within {PatienceMs} ms", e);
        }

        return false;
    }
}
