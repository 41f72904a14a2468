using System.Buffers;
using System.Net;

namespace FastCanary.LoadTests.Exchanges;

/// <summary>The content of an upload, made while it is sent.</summary>
/// <param name="transfer">Which.</param>
/// <param name="onPiece">Called after each piece.</param>
internal sealed class BulkContent(BulkTransfer transfer, Action onPiece) : HttpContent
{
    private const int PieceBytes = 256 * 1024;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            // A write is a chunk where the body is chunked.
            var random = new Random((int)transfer.Number);
            for (long sent = 0; sent < transfer.Bytes;)
            {
                int size = (int)Math.Min(transfer.Bytes - sent, transfer.Framing == BulkFraming.UploadChunked ? 1 + random.Next(1 << random.Next(1, 19)) : PieceBytes);
                transfer.Pattern.Fill(sent, buffer.AsSpan(0, size));
                await stream.WriteAsync(buffer.AsMemory(0, size), cancellationToken);
                sent += size;
                onPiece();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = transfer.Bytes;
        return transfer.Framing == BulkFraming.UploadLength;
    }
}
