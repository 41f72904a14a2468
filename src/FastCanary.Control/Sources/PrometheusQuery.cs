using System.Globalization;
using System.Net.Http;
using System.Text.Json;

namespace FastCanary.Control;

/// <summary>
/// A figure that a Prometheus server computes: an instant query of its HTTP API (<c>GET /api/v1/query</c>). The result has to be a scalar, or a vector of exactly one
/// sample. Everything else is a problem: in doubt there is no figure.
/// </summary>
/// <param name="name">What the query is called in the configuration.</param>
/// <param name="server">The server's address; its path, if it has one, stands before the API's.</param>
/// <param name="query">In PromQL.</param>
/// <param name="http">Asks.</param>
/// <param name="clock">Tells when.</param>
internal sealed class PrometheusQuery(string name, Uri server, string query, OutboundHttp http, TimeProvider clock) : IReadingSource
{
    private const int AnswerBytesMax = 1024 * 1024;
    private const int DetailMax = 200;

    private readonly Uri _address = new($"{server.GetLeftPart(UriPartial.Path).TrimEnd('/')}/api/v1/query?query={Uri.EscapeDataString(query)}");

    /// <inheritdoc/>
    public string Name { get; } = $"query {name}";

    /// <inheritdoc/>
    public string Key => $"query {name} {_address.AbsoluteUri}";

    /// <inheritdoc/>
    public int Count => 1;

    /// <inheritdoc/>
    public async Task<Reading[]> ReadAsync(TimeSpan timeout, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _address);
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        HttpAnswer answer = await http.SendAsync(request, AnswerBytesMax, timeout, stop);
        DateTimeOffset at = clock.GetUtcNow();
        if (answer.Problem.Length > 0) return [Reading.Lacking(answer.Problem, at)];
        try
        {
            using JsonDocument json = JsonDocument.Parse(answer.Body);
            return [Read(json.RootElement, answer.Status, at)];
        }
        catch (JsonException)
        {
            return [Reading.Lacking(answer.IsSuccess ? "the answer is not JSON" : Status(answer.Status), at)];
        }
        catch (InvalidOperationException)
        {
            return [Reading.Lacking("the answer holds a text that is not Unicode", at)];
        }
    }

    private static Reading Read(JsonElement answer, int status, DateTimeOffset at)
    {
        if (Text(answer, "status") != "success" || status is < 200 or > 299)
        {
            return Reading.Lacking(Text(answer, "error") is { } error ? $"{Text(answer, "errorType")}: {Cut(error)}" : Status(status), at);
        }

        // What Prometheus warns of may be a part that is missing.
        if (Member(answer, "warnings", JsonValueKind.Array) is { } warnings && warnings.GetArrayLength() > 0)
            return Reading.Lacking("warning: " + Cut(warnings[0].ValueKind == JsonValueKind.String ? warnings[0].GetString()! : ""), at);
        if (Member(answer, "data", JsonValueKind.Object) is not { } data || Member(data, "result", JsonValueKind.Array) is not { } result)
            return Reading.Lacking("the answer has no result", at);
        switch (Text(data, "resultType"))
        {
            case "scalar":
                return Value(result, at);
            case "vector" when result.GetArrayLength() == 0:
                return Reading.Lacking("no data", at);
            case "vector" when result.GetArrayLength() > 1:
                return Reading.Lacking(string.Create(CultureInfo.InvariantCulture, $"{result.GetArrayLength()} samples instead of one: aggregate them in the query"), at);
            case "vector":
                return Member(result[0], "value", JsonValueKind.Array) is { } sample ? Value(sample, at) : Reading.Lacking("the sample has no value", at);
            case { } other:
                return Reading.Lacking($"the result is a {Cut(other)}, not a number", at);
            default:
                return Reading.Lacking("the answer has no result", at);
        }
    }

    // [time, "value"]
    private static Reading Value(JsonElement pair, DateTimeOffset at)
    {
        if (pair.GetArrayLength() != 2 || pair[1].ValueKind != JsonValueKind.String) return Reading.Lacking("the sample has no value", at);
        string text = pair[1].GetString()!;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? Reading.Of(value, at)
            : Reading.Lacking($"the value is {Cut(text)}", at);
    }

    private static string Status(int status) => string.Create(CultureInfo.InvariantCulture, $"status {status}");

    private static string Cut(string text)
    {
        string line = text.ReplaceLineEndings(" ");
        return line.Length <= DetailMax ? line : line[..DetailMax] + "…";
    }

    private static string? Text(JsonElement of, string name) => Member(of, name, JsonValueKind.String)?.GetString();

    private static JsonElement? Member(JsonElement of, string name, JsonValueKind kind) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out JsonElement member) && member.ValueKind == kind ? member : null;
}
