using System.Text;

namespace FastCanary.Control.Tests.Admin;

/// <summary>What each call answers, and that a wrong one is answered helpfully and changes nothing.</summary>
public sealed class AdminCallTests : IDisposable
{
    private readonly AdminUnderTest _admin = new();

    public void Dispose() => _admin.Dispose();

    [Fact]
    public void Status_tells_the_process_and_all_services()
    {
        var reply = _admin.Send("GET", "/api/v1/status");
        Assert.Equal((200, "application/json"), (reply.Status, reply["Content-Type"]));
        Assert.StartsWith(
            """{"version":"0.1.0","transport":"epoll","loops":2,"uptimeSeconds":12.346,"configuration":{"file":"a.yaml","reloads":{"success":1,"failure":0}},"services":[{"name":"search",""",
            reply.Body);
        Assert.Equal(["search", "web"], reply.Json.GetProperty("services").EnumerateArray().Select(static service => service.GetProperty("name").GetString()!));
    }

    [Fact]
    public void A_service_is_told_member_by_member()
    {
        const string Expected =
            """
            {"name":"search","baseline":"stable","versions":[
            {"name":"stable","weight":90,"share":0.9,"intended":0.9,"requests":123,"errors":1,"errorRate":0.008,"requestsPerSecond":12.1,"p50":0.0021,"p90":0.004,"p99":null,
            "healthyEndpoints":1,"endpoints":[{"address":"127.0.0.1:8081","weight":1,"up":true,"ejected":false,"failures":0}]},
            {"name":"canary","weight":10,"share":null,"intended":0.1,"requests":123,"errors":1,"errorRate":null,"requestsPerSecond":null,"p50":null,"p90":null,"p99":null,
            "healthyEndpoints":1,"endpoints":[{"address":"127.0.0.1:8081","weight":1,"up":true,"ejected":false,"failures":0}]}
            ],"rollout":{"canary":"canary","baseline":"stable","phase":"Progressing","step":1,"steps":3,"plan":[{"weight":0.01,"holdSeconds":60},{"pause":true},{"weight":1}],
            "since":"2026-11-22T06:00:00.000Z","stepSince":"2026-11-22T06:00:00.001Z","reason":"began",
            "evidence":[{"guard":"errors","log10":0.3,"abortAt":2.3,"requests":{"baseline":900,"canary":100},"events":{"baseline":3,"canary":0},"text":"3 of 900 < \"none\" of 100"}],
            "advance":{"ready":false,"log10":0.5,"advanceAt":1.3,"missingRequests":12,"etaSeconds":34,"waitsFor":["hold: 20 s left"]},"usersHurt":3,"problems":["query orders: no data"]},
            "decisions":[{"id":7,"at":"2026-11-22T06:00:00.000Z","service":"search","kind":"advanced","actor":"engine","from":{"stable":99,"canary":1},"to":{"stable":95,"canary":5},
            "phase":"Progressing","step":2,"reason":"why",
            "evidence":[{"guard":"errors","log10":0.3,"abortAt":2.3,"requests":{"baseline":900,"canary":100},"events":{"baseline":3,"canary":0},"text":"3 of 900 < \"none\" of 100"}]}]}
            """;
        Assert.Equal(Expected.ReplaceLineEndings("") + "\n", _admin.Send("GET", "/api/v1/services/search").Body);
    }

    [Fact]
    public void A_service_without_a_rollout_has_null_there() =>
        Assert.EndsWith(""","rollout":null,"decisions":[]}""" + "\n", _admin.Send("GET", "/api/v1/services/web").Body);

    [Fact]
    public void A_services_name_is_percent_decoded()
    {
        Assert.Equal("naïve café/1", _admin.Send("GET", "/api/v1/services/na%C3%AFve%20caf%c3%a9%2F1").Json.GetProperty("name").GetString());
        Assert.Equal(400, _admin.Send("GET", "/api/v1/services/na%C3").Status);
        Assert.Equal(400, _admin.Send("GET", "/api/v1/services/na%zz").Status);
    }

    [Fact]
    public void Metrics_are_text_for_Prometheus()
    {
        var reply = _admin.Send("GET", "/metrics?name=ignored");
        Assert.Equal((200, "text/plain; version=0.0.4; charset=utf-8"), (reply.Status, reply["Content-Type"]));
        Assert.StartsWith("m       0\nm      10\n", reply.Body);
    }

    [Fact]
    public void Health_is_always_well_and_readiness_says_why_not()
    {
        Assert.Equal((200, "ok\n"), Told("/healthz"));
        Assert.Equal((200, "ready\n"), Told("/readyz"));
        _admin.Target.Readiness = Readiness.Starting;
        Assert.Equal((503, "starting\n"), Told("/readyz"));
        _admin.Target.Readiness = Readiness.Draining;
        Assert.Equal((503, "draining\n"), Told("/readyz"));
        Assert.Equal((200, "ok\n"), Told("/healthz"));

        (int, string) Told(string path)
        {
            var reply = _admin.Send("GET", path);
            return (reply.Status, reply.Body);
        }
    }

    [Fact]
    public void The_page_is_HTML_that_no_other_site_may_frame()
    {
        var reply = _admin.Send("GET", "/");
        Assert.Equal((200, "text/html; charset=utf-8"), (reply.Status, reply["Content-Type"]));
        Assert.Contains("frame-ancestors 'none'", reply["Content-Security-Policy"]);
        Assert.Contains("/api/v1/status", reply.Body);
    }

    [Fact]
    public void The_journal_is_told_as_it_is_kept()
    {
        _admin.Target.Entries.Add(Encoding.UTF8.GetBytes("""{"n":2,"kind":"decision"}"""));
        _admin.Target.Entries.Add(Encoding.UTF8.GetBytes("""{"n":1,"kind":"begin","é":[]}"""));
        Assert.Equal("""{"entries":[{"n":2,"kind":"decision"},{"n":1,"kind":"begin","é":[]}]}""" + "\n", _admin.Send("GET", "/api/v1/services/search/journal").Body);
        Assert.Equal(50, _admin.Target.LimitAsked);
        Assert.Equal(200, _admin.Send("GET", "/api/v1/services/search/journal?limit=1000").Status);
        Assert.Equal(1000, _admin.Target.LimitAsked);
    }

    [Theory]
    [InlineData("limit=0", "limit must be a whole number from 1 to 1000")]
    [InlineData("limit=1001", "limit must be a whole number from 1 to 1000")]
    [InlineData("limit=-1", "limit must be a whole number from 1 to 1000")]
    [InlineData("limit=ten", "limit must be a whole number from 1 to 1000")]
    [InlineData("limit=5&limit=6", "\"limit\" is there twice")]
    [InlineData("limt=5", "did you mean \"limit\"?")]
    [InlineData("limit=%ff", "not percent-encoded UTF-8")]
    public void A_wrong_limit_is_refused(string query, string detail)
    {
        var reply = _admin.Send("GET", "/api/v1/services/search/journal?" + query);
        Assert.Equal((400, "bad_request"), (reply.Status, reply.Error));
        Assert.Contains(detail, reply.Detail);
    }

    [Fact]
    public void Weights_are_set_and_the_new_split_is_told()
    {
        var reply = _admin.Send("PUT", "/api/v1/services/search/weights", """{ "stable": 65535, "canary": 0 }""", "Content-Type: Application/JSON; charset=utf-8");
        Assert.Equal(200, reply.Status);
        Assert.Equal("""{"name":"search","versions":[{"name":"stable","weight":65535},{"name":"canary","weight":0}]}""" + "\n", reply.Body);
        Assert.Equal(["weights search stable=65535 canary=0 by admin: anonymous 127.0.0.1"], _admin.Target.Changes);
    }

    [Fact]
    public void A_version_that_is_not_named_keeps_its_weight()
    {
        Assert.Equal(200, _admin.Send("PUT", "/api/v1/services/search/weights", """{"canary":25}""").Status);
        Assert.Equal(["weights search canary=25 by admin: anonymous 127.0.0.1"], _admin.Target.Changes);
    }

    [Theory]
    [InlineData("""{"stable":90,"canray":10}""", "unknown version \"canray\"; did you mean \"canary\"? versions: stable, canary")]
    [InlineData("""{"stable":0,"canary":0}""", "all weights would be 0")]
    [InlineData("""{"stable":0,"canary":0,"stable":1}""", "\"stable\" is there twice")]
    [InlineData("""{"canary":65536}""", "the weight of \"canary\" must be a whole number from 0 to 65535, not 65536")]
    [InlineData("""{"canary":-1}""", "not -1")]
    [InlineData("""{"canary":1.5}""", "not 1.5")]
    [InlineData("""{"canary":"10"}""", "not a text")]
    [InlineData("""{"canary":null}""", "not null")]
    [InlineData("""{"canary":true}""", "not true or false")]
    [InlineData("""{"canary":[10]}""", "not a list")]
    [InlineData("""{"canary":{"weight":10}}""", "not an object")]
    [InlineData("""{"canary":99999999999999999999999}""", "not a number that long")]
    [InlineData("""{}""", "no version is named; the versions are stable, canary")]
    [InlineData("""[10]""", "the body must be a JSON object, not a list")]
    [InlineData("""10""", "the body must be a JSON object, not 10")]
    [InlineData("""{"canary":10}{}""", "the body is not JSON (line 1, byte 14)")]
    [InlineData("""{"canary":10,}""", "the body is not JSON")]
    [InlineData("""{"canary":10""", "the body is not JSON")]
    [InlineData("""{"canary":/*ten*/10}""", "the body is not JSON")]
    [InlineData("""{canary:10}""", "the body is not JSON (line 1, byte 2)")]
    [InlineData("""{"\ud800":10}""", "not valid text")]
    [InlineData(" ", "the body is not JSON")]
    [InlineData("", "the body is empty")]
    public void Wrong_weights_are_refused_and_change_nothing(string body, string detail)
    {
        var reply = _admin.Send("PUT", "/api/v1/services/search/weights", body);
        Assert.Equal((400, "bad_request"), (reply.Status, reply.Error));
        Assert.Contains(detail, reply.Detail);
        Assert.Empty(_admin.Target.Changes);
    }

    [Fact]
    public void Weights_that_with_those_that_stay_would_all_be_0_are_refused()
    {
        _admin.Target.Weights["stable"] = 0;
        Assert.Contains("all weights would be 0", _admin.Send("PUT", "/api/v1/services/search/weights", """{"canary":0}""").Detail);
        Assert.Empty(_admin.Target.Changes);
    }

    [Theory]
    [InlineData("start", "Start")]
    [InlineData("pause", "Pause")]
    [InlineData("resume", "Resume")]
    [InlineData("promote", "Promote")]
    [InlineData("abort", "Abort")]
    [InlineData("retry", "Retry")]
    [InlineData("undo", "Undo")]
    public void Each_verb_commands_the_rollout_and_tells_it(string verb, string command)
    {
        var reply = _admin.Send("POST", $"/api/v1/services/search/rollout/{verb}");
        Assert.Equal((200, "Progressing"), (reply.Status, reply.Json.GetProperty("phase").GetString()));
        Assert.Equal([$"{command} search by admin: anonymous 127.0.0.1"], _admin.Target.Changes);
    }

    [Theory]
    [InlineData("""{"full":true}""", "Promote search full by admin: anonymous 127.0.0.1")]
    [InlineData("""{"full":false}""", "Promote search by admin: anonymous 127.0.0.1")]
    [InlineData("{}", "Promote search by admin: anonymous 127.0.0.1")]
    public void A_promotion_can_be_full(string body, string command)
    {
        Assert.Equal(200, _admin.Send("POST", "/api/v1/services/search/rollout/promote", body).Status);
        Assert.Equal([command], _admin.Target.Changes);
    }

    [Theory]
    [InlineData("promote", """{"ful":true}""", "unknown member \"ful\"; did you mean \"full\"?")]
    [InlineData("promote", """{"full":1}""", "\"full\" must be true or false, not 1")]
    [InlineData("promote", """{"full":true,"full":true}""", "\"full\" is there twice")]
    [InlineData("promote", "true", "the body must be a JSON object")]
    [InlineData("abort", """{"full":true}""", "unknown member \"full\"; abort takes none")]
    public void Wrong_options_are_refused_and_change_nothing(string verb, string body, string detail)
    {
        var reply = _admin.Send("POST", $"/api/v1/services/search/rollout/{verb}", body);
        Assert.Equal((400, "bad_request"), (reply.Status, reply.Error));
        Assert.Contains(detail, reply.Detail);
        Assert.Empty(_admin.Target.Changes);
    }

    [Fact]
    public void An_unknown_verb_is_not_found_and_the_verbs_are_named()
    {
        var reply = _admin.Send("POST", "/api/v1/services/search/rollout/abrot");
        Assert.Equal((404, "not_found"), (reply.Status, reply.Error));
        Assert.Equal("unknown verb \"abrot\"; did you mean \"abort\"? verbs: start, pause, resume, promote, abort, retry, undo", reply.Detail);
    }

    [Fact]
    public void What_the_phase_forbids_is_a_conflict_with_its_reason()
    {
        _admin.Target.Result = ChangeResult.Conflict("the rollout is Aborted; retry begins it anew");
        var reply = _admin.Send("POST", "/api/v1/services/search/rollout/resume");
        Assert.Equal((409, "conflict", "the rollout is Aborted; retry begins it anew"), (reply.Status, reply.Error, reply.Detail));
    }

    [Fact]
    public void What_the_target_refuses_or_cannot_do_is_told()
    {
        _admin.Target.Result = ChangeResult.Invalid("no");
        Assert.Equal(400, _admin.Send("PUT", "/api/v1/services/search/weights", """{"canary":1}""").Status);
        _admin.Target.Result = ChangeResult.Failed("the journal cannot be written: no space left");
        var reply = _admin.Send("PUT", "/api/v1/services/search/weights", """{"canary":1}""");
        Assert.Equal((500, "internal", "the journal cannot be written: no space left"), (reply.Status, reply.Error, reply.Detail));
    }

    [Theory]
    [InlineData("GET", "/api/v1/services/serch", "")]
    [InlineData("GET", "/api/v1/services/serch/journal", "")]
    [InlineData("PUT", "/api/v1/services/serch/weights", """{"canary":10}""")]
    [InlineData("POST", "/api/v1/services/serch/rollout/abort", "")]
    public void An_unknown_service_is_not_found_and_a_near_one_is_suggested(string method, string path, string body)
    {
        var reply = _admin.Send(method, path, body);
        Assert.Equal((404, "not_found"), (reply.Status, reply.Error));
        Assert.Equal("unknown service \"serch\"; did you mean \"search\"? services: search, web", reply.Detail);
        Assert.Empty(_admin.Target.Changes);
    }

    [Theory]
    [InlineData("20", 2000)]
    [InlineData("0", 0)]
    [InlineData("100", 10000)]
    [InlineData("0.25", 25)]
    [InlineData("12.5%25", 1250)]
    public void The_short_form_sets_the_canarys_percentage(string weight, int basisPoints)
    {
        var reply = _admin.Send("POST", $"/admin/weight?service=search&weight={weight}");
        Assert.Equal((200, "search"), (reply.Status, reply.Json.GetProperty("name").GetString()));
        Assert.Equal([$"share search {basisPoints} by admin: anonymous 127.0.0.1"], _admin.Target.Changes);
    }

    [Theory]
    [InlineData("service=search", "weight is missing")]
    [InlineData("service=search&weight=101", "from 0 to 100")]
    [InlineData("service=search&weight=-1", "from 0 to 100")]
    [InlineData("service=search&weight=1.234", "two decimals")]
    [InlineData("service=search&weight=", "from 0 to 100")]
    [InlineData("service=search&weight=1e1", "from 0 to 100")]
    [InlineData("service=search&weight=5&weight=6", "\"weight\" is there twice")]
    [InlineData("service=search&wieght=5", "did you mean \"weight\"?")]
    [InlineData("weight=5", "service is missing, and there is more than one: search, web")]
    public void A_wrong_short_form_is_refused_and_changes_nothing(string query, string detail)
    {
        var reply = _admin.Send("POST", "/admin/weight?" + query);
        Assert.Equal((400, "bad_request"), (reply.Status, reply.Error));
        Assert.Contains(detail, reply.Detail);
        Assert.Empty(_admin.Target.Changes);
    }

    [Fact]
    public void The_short_form_needs_no_service_where_there_is_one()
    {
        _admin.Target.HasWeb = false;
        Assert.Equal(200, _admin.Send("POST", "/admin/weight?weight=20").Status);
        Assert.Equal(["share search 2000 by admin: anonymous 127.0.0.1"], _admin.Target.Changes);
    }

    [Fact]
    public void A_reload_is_told_with_its_warnings_or_its_errors()
    {
        var reply = _admin.Send("POST", "/api/v1/reload");
        Assert.Equal((200, """{"applied":true,"services":2,"warnings":["a.yaml:1:1: x: a warning"]}""" + "\n"), (reply.Status, reply.Body));
        _admin.Target.ReloadReport = new ReloadReport(Applied: false, 0, [], ["a.yaml:3:5: listeners: wrong", "a.yaml:4:5: services: wrong"]);
        reply = _admin.Send("POST", "/api/v1/reload");
        Assert.Equal(422, reply.Status);
        Assert.Equal(
            """{"error":"unprocessable","detail":"the configuration has 2 errors; the one in force stays","errors":["a.yaml:3:5: listeners: wrong","a.yaml:4:5: services: wrong"]}""" + "\n",
            reply.Body);
        Assert.Equal(400, _admin.Send("POST", "/api/v1/reload", """{"now":true}""").Status);
        Assert.Equal(["reload by admin: anonymous 127.0.0.1", "reload by admin: anonymous 127.0.0.1"], _admin.Target.Changes);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/jsonp")]
    [InlineData("")]
    public void A_body_that_is_not_told_to_be_JSON_changes_nothing(string type)
    {
        var reply = _admin.Send("PUT", "/api/v1/services/search/weights", """{"canary":10}""", $"Content-Type: {type}");
        Assert.Equal((415, "unsupported_media_type"), (reply.Status, reply.Error));
        Assert.Equal(415, _admin.Send("POST", "/api/v1/services/search/rollout/promote", """{"full":true}""", $"Content-Type: {type}").Status);
        Assert.Empty(_admin.Target.Changes);
    }

    [Fact]
    public void A_verb_without_a_body_needs_no_type_whatever_it_names() =>
        Assert.Equal(200, _admin.Send("POST", "/api/v1/services/search/rollout/abort", "", "Content-Length: 0", "Content-Type: application/x-www-form-urlencoded").Status);

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/api/v1")]
    [InlineData("/api/v1/status/")]
    [InlineData("/api/v2/status")]
    [InlineData("/api/v1/services/")]
    [InlineData("/api/v1/services/search/")]
    [InlineData("/api/v1/services/search/weights/more")]
    [InlineData("/api/v1/services/search/rollout")]
    [InlineData("/api/v1/../v1/status")]
    public void An_unknown_path_is_not_found(string path)
    {
        var reply = _admin.Send("GET", path);
        Assert.Equal((404, "not_found"), (reply.Status, reply.Error));
    }

    [Theory]
    [InlineData("POST", "/api/v1/status", "GET, HEAD")]
    [InlineData("DELETE", "/metrics", "GET, HEAD")]
    [InlineData("get", "/healthz", "GET, HEAD")]
    [InlineData("OPTIONS", "/api/v1/status", "GET, HEAD")]
    [InlineData("GET", "/api/v1/services/search/weights", "PUT")]
    [InlineData("POST", "/api/v1/services/search/weights", "PUT")]
    [InlineData("GET", "/api/v1/services/search/rollout/abort", "POST")]
    [InlineData("GET", "/api/v1/reload", "POST")]
    [InlineData("GET", "/admin/weight?service=search&weight=5", "POST")]
    public void A_wrong_method_is_not_allowed_and_the_right_one_is_named(string method, string path, string allow)
    {
        var reply = _admin.Send(method, path);
        Assert.Equal((405, "method_not_allowed", allow), (reply.Status, reply.Error, reply["Allow"]));
        Assert.Empty(_admin.Target.Changes);
    }

    [Fact]
    public void A_call_that_fails_is_an_error_of_ours_and_is_logged_without_what_was_sent()
    {
        _admin.Target.OnStatus = static () => throw new InvalidOperationException("the target broke");
        var reply = _admin.Send("GET", "/api/v1/status?q=secret", "", "Authorization: Bearer secret");
        Assert.Equal((500, "internal"), (reply.Status, reply.Error));
        Assert.DoesNotContain("broke", reply.Body);
        var line = Assert.Single(_admin.Log.Lines, static line => line.StartsWith("Error", StringComparison.Ordinal));
        Assert.Contains("the target broke", line);
        Assert.DoesNotContain(_admin.Log.Lines, static line => line.Contains("secret", StringComparison.Ordinal));
        _admin.Target.OnStatus = static () => { };
        Assert.Equal(200, _admin.Send("GET", "/api/v1/status").Status);
    }
}
