using FastCanary.Traffic;

namespace FastCanary.Proxy.Tests.Counters;

/// <summary>What counts as one request, and as one failure, of the version whose turn it was.</summary>
public sealed class FailureCountTests
{
    private const string One = """
        versions: { v: { endpoints: ["$0"] } }
        timeouts: { connect: 10s, response: 20s }

        """;

    private const string Split = """
        versions: { base: { weight: 1, endpoints: ["$0"] }, canary: { weight: 1, endpoints: ["$1"] } }
        timeouts: { connect: 10s, response: 20s }

        """;

    [Theory]
    [InlineData("500", 500)]
    [InlineData("503", 503)]
    [InlineData("reset", 502)]
    [InlineData("hang", 504)]
    [InlineData("malformed", 502)]
    public void Each_kind_of_failure_counts_once_with_the_status_that_the_client_got(string failure, int status)
    {
        using var lab = new Lab(failure == "hang" ? One.Replace("response: 20s", "response: 200ms", StringComparison.Ordinal) : One, Acts.Origin(Acts.ByName(failure)));
        Assert.Equal(status, lab.Ask(World.Get()).Status);
        AssertCounts(lab, "v", requests: 1, failures: 1, status);
    }

    [Fact]
    public void So_does_a_body_that_ends_too_early()
    {
        using var lab = new Lab(One, Acts.Origin(Acts.Truncate));
        Assert.False(lab.Ask(World.Get()).IsComplete);
        AssertCounts(lab, "v", requests: 1, failures: 1, 200);
    }

    [Fact]
    public void So_does_an_endpoint_that_refuses()
    {
        using var lab = new Lab(One.Replace("$0", "$dead", StringComparison.Ordinal));
        Assert.Equal(502, lab.Ask(World.Get()).Status);
        AssertCounts(lab, "v", requests: 1, failures: 1, 502);
    }

    [Fact]
    public void What_is_well_is_no_failure()
    {
        using var lab = new Lab(One, Acts.Origin(Acts.Say("fine")));
        lab.Ask(5);
        AssertCounts(lab, "v", requests: 5, failures: 0, 200);
    }

    [Fact]
    public void A_request_that_was_sent_again_is_one_request_and_one_failure()
    {
        var first = true;
        using var lab = new Lab(
            One + "retry: { attempts: 3, on: [5xx] }",
            Acts.Origin(() =>
            {
                var act = first ? Acts.Fail503 : Acts.Say("fine");
                first = false;
                return act;
            }));
        Assert.Equal(200, lab.Ask(World.Get()).Status);
        AssertCounts(lab, "v", requests: 1, failures: 1, 200);
        Assert.Equal(1, lab.Totals("v").Counters.Retries);
    }

    [Fact]
    public void A_request_whose_every_try_failed_is_one_failure()
    {
        using var lab = new Lab(One + "retry: { attempts: 3, on: [5xx] }", Acts.Origin(Acts.Fail503));
        Assert.Equal(503, lab.Ask(World.Get()).Status);
        AssertCounts(lab, "v", requests: 1, failures: 1, 503);
        Assert.Equal(4, lab.Totals("v").Counters.Failures);
    }

    [Fact]
    public void A_rescue_is_charged_to_the_version_that_was_rescued()
    {
        using var lab = new Lab(Split + "retry: { attempts: 0, rescue: true }", Acts.Origin(Acts.Say("base")), Acts.Origin(Acts.Fail500));
        Assert.Equal([200, 200], lab.Ask(2));
        AssertCounts(lab, "canary", requests: 1, failures: 1, 200);
        AssertCounts(lab, "base", requests: 1, failures: 0, 200);
    }

    [Fact]
    public void A_request_that_was_diverted_is_its_own_versions_failure()
    {
        using var lab = new Lab(Split, Acts.Origin(Acts.Say("base")), Acts.Origin(Acts.Say("canary")));
        lab.Version("canary").Endpoints[0].State.SetDown(true);
        Assert.Equal(["base", "base"], [lab.Ask(World.Get()).Text, lab.Ask(World.Get()).Text]);
        AssertCounts(lab, "canary", requests: 1, failures: 1, 200);
        AssertCounts(lab, "base", requests: 1, failures: 0, 200);
    }

    [Theory]
    [InlineData("queue: { size: 0, timeout: 20s }")]
    [InlineData("queue: { size: 5, timeout: 50ms }")]
    public void A_request_that_finds_no_place_is_a_failure(string queue)
    {
        const string Bounded = """
            versions: { v: { endpoints: [{ address: "$0", maxConnections: 1 }] } }

            """;
        using var lab = new Lab(Bounded + queue, Acts.Origin(Acts.Hang));
        using var first = lab.Connect();
        first.Send(World.Get());
        World.Eventually(() => lab.Origins[0].Requests.Count == 1, "the place is taken");
        Assert.Equal(503, lab.Ask(World.Get()).Status);
        AssertCounts(lab, "v", requests: 1, failures: 1, 503);
    }

    [Theory]
    [InlineData(503, 0, 1)]
    [InlineData(418, 0, 0)]
    [InlineData(418, 418, 1)]
    public void A_drills_answer_is_a_failure_as_an_upstreams_would_be(int status, int named, int failures)
    {
        var service = Split + $"fault: {{ version: canary, percent: 100%, status: {status} }}";
        using var lab = new Lab(service, Acts.Origin(Acts.Say("base")), Acts.Origin(Acts.Say("canary")));
        if (named > 0) lab.Apply(service, Adjusted.Analysis(new AnalysisModel { FailureStatuses = [named] }));
        Assert.Equal([200, status], lab.Ask(2));
        AssertCounts(lab, "canary", requests: 1, failures, status);
    }

    [Fact]
    public void A_status_that_is_named_is_a_failure_where_the_upstream_gave_it()
    {
        using var lab = new Lab(One, Acts.Origin(Acts.Fail404));
        lab.Ask(World.Get());
        AssertCounts(lab, "v", requests: 1, failures: 0, 404);
        lab.Apply(One, Adjusted.Analysis(new AnalysisModel { FailureStatuses = [404] }));
        lab.Ask(World.Get());
        AssertCounts(lab, "v", requests: 2, failures: 1, 404);
    }

    [Fact]
    public void What_the_client_did_wrong_is_no_failure_whatever_its_status()
    {
        const string Limited = One + "limits: { requestBody: 4 }";
        using var lab = new Lab(Limited, Origin.Echo());
        lab.Apply(Limited, Adjusted.Analysis(new AnalysisModel { FailureStatuses = [413] }));
        Assert.Equal(413, lab.Ask(World.PostChunked("a\r\n0123456789\r\n0\r\n\r\n")).Status);
        AssertCounts(lab, "v", requests: 1, failures: 0, 413);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_client_that_leaves_before_its_response_is_a_request_without_status_and_no_failure(bool reset)
    {
        using var lab = new Lab(One, Acts.Origin(Acts.Hang));
        var client = lab.Connect();
        client.Send(World.Get());
        World.Eventually(() => lab.Origins[0].Requests.Count == 1, "it is asked");
        if (reset) client.Reset();
        else client.Dispose();
        var totals = lab.Totals("v", 1);
        Assert.Equal((0, 0, 0, 0), (totals.Failures, totals.Statuses.Sum(), totals.Latency.Sum(), totals.LatencySumMicros));
        Assert.Equal((1, 0), (totals.Evidence0.Requests, totals.Evidence0.Failures));
    }

    [Fact]
    public void A_client_that_leaves_in_the_middle_of_a_body_has_a_status_and_no_latency()
    {
        using var origin = new Origin(connection =>
        {
            connection.ReadRequest();
            connection.Wire.TrySend("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            connection.Wire.ReadEnd();
        });
        using var lab = new Lab(One, origin);
        var client = lab.Connect();
        client.Send(World.Get());
        client.ReadThrough("half");
        client.Reset();
        var totals = lab.Totals("v", 1);
        Assert.Equal((0, 1, 0), (totals.Failures, totals.Statuses[200 - VersionTotals.StatusMin], totals.Latency.Sum()));
    }

    [Fact]
    public void Requests_that_were_sent_ahead_count_each()
    {
        using var lab = new Lab(One, Origin.Echo());
        using var client = lab.Connect();
        client.Send(string.Concat(Enumerable.Range(0, 40).Select(static i => World.Get($"/{i}"))));
        for (var i = 0; i < 40; i++) Assert.Equal($"GET /{i} ", Message.ReadResponse(client)!.Text);
        AssertCounts(lab, "v", requests: 40, failures: 0, 200);
    }

    [Fact]
    public void So_do_those_whose_client_leaves_before_their_turn()
    {
        using var lab = new Lab(One, Acts.Origin(Acts.Hang));
        var client = lab.Connect();
        client.Send(string.Concat(Enumerable.Range(0, 5).Select(static i => World.Get($"/{i}"))));
        World.Eventually(() => lab.Origins[0].Requests.Count == 5, "all are sent");
        client.Reset();
        var totals = lab.Totals("v", 5);
        Assert.Equal((0, 0), (totals.Failures, totals.Statuses.Sum()));
    }

    [Fact]
    public void What_is_refused_before_a_version_is_chosen_is_nobodys()
    {
        using var lab = new Lab(One, Origin.Echo());
        Assert.Equal(400, lab.Ask("GET / HTTP/1.1\r\nBad Field: x\r\n\r\n").Status);
        Assert.Equal(200, lab.Ask(World.Get()).Status);
        AssertCounts(lab, "v", requests: 1, failures: 0, 200);
    }

    private static void AssertCounts(Lab lab, string version, int requests, int failures, int status)
    {
        var totals = lab.Totals(version, requests);
        Assert.Equal((requests, failures, failures), (totals.Evidence0.Requests, totals.Evidence0.Failures, totals.Evidence0.FirstFailures));
        Assert.Equal(failures, totals.Failures);
        Assert.Equal(requests, totals.Statuses[status - VersionTotals.StatusMin]);
        Assert.Equal(requests, totals.Statuses.Sum());
        Assert.Equal(requests, totals.Latency.Sum());
        Assert.Equal(default, totals.Evidence1);
    }
}
