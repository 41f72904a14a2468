using FastCanary.Control.Tests.Support;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.Control.Tests.Sources;

/// <summary>What a query's answer is taken for: a value only where there is no doubt.</summary>
public sealed class PrometheusQueryTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly ManualClock _clock = new();
    private readonly OutboundHttp _http;

    public PrometheusQueryTests() => _http = new OutboundHttp(_clock);

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("""{"status":"success","data":{"resultType":"scalar","result":[1700000000.123,"2.5"]}}""", 2.5)]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"b"},"value":[1700000000,"-1e3"]}]}}""", -1000.0)]
    [InlineData("""{"status":"success","warnings":[],"infos":["x"],"data":{"resultType":"vector","result":[{"metric":{},"value":[1,"0"]}]}}""", 0.0)]
    public async Task One_number_is_a_value(string answer, double value)
    {
        Reading reading = await Ask(200, answer);
        Assert.Equal(new Reading(value, "", _clock.GetUtcNow()), reading);
    }

    [Theory]
    [InlineData(200, """{"status":"success","data":{"resultType":"vector","result":[]}}""", "no data")]
    [InlineData(200, """{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"1"]},{"metric":{},"value":[1,"1"]}]}}""", "2 samples instead of one: aggregate them in the query")]
    [InlineData(200, """{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"NaN"]}]}}""", "the value is NaN")]
    [InlineData(200, """{"status":"success","data":{"resultType":"scalar","result":[1,"+Inf"]}}""", "the value is +Inf")]
    [InlineData(200, """{"status":"success","data":{"resultType":"scalar","result":[1,"1e999"]}}""", "the value is 1e999")]
    [InlineData(200, """{"status":"success","data":{"resultType":"scalar","result":[1,1]}}""", "the sample has no value")]
    [InlineData(200, """{"status":"success","data":{"resultType":"vector","result":[{"metric":{}}]}}""", "the sample has no value")]
    [InlineData(200, """{"status":"success","data":{"resultType":"matrix","result":[]}}""", "the result is a matrix, not a number")]
    [InlineData(200, """{"status":"success","data":{"resultType":"string","result":[1,"1"]}}""", "the result is a string, not a number")]
    [InlineData(200, """{"status":"success","warnings":["a part is missing","b"],"data":{"resultType":"scalar","result":[1,"1"]}}""", "warning: a part is missing")]
    [InlineData(200, """{"status":"success","data":{"resultType":"scalar"}}""", "the answer has no result")]
    [InlineData(200, """{"status":"success"}""", "the answer has no result")]
    [InlineData(200, """[1]""", "status 200")]
    [InlineData(200, """{"status":"success","data":{"resultType":"scalar","result":[1,"1"]}""", "the answer is not JSON")]
    [InlineData(400, """{"status":"error","errorType":"bad_data","error":"1:5: parse error"}""", "bad_data: 1:5: parse error")]
    [InlineData(503, """<html>""", "status 503")]
    [InlineData(500, """{"status":"success","data":{"resultType":"scalar","result":[1,"1"]}}""", "status 500")]
    [InlineData(302, "", "status 302")]
    public async Task Everything_else_is_a_problem(int status, string answer, string problem)
    {
        Reading reading = await Ask(status, answer);
        Assert.Equal(new Reading(null, problem, _clock.GetUtcNow()), reading);
    }

    [Fact]
    public async Task It_asks_for_the_query_below_the_servers_path()
    {
        HttpMessage? request = null;
        using var origin = ScriptedOrigin.Answering(got =>
        {
            request = got;
            return ScriptedOrigin.Response("""{"status":"success","data":{"resultType":"scalar","result":[1,"1"]}}""");
        });
        await Query(origin.Port, "/prometheus/", "sum(rate(a{b=\"c&d\"}[1m])) > 0").ReadAsync(Timeout, CancellationToken.None);
        Assert.Equal("GET /prometheus/api/v1/query?query=sum%28rate%28a%7Bb%3D%22c%26d%22%7D%5B1m%5D%29%29%20%3E%200 HTTP/1.1", request!.StartLine);
        Assert.Equal("fastcanary", request["User-Agent"]);
    }

    [Fact]
    public async Task An_answer_that_is_too_large_is_a_problem()
    {
        Reading reading = await Ask(200, new string(' ', (1024 * 1024) + 1));
        Assert.Equal("the answer is larger than 1024 KiB", reading.Problem);
    }

    [Fact]
    public async Task Nobody_there_is_a_problem()
    {
        using var closed = new ClosedPort();
        Reading reading = Assert.Single(await Query(closed.Port, "", "1").ReadAsync(Timeout, CancellationToken.None));
        Assert.Equal((null, "connection refused"), (reading.Value, reading.Problem));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")]
    public async Task A_server_that_does_not_answer_in_time_is_a_problem(string answer)
    {
        using var origin = new ScriptedOrigin(connection =>
        {
            connection.Read();
            connection.Send(answer);
            connection.WaitForEnd();
        });
        Task<Reading[]> reading = Query(origin.Port, "", "1").ReadAsync(Timeout, CancellationToken.None);
        _clock.WaitForTimer(Timeout);
        _clock.Advance(Timeout);
        Assert.Equal("timed out after 5 s", Assert.Single(await reading).Problem);
    }

    [Fact]
    public void What_the_log_calls_it_holds_nothing_of_the_address()
    {
        PrometheusQuery query = Query(9090, "/secret", "1");
        Assert.Equal("query orders", query.Name);
        Assert.NotEqual(query.Key, Query(9090, "/secret", "2").Key);
        Assert.NotEqual(query.Key, Query(9091, "/secret", "1").Key);
    }

    [Fact]
    public void Nothing_of_the_environment_decides_where_it_asks()
    {
        using SocketsHttpHandler handler = OutboundHttp.Handler();
        Assert.False(handler.UseProxy || handler.UseCookies || handler.AllowAutoRedirect);
    }

    private async Task<Reading> Ask(int status, string answer)
    {
        using var origin = ScriptedOrigin.Answering(_ => $"HTTP/1.1 {status} X\r\nLocation: /\r\nContent-Length: {answer.Length}\r\n\r\n{answer}");
        return Assert.Single(await Query(origin.Port, "", "1").ReadAsync(Timeout, CancellationToken.None));
    }

    private PrometheusQuery Query(int port, string path, string query) => new("orders", new Uri($"http://127.0.0.1:{port}{path}"), query, _http, _clock);
}
