using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FastCanary.LoadTests.Engine;

namespace FastCanary.LoadTests.Exchanges;

/// <summary>Transfers large bodies by .NET's HTTP client, and checks every byte.</summary>
internal sealed class BulkClient : IDisposable
{
    private const int PieceBytes = 256 * 1024;

    private readonly HttpMessageInvoker _http;
    private readonly Uri _base;
    private readonly double _silenceSecondsMax;

    /// <param name="address">Where connections go.</param>
    /// <param name="host">The <c>Host</c> of the requests.</param>
    /// <param name="silenceSecondsMax">A transfer in which nothing moves for so long has failed; how long it takes as a whole is the network's affair.</param>
    public BulkClient(IPEndPoint address, string host, double silenceSecondsMax = 30)
    {
        _silenceSecondsMax = silenceSecondsMax;
        _base = new Uri($"http://{host}");
        _http = Http.To(address);
    }

    /// <summary>Transfers a body.</summary>
    /// <exception cref="StepFailedException">The answer or a byte is not what it should be.</exception>
    public async Task<StepOutcome> TransferAsync(BulkTransfer transfer, CancellationToken cancel)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        void Move() => silence.CancelAfter(TimeSpan.FromSeconds(_silenceSecondsMax + (transfer.StallMs / 1e3)));
        Move();
        using var request = new HttpRequestMessage(transfer.IsUpload ? HttpMethod.Put : HttpMethod.Get, new Uri(_base, transfer.Target));
        if (transfer.IsUpload)
        {
            request.Content = new BulkContent(transfer, Move);
            request.Headers.TransferEncodingChunked = transfer.Framing == BulkFraming.UploadChunked;
        }

        using HttpResponseMessage answer = await _http.SendAsync(request, silence.Token);
        if (answer.StatusCode != HttpStatusCode.OK) throw new StepFailedException(Failures.Status((int)answer.StatusCode), $"{transfer}: {await answer.Content.ReadAsStringAsync(silence.Token)}");
        if (transfer.IsUpload) await ExpectRightAsync(transfer, answer, silence.Token);
        else await ReceiveAsync(transfer, answer, Move, silence.Token);
        return StepOutcome.Success(transfer.Bytes);
    }

    public void Dispose() => _http.Dispose();

    private static async Task ExpectRightAsync(BulkTransfer transfer, HttpResponseMessage answer, CancellationToken cancel)
    {
        string verdict = await answer.Content.ReadAsStringAsync(cancel);
        if (verdict != string.Create(CultureInfo.InvariantCulture, $"{transfer.Bytes} right")) throw new StepFailedException(Failures.Content, $"{transfer}: the endpoint got: {verdict}");
    }

    private static async Task ReceiveAsync(BulkTransfer transfer, HttpResponseMessage answer, Action onPiece, CancellationToken cancel)
    {
        if (transfer.Framing == BulkFraming.DownloadLength && answer.Content.Headers.ContentLength != transfer.Bytes)
            throw new StepFailedException(Failures.Malformed, $"{transfer}: Content-Length is {answer.Content.Headers.ContentLength}");
        var check = new BodyCheck(transfer.Pattern, transfer.Bytes);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            bool hasStalled = transfer.StallMs == 0;
            await using Stream content = await answer.Content.ReadAsStreamAsync(cancel);
            while (await content.ReadAsync(buffer, cancel) is > 0 and var read)
            {
                check.Take(buffer.AsSpan(0, read));
                onPiece();
                if (hasStalled || check.Position < BulkTransfer.StallAt) continue;
                hasStalled = true;
                await Task.Delay(transfer.StallMs, cancel);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (check.Fault is { } fault) throw new StepFailedException(Failures.Content, $"{transfer}: {fault}");
    }
}
