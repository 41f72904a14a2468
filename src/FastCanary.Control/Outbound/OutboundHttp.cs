using System.Buffers;
using System.Net.Http;

namespace FastCanary.Control;

/// <summary>
/// How the control plane speaks HTTP to others: directly (no proxy of the environment), to where it was told (no redirect is followed), without cookies, in bounded time and
/// space. Whatever goes wrong comes back as a text; nothing is thrown but for a stop.
/// </summary>
/// <remarks>
/// Connections are kept between requests, for five minutes at the longest, so that a name that stands for another address is noticed.
/// The time of a whole request is the clock's; connecting has a bound of its own that is real time.
/// </remarks>
/// <param name="clock">Measures the time-outs.</param>
internal sealed class OutboundHttp(TimeProvider clock) : IDisposable
{
    private const int FirstBytes = 4096;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    private readonly HttpMessageInvoker _http = new(Handler(), disposeHandler: true);

    /// <summary>A handler with what every outbound request has in common.</summary>
    public static SocketsHttpHandler Handler() => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        MaxConnectionsPerServer = 16,
        MaxResponseHeadersLength = 64,
        ResponseDrainTimeout = TimeSpan.FromSeconds(1),
        ActivityHeadersPropagator = null,
    };

    /// <summary>Sends a request and reads its answer.</summary>
    /// <param name="request">With an absolute address.</param>
    /// <param name="bodyBytesMax">The largest body that is taken; 0: the body is not looked at.</param>
    /// <param name="timeout">How long all of it may take.</param>
    /// <param name="stop">Calls it off.</param>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was asked for.</exception>
    public async Task<HttpAnswer> SendAsync(HttpRequestMessage request, int bodyBytesMax, TimeSpan timeout, CancellationToken stop)
    {
        request.Headers.TryAddWithoutValidation("User-Agent", "fastcanary");
        using var limit = new CancellationTokenSource(timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, both.Token);
            var answer = new HttpAnswer { Status = (int)response.StatusCode, RetryAfter = RetryAfter(response) };
            return bodyBytesMax == 0 ? answer : await ReadBodyAsync(response, answer, bodyBytesMax, both.Token);
        }
        catch (Exception failure)
        {
            stop.ThrowIfCancellationRequested();
            return new HttpAnswer { Problem = limit.IsCancellationRequested ? OutboundFailure.TimedOut(timeout) : OutboundFailure.Describe(failure) };
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Task<HttpAnswer> ReadBodyAsync(HttpResponseMessage response, HttpAnswer answer, int bytesMax, CancellationToken cancel)
    {
        await using Stream stream = await response.Content.ReadAsStreamAsync(cancel);
        var body = new ArrayBufferWriter<byte>(FirstBytes);
        while (true)
        {
            int count = await stream.ReadAsync(body.GetMemory(FirstBytes), cancel);
            if (count == 0) return answer with { Body = body.WrittenMemory };
            body.Advance(count);
            if (body.WrittenCount > bytesMax) return new HttpAnswer { Problem = $"the answer is larger than {bytesMax >> 10} KiB" };
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - clock.GetUtcNow(),
        _ => null,
    };
}
