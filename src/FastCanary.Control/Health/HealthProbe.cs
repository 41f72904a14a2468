using System.Globalization;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>One check of one endpoint.</summary>
/// <remarks>
/// Each check makes a connection of its own. A kept one would go on working where an endpoint accepts nobody new (its backlog is full, its descriptors have run out, its listener
/// is gone, its address belongs to another machine by now), and those are what its next requests would meet.
/// </remarks>
internal static class HealthProbe
{
    private const int BodyBytesMax = 64 * 1024;

    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Checks an endpoint once, within <see cref="HealthModel.Timeout"/>.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was asked for.</exception>
    public static async Task<HealthResult> CheckAsync(EndpointModel endpoint, HealthModel health, TimeProvider clock, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(health.Timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            var address = new IPEndPoint(endpoint.Address.Address, health.Port > 0 ? health.Port : endpoint.Address.Port);
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(address, both.Token);
            return health.Path is { } path
                ? await AskAsync(socket, address, path, Host(endpoint, health, address.Port), health, both.Token)
                : new HealthResult(Passed: true, "connected");
        }
        catch (Exception failure)
        {
            stop.ThrowIfCancellationRequested();
            return new HealthResult(Passed: false, limit.IsCancellationRequested ? OutboundFailure.TimedOut(health.Timeout) : OutboundFailure.Describe(failure));
        }
    }

    private static async Task<HealthResult> AskAsync(Socket socket, IPEndPoint address, string path, string host, HealthModel health, CancellationToken cancel)
    {
        using SocketsHttpHandler handler = OutboundHttp.Handler();
        handler.PooledConnectionLifetime = TimeSpan.Zero;
        handler.PooledConnectionIdleTimeout = TimeSpan.Zero;
        // It owns the socket: the handler ends what it waits for by closing the stream, and that has to reach the socket.
        NetworkStream? unused = new(socket, ownsSocket: true);
        // The handler tries again where a connection ends without an answer: that is the answer here.
        handler.ConnectCallback = (_, _) => Interlocked.Exchange(ref unused, null) is { } first
            ? ValueTask.FromResult<Stream>(first)
            : ValueTask.FromException<Stream>(new HttpIOException(HttpRequestError.ResponseEnded));
        using var http = new HttpMessageInvoker(handler, disposeHandler: false);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{address}{path}", AsWritten));
        request.Headers.Host = host;
        request.Headers.ConnectionClose = true;
        request.Headers.TryAddWithoutValidation("User-Agent", "fastcanary-health");
        using HttpResponseMessage response = await http.SendAsync(request, cancel);
        int status = (int)response.StatusCode;
        string text = string.Create(CultureInfo.InvariantCulture, $"status {status}");
        if (!health.Statuses.Contains(status)) return new HealthResult(Passed: false, text);
        if (health.Body.Length == 0) return new HealthResult(Passed: true, text);
        return await HoldsAsync(response.Content, Encoding.UTF8.GetBytes(health.Body), cancel)
            ? new HealthResult(Passed: true, text)
            : new HealthResult(Passed: false, text + " without the expected text");
    }

    private static async Task<bool> HoldsAsync(HttpContent content, byte[] expected, CancellationToken cancel)
    {
        await using Stream stream = await content.ReadAsStreamAsync(cancel);
        var body = new byte[BodyBytesMax];
        int length = 0;
        while (length < body.Length)
        {
            int count = await stream.ReadAsync(body.AsMemory(length), cancel);
            if (count == 0) return false;
            // What is expected may have begun in the piece before.
            int from = Math.Max(0, length - expected.Length + 1);
            length += count;
            if (body.AsSpan(from, length - from).IndexOf(expected) >= 0) return true;
        }

        return false;
    }

    private static string Host(EndpointModel endpoint, HealthModel health, int port)
    {
        if (health.Host.Length > 0) return health.Host;
        string host = endpoint.Name[..endpoint.Name.LastIndexOf(':')];
        return string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
    }
}
