using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using FastCanary.LoadTests.Exchanges;

namespace FastCanary.LoadTests.Stage;

/// <summary>The endpoint of WebSockets (RFC 6455): it does the handshake, sends back every fragment as it comes, and closes when it is told to.</summary>
internal sealed class WebSocketOrigin : AsyncOrigin
{
    private const int HeadBytesMax = 8192;
    private const int PieceBytes = 4096;

    // Of RFC 6455, section 1.3.
    private const string AcceptGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    // Pings go both ways: the other side has an interval of its own.
    private static readonly WebSocketCreationOptions Options = new() { IsServer = true, KeepAliveInterval = TimeSpan.FromSeconds(3), KeepAliveTimeout = TimeSpan.FromSeconds(20) };

    private long _closedCleanly;

    public WebSocketOrigin(IPEndPoint address)
        : base(address) => Start();

    /// <summary>WebSockets of which both sides have said with the same status that they close, over all.</summary>
    public long ClosedCleanly => Volatile.Read(ref _closedCleanly);

    protected override async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        using var connection = new OriginConnection(socket, HeadBytesMax);
        while (await connection.ReadRequestAsync(stop) is { } request)
        {
            if (!string.Equals(request.Fields.GetValueOrDefault("Upgrade"), "websocket", StringComparison.OrdinalIgnoreCase) || request.Fields.GetValueOrDefault("Sec-WebSocket-Key") is not { } key)
            {
                await connection.Stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), stop);
                continue;
            }

            // A client may not send before it has the answer (RFC 6455, section 4.1).
            if (connection.HasRest) throw new FormatException("bytes before the handshake's end");
            await connection.Stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {AcceptOf(key)}\r\n\r\n"), stop);
            using WebSocket webSocket = WebSocket.CreateFromStream(connection.Stream, Options);
            await EchoAsync(webSocket, stop);
            // The server ends the connection first (RFC 6455, section 7.1.1), without a reset.
            socket.Shutdown(SocketShutdown.Send);
            return;
        }
    }

    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 asks for SHA-1; nothing rests on it.")]
    private static string AcceptOf(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptGuid)));

    private async Task EchoAsync(WebSocket socket, CancellationToken stop)
    {
        byte[] buffer = new byte[PieceBytes];
        bool isWithin = false;
        while (true)
        {
            ValueWebSocketReceiveResult piece = await socket.ReceiveAsync(buffer.AsMemory(), stop);
            if (piece.MessageType == WebSocketMessageType.Close) break;
            if (!isWithin && OrderOf(piece, buffer) is { } status)
            {
                await socket.CloseAsync((WebSocketCloseStatus)status, WebSocketTunnel.ReasonOf(status), stop);
                // CloseAsync waits for the other side's close.
                if ((int?)socket.CloseStatus == status) Interlocked.Increment(ref _closedCleanly);
                return;
            }

            isWithin = !piece.EndOfMessage;
            await socket.SendAsync(buffer.AsMemory(0, piece.Count), piece.MessageType, piece.EndOfMessage, stop);
        }

        await socket.CloseOutputAsync(socket.CloseStatus!.Value, socket.CloseStatusDescription, stop);
        Interlocked.Increment(ref _closedCleanly);
    }

    private static int? OrderOf(ValueWebSocketReceiveResult piece, byte[] buffer)
    {
        if (piece.MessageType != WebSocketMessageType.Text || !piece.EndOfMessage || !buffer.AsSpan(0, piece.Count).StartsWith("close "u8)) return null;
        return int.Parse(buffer.AsSpan(WebSocketTunnel.CloseOrder.Length, piece.Count - WebSocketTunnel.CloseOrder.Length), NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
