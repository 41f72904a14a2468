using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FastCanary.LoadTests.Exchanges;

namespace FastCanary.LoadTests.Stage;

/// <summary>The endpoint of large bodies: it sends them in each framing, and checks those that it gets byte by byte.</summary>
internal sealed class BulkOrigin : AsyncOrigin
{
    private const int PieceBytes = 256 * 1024;

    // "40000\r\n" before a chunk and "\r\n" behind it.
    private const int ChunkHeadBytes = 7;
    private const int ChunkBytes = ChunkHeadBytes + PieceBytes + 2;

    private long _checked;

    public BulkOrigin(IPEndPoint address)
        : base(address) => Start();

    /// <summary>Bytes of uploads that were as they should be, over all.</summary>
    public long BytesChecked => Volatile.Read(ref _checked);

    protected override async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        using var connection = new OriginConnection(socket, PieceBytes);
        while (await connection.ReadRequestAsync(stop) is { } request)
        {
            if (BulkTransfer.From(request.Target) is not { } transfer)
            {
                await connection.ReadContentAsync(request, static _ => { }, static _ => Task.CompletedTask, stop);
                await RespondAsync(connection, "200 OK", "ok", stop);
            }
            else if (transfer.IsUpload)
            {
                await ReceiveAsync(connection, request, transfer, stop);
            }
            else
            {
                await connection.ReadContentAsync(request, static _ => { }, static _ => Task.CompletedTask, stop);
                await SendAsync(connection, transfer, stop);
                if (transfer.Framing != BulkFraming.DownloadUntilClose) continue;
                // What the peer has sent since would make the close a reset, which may overtake the end of the body: it is read to its end first.
                socket.Shutdown(SocketShutdown.Send);
                if (await connection.ReadRequestAsync(stop) is not null) throw new FormatException("a request on a connection that was said to close");
                return;
            }
        }
    }

    private static Task RespondAsync(OriginConnection connection, string status, string content, CancellationToken stop) =>
        connection.Stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nX-Origin-Version: stable\r\nContent-Length: {content.Length}\r\n\r\n{content}"), stop).AsTask();

    /// <summary>Checks an upload, and answers with what it was: <c>COUNT right</c>, or what is wrong.</summary>
    private async Task ReceiveAsync(OriginConnection connection, OriginRequest request, BulkTransfer transfer, CancellationToken stop)
    {
        var check = new BodyCheck(transfer.Pattern, transfer.Bytes);
        bool hasStalled = transfer.StallMs == 0;
        await connection.ReadContentAsync(
            request,
            check.Take,
            async count =>
            {
                if (hasStalled || count < BulkTransfer.StallAt) return;
                hasStalled = true;
                await Task.Delay(transfer.StallMs, stop);
            },
            stop);
        if (check.Fault is null) Interlocked.Add(ref _checked, check.Position);
        await RespondAsync(connection, "200 OK", check.Fault ?? string.Create(CultureInfo.InvariantCulture, $"{check.Position} right"), stop);
    }

    private static async Task SendAsync(OriginConnection connection, BulkTransfer transfer, CancellationToken stop)
    {
        string framing = transfer.Framing switch
        {
            BulkFraming.DownloadLength => string.Create(CultureInfo.InvariantCulture, $"Content-Length: {transfer.Bytes}"),
            BulkFraming.DownloadChunked => "Transfer-Encoding: chunked",
            _ => "Connection: close",
        };
        await connection.Stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nX-Origin-Version: stable\r\n{framing}\r\n\r\n"), stop);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            // Chunks of a byte to a whole piece; the same ones for the same body.
            var random = new Random((int)transfer.Number);
            for (long sent = 0; sent < transfer.Bytes;)
            {
                bool isChunked = transfer.Framing == BulkFraming.DownloadChunked;
                int size = (int)Math.Min(transfer.Bytes - sent, isChunked ? 1 + random.Next(1 << random.Next(1, 19)) : PieceBytes);
                transfer.Pattern.Fill(sent, buffer.AsSpan(isChunked ? ChunkHeadBytes : 0, size));
                await connection.Stream.WriteAsync(isChunked ? Chunk(buffer, size) : buffer.AsMemory(0, size), stop);
                sent += size;
            }

            if (transfer.Framing == BulkFraming.DownloadChunked) await connection.Stream.WriteAsync("0\r\n\r\n"u8.ToArray(), stop);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // The size goes right before the content, so that a chunk is one piece of memory. Zeros before it are allowed (RFC 9112, section 7.1).
    private static ReadOnlyMemory<byte> Chunk(byte[] buffer, int size)
    {
        Encoding.ASCII.GetBytes(size.ToString("X5", CultureInfo.InvariantCulture) + "\r\n", buffer);
        "\r\n"u8.CopyTo(buffer.AsSpan(ChunkHeadBytes + size));
        return buffer.AsMemory(0, ChunkHeadBytes + size + 2);
    }
}
