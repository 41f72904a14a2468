using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FastCanary.Control.Tests.Admin;

/// <summary>A client of raw bytes, which it sends as they are given, and which reads replies one by one.</summary>
internal sealed class AdminClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly List<byte> _received = [];

    public AdminClient(int port, int receiveBufferBytes = 0)
    {
        if (receiveBufferBytes > 0) _socket.ReceiveBufferSize = receiveBufferBytes;
        _socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        _socket.Connect(IPAddress.Loopback, port);
        Host = $"127.0.0.1:{port}";
    }

    public string Host { get; }

    public AdminReply Send(string method, string target, string body = "", params string[] fields)
    {
        Write(Request(method, target, body, fields));
        return Read(method == "HEAD");
    }

    public string Request(string method, string target, string body = "", params string[] fields)
    {
        var text = new StringBuilder($"{method} {target} HTTP/1.1\r\n");
        if (!fields.Any(static field => field.StartsWith("Host:", StringComparison.Ordinal))) text.Append($"Host: {Host}\r\n");
        if (body.Length > 0)
        {
            text.Append($"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
            if (!fields.Any(static field => field.StartsWith("Content-Type:", StringComparison.Ordinal))) text.Append("Content-Type: application/json\r\n");
        }

        foreach (var field in fields) text.Append(field).Append("\r\n");
        return text.Append("\r\n").Append(body).ToString();
    }

    public void Write(string text) => _socket.Send(Encoding.UTF8.GetBytes(text));

    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    public AdminReply Read(bool headOnly = false)
    {
        int end;
        while ((end = HeadEnd()) < 0) Assert.True(TryReceive(), "the connection ended without a whole head: " + Encoding.UTF8.GetString([.. _received]));
        var head = Encoding.ASCII.GetString([.. _received[..end]]);
        _received.RemoveRange(0, end);
        var reply = new AdminReply(head);
        if (headOnly || reply.Status is 204 or 100) return reply;
        var length = int.Parse(reply["Content-Length"]!);
        while (_received.Count < length) Assert.True(TryReceive(), "the connection ended within a body");
        reply.Body = Encoding.UTF8.GetString([.. _received[..length]]);
        _received.RemoveRange(0, length);
        return reply;
    }

    /// <summary>Waits for the end of the connection: nothing may come before it.</summary>
    public void ExpectEnd()
    {
        Assert.False(TryReceive(), "expected the end of the connection");
        Assert.Empty(_received);
    }

    public void Dispose() => _socket.Dispose();

    private int HeadEnd()
    {
        for (var i = 3; i < _received.Count; i++)
        {
            if (_received[i] == '\n' && _received[i - 1] == '\r' && _received[i - 2] == '\n' && _received[i - 3] == '\r') return i + 1;
        }

        return -1;
    }

    private bool TryReceive()
    {
        var buffer = new byte[64 << 10];
        int count;
        try
        {
            count = _socket.Receive(buffer);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return false;
        }

        _received.AddRange(buffer.AsSpan(0, count));
        return count > 0;
    }
}
