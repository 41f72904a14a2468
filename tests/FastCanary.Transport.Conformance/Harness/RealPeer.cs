using System.Net.Sockets;

namespace FastCanary.Transport.Conformance;

/// <summary>A blocking socket.</summary>
internal sealed class RealPeer : Peer
{
    private bool _isReset;

    public RealPeer(Socket socket)
    {
        Socket = socket;
        socket.NoDelay = true;
        socket.ReceiveTimeout = socket.SendTimeout = RealTransportUnderTest.PatienceMs;
    }

    public Socket Socket { get; }

    public override bool IsReset => _isReset;

    public override void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[Socket.Send(bytes)..];
    }

    public override byte[] Receive(int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var received = Socket.Receive(bytes, at, count - at, SocketFlags.None);
            if (received == 0) throw new EndOfStreamException($"the end after {at} of {count} bytes");
            at += received;
        }

        return bytes;
    }

    public override byte[] ReceiveToEnd()
    {
        using var all = new MemoryStream();
        var buffer = new byte[64 << 10];
        try
        {
            while (Socket.Receive(buffer) is var count and > 0) all.Write(buffer, 0, count);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
        {
            _isReset = true;
        }

        return all.ToArray();
    }

    public override void ShutdownSend() => Socket.Shutdown(SocketShutdown.Send);

    public override void Reset()
    {
        Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        Socket.Dispose();
    }

    public override void Close() => Socket.Dispose();

    protected override void Dispose(bool disposing) => Socket.Dispose();
}
