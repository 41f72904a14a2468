using System.Net;
using System.Net.Sockets;
using FastCanary.Tests.Support;

namespace FastCanary.Tests;

public sealed class ClientVerbTests
{
    [Theory]
    [InlineData("start", "POST /api/v1/services/search/rollout/start")]
    [InlineData("pause", "POST /api/v1/services/search/rollout/pause")]
    [InlineData("resume", "POST /api/v1/services/search/rollout/resume")]
    [InlineData("promote", "POST /api/v1/services/search/rollout/promote")]
    [InlineData("promote --full", "POST /api/v1/services/search/rollout/promote {\"full\":true}")]
    [InlineData("abort", "POST /api/v1/services/search/rollout/abort")]
    [InlineData("retry", "POST /api/v1/services/search/rollout/retry")]
    [InlineData("undo", "POST /api/v1/services/search/rollout/undo")]
    public void A_rollout_is_steered_by_one_call_and_says_where_it_stands(string verb, string call)
    {
        using var server = new AdminServer(static _ => AdminServer.Json(Sample.Rollout("Paused", reason: "asked for")));
        var run = ProgramRun.At(server, [.. verb.Split(' '), "search"]);
        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.Equal("search: Paused, step 2 of 4 (5 % for 2m at least): asked for\n", run.Output);
        Assert.Equal([call], server.Requests.Select(static request => request.ToString()));
    }

    [Fact]
    public void Status_asks_for_all_services_or_for_one()
    {
        using var server = new AdminServer(static request => AdminServer.Json(request.Path.EndsWith("status") ? Sample.Status(Sample.Service()) : Sample.Service()));
        var all = ProgramRun.At(server, "status");
        var one = ProgramRun.At(server, "status", "a/b c");
        Assert.StartsWith("FastCanary 0.1.0", all.Output, StringComparison.Ordinal);
        Assert.StartsWith("search\n", one.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', all.Output);
        Assert.Equal(["GET /api/v1/status", "GET /api/v1/services/a%2Fb%20c"], server.Requests.Select(static request => request.ToString()));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("1", false)]
    public void A_terminal_gets_colours_unless_NO_COLOR_is_set(string value, bool coloured)
    {
        using var server = new AdminServer(static _ => AdminServer.Json(Sample.Status(Sample.Service())));
        var run = ProgramRun.Of(["status", "--admin", server.Address], new() { ["NO_COLOR"] = value }, terminal: (100, 30));
        Assert.Equal(coloured, run.Output.Contains('\u001b'));
    }

    [Theory]
    [InlineData("{ \"odd\" :  [1,2 ,\"\\u00e9é\"] }\n")]
    [InlineData("{\"no\":\"line end\"}")]
    public void Json_is_the_servers_unchanged(string body)
    {
        using var server = new AdminServer(_ => AdminServer.Json(body));
        Assert.Equal($"{body.TrimEnd('\n')}\n", ProgramRun.At(server, "status", "--json").Output);
    }

    [Fact]
    public void Set_weight_tells_the_split_before_and_after()
    {
        using var server = new AdminServer(static request =>
            AdminServer.Json(request.Method == "GET" ? Sample.Service() : """{"name":"search","versions":[{"name":"stable","weight":90},{"name":"canary","weight":10}]}"""));
        var run = ProgramRun.At(server, "set-weight", "search", "stable=90", "canary=10");
        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.Equal("search\n  stable  95  ->  90  95.00 %  ->  90.00 %\n  canary   5  ->  10   5.00 %  ->  10.00 %\n", run.Output);
        Assert.Equal("PUT /api/v1/services/search/weights {\"stable\":90,\"canary\":10}", server.Requests[1].ToString());
    }

    [Fact]
    public void Explain_takes_the_last_decision_and_passes_over_observations()
    {
        using var server = new AdminServer(static request =>
            AdminServer.Json(request.Path.Contains("journal") ? Sample.Entries(Sample.Decision(9, "aborted"), Sample.Decision(8, "paused")) : Sample.Service()));
        Assert.StartsWith("Decision 9 on search: aborted", ProgramRun.At(server, "explain", "search").Output, StringComparison.Ordinal);
        Assert.Equal("GET /api/v1/services/search/journal?limit=1000", server.Requests[1].ToString());
        var eighth = ProgramRun.At(server, "explain", "search", "--id", "8");
        Assert.StartsWith("Decision 8 on search: paused", eighth.Output, StringComparison.Ordinal);
        Assert.Contains("Next     9 aborted", eighth.Output, StringComparison.Ordinal);
        var none = ProgramRun.At(server, "explain", "search", "--id", "5");
        Assert.Equal((1, "cannot explain search: decision 5 is not among those that the journal still tells (6 to 9)\n"), (none.Code, none.Errors));
    }

    [Fact]
    public void Explain_finds_a_decision_that_observations_have_crowded_out_of_the_journals_answer()
    {
        using var server = new AdminServer(static request => AdminServer.Json(request.Path.Contains("journal") ? """{"entries":[{"kind":"observation","body":{}}]}""" : Sample.Service()));
        Assert.StartsWith("Decision 7 on search: advanced", ProgramRun.At(server, "explain", "search").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_nothing_to_explain_before_the_first_decision()
    {
        using var server = new AdminServer(static request => AdminServer.Json(request.Path.Contains("journal") ? """{"entries":[]}""" : """{"name":"search","decisions":[]}"""));
        var run = ProgramRun.At(server, "explain", "search");
        Assert.Equal((1, "", "cannot explain search: nothing has been decided yet\n"), (run.Code, run.Output, run.Errors));
    }

    [Fact]
    public void Reload_tells_the_warnings()
    {
        using var server = new AdminServer(static _ => AdminServer.Json("""{"applied":true,"services":2,"warnings":["f.yaml:1:2: odd"]}"""));
        var run = ProgramRun.At(server, "reload");
        Assert.Equal((0, "configuration reloaded: 2 services\n", "warning: f.yaml:1:2: odd\n"), (run.Code, run.Output, run.Errors));
        Assert.Equal("POST /api/v1/reload", Assert.Single(server.Requests).ToString());
    }

    [Fact]
    public void A_configuration_that_is_refused_is_told_line_by_line_and_exits_2()
    {
        using var server = new AdminServer(static _ =>
            AdminServer.Json("""{"error":"unprocessable","detail":"2 errors; the one in force stays","errors":["f.yaml:3:1: a","f.yaml:4:1: b"]}""", 422));
        var run = ProgramRun.At(server, "reload");
        Assert.Equal(2, run.Code);
        Assert.Equal("f.yaml:3:1: a\nf.yaml:4:1: b\ncannot reload the configuration: 2 errors; the one in force stays (422 unprocessable)\n", run.Errors);
    }

    [Fact]
    public void The_token_is_the_options_or_else_the_environments()
    {
        using var server = new AdminServer(static _ => AdminServer.Json(Sample.Rollout()));
        var variables = new Dictionary<string, string> { ["FASTCANARY_ADMIN"] = server.Address + "/", ["FASTCANARY_TOKEN"] = "from-environment" };
        ProgramRun.Of(["abort", "search"], variables);
        ProgramRun.Of(["abort", "search", "--token", "from-option"], variables);
        ProgramRun.Of(["abort", "search"], new() { ["FASTCANARY_ADMIN"] = server.Address });
        Assert.Equal(
            ["Bearer from-environment", "Bearer from-option", null],
            server.Requests.Select(static request => request.Fields.GetValueOrDefault("Authorization")));
    }

    [Theory]
    [InlineData(401, null, "cannot abort search: a token is needed (401 unauthorized); give it by FASTCANARY_TOKEN or --token")]
    [InlineData(401, "secret", "cannot abort search: the token is not accepted (401 unauthorized); is FASTCANARY_TOKEN or --token right?")]
    public void A_refused_token_is_said_with_its_remedy_and_never_shown(int status, string? token, string message)
    {
        using var server = new AdminServer(_ => AdminServer.Error(status, "unauthorized", "no"));
        var run = ProgramRun.Of(["abort", "search", "--admin", server.Address], token is null ? [] : new() { ["FASTCANARY_TOKEN"] = token });
        Assert.Equal((1, message + "\n"), (run.Code, run.Errors));
    }

    [Theory]
    [InlineData(403, "forbidden", "the viewer's token may not do that")]
    [InlineData(404, "not_found", "no service is called search")]
    [InlineData(409, "conflict", "the rollout is Idle")]
    [InlineData(500, "internal", "see the log")]
    public void What_the_server_refuses_is_one_line_with_its_reason(int status, string error, string detail)
    {
        using var server = new AdminServer(_ => AdminServer.Error(status, error, detail));
        var run = ProgramRun.At(server, "abort", "search");
        Assert.Equal((1, "", $"cannot abort search: {detail} ({status} {error})\n"), (run.Code, run.Output, run.Errors));
    }

    [Theory]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "answered 302 in other words than FastCanary's; is --admin right?")]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nConnection: close\r\n\r\n<htm>", "answered 404 in other words than FastCanary's; is --admin right?")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n<htm>", "answered with something that is not FastCanary's; is --admin right?")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]", "answered with something that is not FastCanary's; is --admin right?")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "what answers there is no HTTP")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 50\r\nConnection: close\r\n\r\n{", "is `fastcanary run` up")]
    [InlineData(null, "is `fastcanary run` up")]
    public void Whatever_else_answers_there_is_one_line(string? answer, string words)
    {
        using var server = new AdminServer(_ => answer);
        var run = ProgramRun.At(server, "status");
        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Contains(words, run.Errors, StringComparison.Ordinal);
        Assert.Contains(server.Address, run.Errors, StringComparison.Ordinal);
        Assert.Equal(1, run.Errors.Count(static character => character == '\n'));
    }

    [Theory]
    [InlineData("promote search")]
    [InlineData("promote search --full")]
    [InlineData("reload")]
    public void What_changes_something_is_sent_once_also_when_the_connection_ends_without_an_answer(string line)
    {
        using var server = new AdminServer(static _ => null);
        Assert.Equal(1, ProgramRun.At(server, line.Split(' ')).Code);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void Nobody_listening_is_said_with_its_remedy()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // Bound and not listening: nobody else gets the port.
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var address = $"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}";
        var run = ProgramRun.Of(["status", "--admin", address]);
        Assert.Equal((1, $"cannot reach {address}: connection refused; is `fastcanary run` up, and is --admin right?\n"), (run.Code, run.Errors));
    }

    [Fact]
    public void A_path_before_the_api_is_kept()
    {
        using var server = new AdminServer(static _ => AdminServer.Json(Sample.Rollout()));
        ProgramRun.Of(["abort", "search", "--admin", $"{server.Address}/canary/"]);
        Assert.Equal("/canary/api/v1/services/search/rollout/abort", Assert.Single(server.Requests).Path);
    }
}
