using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FastCanary.Proxy.Tests.AccessLogging;

/// <summary>What the access log tells of requests.</summary>
public sealed class AccessLogTests
{
    private const string One = """
        versions: { v: { endpoints: ["$0"] } }
        timeouts: { connect: 10s, response: 20s }

        """;

    private const string Split = """
        versions: { base: { weight: 1, endpoints: ["$0"] }, canary: { weight: 1, endpoints: ["$1"] } }
        timeouts: { connect: 10s, response: 20s }

        """;

    private static readonly AccessLogModel Json = new();

    [Fact]
    public void A_request_has_a_line()
    {
        using var lab = On(new Lab(One, Origin.Echo()));
        var answer = lab.Ask("POST /a/b?secret=1 HTTP/1.1\r\nHost: a.example:80\r\nX-Request-ID: id-1\r\nUser-Agent: me \"too\"\r\nAuthorization: Bearer hidden\r\nCookie: session=hidden\r\n"
            + "Referer: http://b.example/?secret=1\r\nContent-Length: 4\r\n\r\nbody");
        var line = Lines(lab, 1)[0];
        const string Pattern = """
            ^\{"time":"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d\dZ","request_id":"id-1","client":"127\.0\.0\.1","method":"POST","host":"a\.example:80",
            "path":"/a/b","protocol":"HTTP/1\.1","status":200,"bytes_in":4,"bytes_out":BYTES,"duration":\d+\.\d{6},"upstream_time":\d+\.\d{6},
            "service":"s","version":"v","served_by":null,"endpoint":"127\.0\.0\.1:PORT","rule":null,"retries":0,"outcome":"completed","user_agent":"me \\"too\\""\}$
            """;
        Assert.Matches(Pattern.ReplaceLineEndings("").Replace("BYTES", $"{answer.Body.Length}", StringComparison.Ordinal).Replace("PORT", $"{lab.Origins[0].Port}", StringComparison.Ordinal), line);
        Assert.DoesNotContain("hidden", line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", line, StringComparison.Ordinal);
    }

    [Fact]
    public void So_it_has_in_the_combined_format()
    {
        using var lab = On(new Lab(One, Origin.Echo()), new AccessLogModel { Format = AccessLogFormat.Combined });
        const string Request = "GET /a?secret=1 HTTP/1.1\r\nHost: a.example\r\nUser-Agent: me\r\nAuthorization: Basic aGlkZGVuOmhpZGRlbg==\r\nReferer: http://b.example/c?secret=1\r\n\r\n";
        var bytes = lab.Ask(Request).Body.Length;
        var line = Lines(lab, 1)[0];
        const string Pattern = """
            ^127\.0\.0\.1 - - \[\d\d/[A-Z][a-z]{2}/20\d\d:\d\d:\d\d:\d\d \+0000\] "GET /a HTTP/1\.1" 200 BYTES "http://b\.example/c" "me"$
            """;
        Assert.Matches(Pattern.Replace("BYTES", $"{bytes}", StringComparison.Ordinal), line);
        lab.Plane.AccessLog.Model = new AccessLogModel { Format = AccessLogFormat.Combined, Query = true };
        lab.Ask(Request);
        line = Lines(lab, 1)[0];
        Assert.Contains("\"GET /a?secret=1 HTTP/1.1\"", line, StringComparison.Ordinal);
        Assert.Contains("\"http://b.example/c?secret=1\"", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reload_changes_what_is_written_or_ends_it()
    {
        using var lab = new Lab(One, Origin.Echo());
        lab.Ask(World.Get("/0"));
        lab.Plane.AccessLog.Model = Json;
        lab.Ask(World.Get("/1?q"));
        lab.AwaitLoops();
        lab.Plane.AccessLog.Model = new AccessLogModel { Query = true };
        lab.Ask(World.Get("/2?q"));
        lab.AwaitLoops();
        lab.Plane.AccessLog.Model = null;
        lab.Ask(World.Get("/3"));
        World.Eventually(() => lab.Plane.Count(ExchangeOutcome.Completed) == 4, "all have ended");
        Assert.Equal(["/1", "/2?q"], Lines(lab, 2).ConvertAll(static line => Text(line, "path")));
    }

    [Fact]
    public void A_trusted_proxy_names_the_client()
    {
        using var lab = On(new Lab(One, 1, ", trustedProxies: [127.0.0.1]", Origin.Echo()));
        lab.Ask("GET / HTTP/1.1\r\nHost: a.example\r\nX-Forwarded-For: 192.0.2.1, 2001:db8::7\r\n\r\n");
        Assert.Equal("2001:db8::7", Text(Lines(lab, 1)[0], "client"));
    }

    [Fact]
    public void Whom_nobody_trusts_names_nobody()
    {
        using var lab = On(new Lab(One, Origin.Echo()));
        lab.Ask("GET / HTTP/1.1\r\nHost: a.example\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n");
        Assert.Equal("127.0.0.1", Text(Lines(lab, 1)[0], "client"));
    }

    [Fact]
    public void A_rule_and_retries_are_told()
    {
        using var lab = On(new Lab(Split + "rules: [{ path: /none, version: base }, { path: /c, version: canary }]\nretry: { attempts: 2, on: [5xx] }", Acts.Origin(Acts.Say("base")), Acts.Origin(Acts.Fail503)));
        lab.Ask(World.Get("/c"));
        Assert.Matches("status\":503.*\"version\":\"canary\",\"served_by\":null,.*\"rule\":1,\"retries\":2,\"outcome\":\"completed\"", Lines(lab, 1)[0]);
    }

    [Fact]
    public void Who_answered_in_anothers_stead_is_told()
    {
        using var lab = On(new Lab(Split + "retry: { attempts: 0, rescue: true }", Acts.Origin(Acts.Say("base")), Acts.Origin(Acts.Fail500)));
        lab.Ask(2);
        var lines = Lines(lab, 2);
        Assert.Contains("\"version\":\"base\",\"served_by\":null", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"version\":\"canary\",\"served_by\":\"base\"", lines[1], StringComparison.Ordinal);
        Assert.Contains($"\"endpoint\":\"127.0.0.1:{lab.Origins[0].Port}\"", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nBad Field: x\r\n\r\n", 400, "\"method\":\"GET\"", "request_refused")]
    [InlineData("nonsense\r\n\r\n", 400, "\"method\":null", "request_refused")]
    [InlineData("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 100\r\n\r\n", 413, "\"method\":\"POST\"", "request_refused")]
    public void What_is_refused_is_told_as_far_as_it_could_be_read(string request, int status, string method, string outcome)
    {
        using var lab = On(new Lab(One + "limits: { requestBody: 10 }", Origin.Echo()));
        var answer = lab.Ask(request);
        Assert.Equal(status, answer.Status);
        Assert.Matches($"{method}.*\"status\":{status},\"bytes_in\":0,\"bytes_out\":{answer.Body.Length},.*\"upstream_time\":null,\"service\":null,.*\"outcome\":\"{outcome}\"", Lines(lab, 1)[0]);
    }

    [Fact]
    public void A_head_that_does_not_end_in_time_is_told()
    {
        using var lab = On(new Lab(One, 1, ", timeouts: { requestHead: 5s }", Origin.Echo()));
        using var client = lab.Connect();
        client.Send("GET /slow HTTP/1.1\r\nHo");
        Assert.Equal(408, Message.ReadResponse(client)!.Status);
        Assert.Matches("method\":\"GET\".*\"path\":\"/slow\".*\"status\":408.*\"outcome\":\"request_timed_out\"", Lines(lab, 1)[0]);
    }

    [Fact]
    public void An_upstream_that_fails_is_told_with_the_clients_status()
    {
        using var lab = On(new Lab(One, Acts.Origin(Acts.Hang)));
        lab.SetResponseTimeout(200);
        lab.Ask(World.Get());
        Assert.Matches("status\":504,.*\"upstream_time\":null,\"service\":\"s\",\"version\":\"v\",.*\"outcome\":\"response_timed_out\"", Lines(lab, 1)[0]);
    }

    [Fact]
    public void A_client_that_leaves_is_told_without_a_status()
    {
        using var lab = On(new Lab(One, Acts.Origin(Acts.Hang)));
        var client = lab.Connect();
        client.Send(World.Get("/1") + World.Get("/2"));
        World.Eventually(() => lab.Origins[0].Requests.Count == 2, "both are asked");
        client.Reset();
        var lines = Lines(lab, 2);
        Assert.Equal(["/1", "/2"], lines.ConvertAll(static line => Text(line, "path")));
        Assert.All(lines, static line => Assert.Matches("status\":null.*\"outcome\":\"client_gone\"", line));
    }

    [Fact]
    public void Pipelined_requests_have_a_line_each_in_their_order()
    {
        using var lab = On(new Lab(One, Origin.Echo()));
        using var client = lab.Connect();
        client.Send(string.Concat(Enumerable.Range(0, 40).Select(static i => $"GET /{i} HTTP/1.1\r\nHost: a.example\r\nUser-Agent: {i}\r\n\r\n")));
        for (var i = 0; i < 40; i++) Message.ReadResponse(client);
        var lines = Lines(lab, 40);
        Assert.Equal(Enumerable.Range(0, 40).Select(static i => $"/{i}"), lines.ConvertAll(static line => Text(line, "path")));
        Assert.Equal(Enumerable.Range(0, 40).Select(static i => $"{i}"), lines.ConvertAll(static line => Text(line, "user_agent")));
    }

    [Fact]
    public void A_chunked_body_counts_by_its_data()
    {
        using var origin = Origin.Saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        using var lab = On(new Lab(One, origin));
        lab.Ask(World.PostChunked("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
        Assert.Contains("\"bytes_in\":5,\"bytes_out\":5,", Lines(lab, 1)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_large_body_counts_whole_however_it_came()
    {
        using var lab = On(new Lab(One, Origin.Echo()));
        var answer = lab.Ask(World.Post(new string('x', 1_000_000)));
        Assert.Contains($"\"bytes_in\":1000000,\"bytes_out\":{answer.Body.Length},", Lines(lab, 1)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_tunnel_is_told_when_it_has_ended_with_the_bytes_that_it_brought()
    {
        using var origin = new Origin(connection =>
        {
            connection.ReadHead();
            connection.Wire.Send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
            connection.Wire.ReadText(5);
            connection.Wire.Send("0123456789");
            connection.Wire.ReadEnd();
        });
        using var lab = On(new Lab(One, origin));
        using var client = lab.Connect();
        client.Send("GET /ws HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
        Assert.Equal(101, Message.ReadResponse(client)!.Status);
        client.Send("hello");
        client.ReadText(10);
        Assert.Equal("", Drain(lab));
        client.Dispose();
        Assert.Matches("status\":101,\"bytes_in\":5,\"bytes_out\":10,.*\"outcome\":\"tunnelled\"", Lines(lab, 1)[0]);
    }

    [Theory]
    [InlineData(1, 100, 1)]
    [InlineData(2, 2500, 50)]
    [InlineData(2, 10_000, 200)]
    [InlineData(2, 0, 0)]
    public void Exactly_the_share_that_is_asked_for_is_told(int loops, int basisPoints, int lines)
    {
        using var lab = On(new Lab(One, loops, "", Acts.Origin(Acts.Say("v"))), new AccessLogModel { SampleBasisPoints = basisPoints });
        for (var i = 0; i < (loops == 1 ? 100 : 200); i++) lab.Ask(World.Get());
        World.Eventually(() => lab.Plane.Sessions == 0, "all have ended");
        Assert.Equal(lines, Lines(lab, lines).Count);
    }

    [Fact]
    public void Each_loop_has_a_buffer_of_its_own()
    {
        using var lab = On(new Lab(One, 2, "", Acts.Origin(Acts.Say("v"))));
        Assert.Equal(2, lab.Plane.AccessLog.Buffers.Count);
        for (var i = 0; i < 100; i++) lab.Ask(World.Get(string.Create(CultureInfo.InvariantCulture, $"/{i}")));
        var paths = Lines(lab, 100).ConvertAll(static line => int.Parse(Text(line, "path")![1..], CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(0, 100), paths.Order());
    }

    [Fact]
    public void A_full_buffer_drops_lines_and_keeps_nobody_waiting()
    {
        using var lab = On(new Lab(One, Origin.Echo()));
        using var client = lab.Connect();
        var target = "/" + new string('x', 4000);
        for (var i = 0; i < 100; i++)
        {
            client.Send(World.Get(target));
            Assert.Equal(200, Message.ReadResponse(client)!.Status);
        }

        lab.AwaitLoops();
        var dropped = (int)lab.Plane.AccessLog.Dropped;
        Assert.InRange(dropped, 30, 50);
        Assert.Equal(100 - dropped, Lines(lab, 100 - dropped).Count);
    }

    private static Lab On(Lab lab, AccessLogModel? model = null)
    {
        lab.Plane.AccessLog.Model = model ?? Json;
        return lab;
    }

    private static string? Text(string line, string key)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty(key).GetString();
    }

    private static List<string> Lines(Lab lab, int count)
    {
        var all = new StringBuilder();
        World.Eventually(() => Regex.Count(all.Append(Drain(lab)).ToString(), "\n") >= count, $"{count} lines; there are: {all}");
        var lines = all.ToString().Split('\n');
        Assert.Equal("", lines[^1]);
        Assert.Equal(count, lines.Length - 1);
        return [.. lines[..^1]];
    }

    private static string Drain(Lab lab)
    {
        var bytes = new byte[AccessLogBuffer.Bytes];
        return string.Concat(lab.Plane.AccessLog.Buffers.Select(buffer => Encoding.UTF8.GetString(bytes, 0, buffer.Drain(bytes))));
    }
}
