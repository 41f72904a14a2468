using System.Net;
using System.Net.Sockets;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>A client on a plain socket, one connection.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket;

    public RawClient(int port, IPAddress? address = null, int receiveBufferBytes = 0)
    {
        address ??= IPAddress.Loopback;
        _socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (receiveBufferBytes > 0) _socket.ReceiveBufferSize = receiveBufferBytes;
        _socket.Connect(address, port);
        Wire = new Wire(_socket);
    }

    public Wire Wire { get; }

    public static string Request(string path = "/", string host = "e2e.test", string fields = "") => $"GET {path} HTTP/1.1\r\nHost: {host}\r\n{fields}\r\n";

    public void Send(string text) => Wire.Send(text);

    public void Send(ReadOnlySpan<byte> bytes) => Wire.Send(bytes);

    /// <summary>The next response, interim ones included.</summary>
    public HttpMessage Read(bool toHead = false)
    {
        var head = Wire.ReadHead() ?? throw new EndOfStreamException("the connection ended without a response");
        return toHead || head.Status is < 200 or 204 or 304 ? head : Wire.ReadBody(head, isResponse: true);
    }

    public HttpMessage Get(string path = "/", string host = "e2e.test", string fields = "")
    {
        Send(Request(path, host, fields));
        return Read();
    }

    /// <summary>Sends many requests, pipelined, and gives their answers in order.</summary>
    public HttpMessage[] AskAll(IEnumerable<string> requests)
    {
        var answers = new List<HttpMessage>();
        foreach (var some in requests.Chunk(50))
        {
            Send(string.Concat(some));
            foreach (var _ in some) answers.Add(Read());
        }

        return [.. answers];
    }

    public HttpMessage Post(byte[] body, string path = "/")
    {
        Send($"POST {path} HTTP/1.1\r\nHost: e2e.test\r\nContent-Length: {body.Length}\r\n\r\n");
        Send(body);
        return Read();
    }

    /// <summary>Says that nothing more will be sent.</summary>
    public void Finish() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Goes away with a reset.</summary>
    public void Abort()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
    }

    /// <summary>Whether the peer ends the connection, in whichever way, without another byte.</summary>
    public bool IsEnded()
    {
        try
        {
            return Wire.TakeSome().Length == 0;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
        {
            return true;
        }
    }

    public void Dispose() => _socket.Dispose();
}
