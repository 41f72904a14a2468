using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using FastCanary.Reports;
using FastCanary.Verbs;

namespace FastCanary.Client;

/// <summary>
/// The admin API as the verbs call it. Proxies that the environment names are not for an address on this machine, so none is used.
/// What changes something is sent once: promoting twice is another thing than promoting.
/// </summary>
internal sealed class AdminClient : IDisposable
{
    private const int AnswerBytesMax = 64 << 20;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    // Longer than a reload needs that resolves names.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly bool _hasToken;

    /// <param name="address">The API's address, without a slash at its end.</param>
    /// <param name="token">Null: none is sent.</param>
    public AdminClient(string address, string? token)
    {
        Address = address;
        _hasToken = token is not null;
        var handler = new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ConnectTimeout = ConnectTimeout };
        _http = new HttpClient(handler) { Timeout = AnswerTimeout, MaxResponseContentBufferSize = AnswerBytesMax };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("fastcanary", ProductVersion()));
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (token is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public string Address { get; }

    /// <param name="what">What the user wants, for the message of a failure: "abort search".</param>
    /// <exception cref="ClientException">The server cannot be reached, or it said no.</exception>
    public async Task<string> GetText(string path, string what, CancellationToken cancel) => await Send(HttpMethod.Get, path, body: null, what, cancel);

    public async Task<JsonDocument> Get(string path, string what, CancellationToken cancel) => Parse(await Send(HttpMethod.Get, path, body: null, what, cancel));

    public async Task<JsonDocument> Put(string path, string body, string what, CancellationToken cancel) => Parse(await Send(HttpMethod.Put, path, body, what, cancel));

    public async Task<JsonDocument> Post(string path, string? body, string what, CancellationToken cancel) => Parse(await Send(HttpMethod.Post, path, body, what, cancel));

    public static string PathOf(string service) => $"/api/v1/services/{Uri.EscapeDataString(service)}";

    /// <summary>A service's report, as it is now.</summary>
    public async Task<ServiceReport> GetService(string service, string what, CancellationToken cancel)
    {
        using var document = await Get(PathOf(service), what, cancel);
        return ServiceReport.Read(document.RootElement);
    }

    public void Dispose() => _http.Dispose();

    private static string ProductVersion()
    {
        // Build metadata (behind a plus sign) has no place in a product's version.
        var version = VersionVerb.Version;
        var metadata = version.IndexOf('+', StringComparison.Ordinal);
        return metadata < 0 ? version : version[..metadata];
    }

    private async Task<string> Send(HttpMethod method, string path, string? body, string what, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, Address + path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        // A request without content is sent up to three times more by HttpClient itself when the connection ends before an answer.
        else if (method != HttpMethod.Get) request.Content = new ByteArrayContent([]);
        try
        {
            using var response = await _http.SendAsync(request, cancel);
            var text = await response.Content.ReadAsStringAsync(cancel);
            return response.IsSuccessStatusCode ? text : throw Refused(response, text, what);
        }
        catch (HttpRequestException e)
        {
            throw Lost(WhyLost(e), e);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw Lost("no answer in time", e);
        }
        catch (IOException e)
        {
            throw Lost("the connection ended in the middle of the answer", e);
        }
    }

    private ClientException Lost(string why, Exception cause) =>
        new($"cannot reach {Address}: {why}; is `fastcanary run` up, and is --admin right?", cause) { IsConnectionLoss = true };

    private static string WhyLost(HttpRequestException failure)
    {
        for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is not SocketException socket) continue;
            return socket.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => "connection refused",
                SocketError.ConnectionReset => "connection reset",
                SocketError.HostNotFound or SocketError.NoData => "the name is not known",
                SocketError.TryAgain => "the name cannot be resolved now",
                SocketError.HostUnreachable or SocketError.NetworkUnreachable => "the host cannot be reached",
                SocketError.TimedOut => "no answer",
                _ => JsonFields.Clean(socket.Message),
            };
        }

        return failure.HttpRequestError switch
        {
            HttpRequestError.ResponseEnded => "the connection ended before an answer",
            HttpRequestError.InvalidResponse => "what answers there is no HTTP",
            HttpRequestError.SecureConnectionError => "no TLS connection comes about",
            HttpRequestError.ConfigurationLimitExceeded => "its answer is too large",
            _ => JsonFields.Clean(failure.Message),
        };
    }

    private ClientException Refused(HttpResponseMessage response, string text, string what)
    {
        var status = (int)response.StatusCode;
        string? error = null;
        string? detail = null;
        var details = new List<string>();
        try
        {
            using var document = JsonDocument.Parse(text);
            error = document.RootElement.Text("error");
            detail = document.RootElement.Text("detail");
            details.AddRange(document.RootElement.Items("errors").Select(static item => JsonFields.Clean(item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText())));
        }
        catch (JsonException)
        {
            // Not FastCanary's own words: the status has to do.
        }

        var code = error is null ? $"{status}" : $"{status} {error}";
        var message = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized when _hasToken => $"cannot {what}: the token is not accepted ({code}); is {AdminAddress.TokenVariable} or --token right?",
            HttpStatusCode.Unauthorized => $"cannot {what}: a token is needed ({code}); give it by {AdminAddress.TokenVariable} or --token",
            _ when error is null => $"cannot {what}: {Address} answered {status} in other words than FastCanary's; is --admin right?",
            _ => $"cannot {what}: {(string.IsNullOrEmpty(detail) ? error : detail)} ({code})",
        };
        return new ClientException(message)
        {
            // What stands before a server that restarts answers so.
            IsConnectionLoss = status is 502 or 503 or 504,
            Code = response.StatusCode == HttpStatusCode.UnprocessableEntity && details.Count > 0 ? ExitCode.InvalidConfiguration : ExitCode.Failed,
            Details = details,
        };
    }

    private JsonDocument Parse(string text)
    {
        try
        {
            var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
        }
        catch (JsonException)
        {
            // As below.
        }

        throw new ClientException($"{Address} answered with something that is not FastCanary's; is --admin right?");
    }
}
