using System.Globalization;
using FastCanary.Traffic;

namespace FastCanary.Proxy.Tests.Counters;

/// <summary>What of a version's requests speaks for or against it, and in which epoch.</summary>
public sealed class EvidenceTests
{
    private const string Split = """
        versions: { base: { weight: 1, endpoints: ["$0"] }, canary: { weight: 1, endpoints: ["$1"] } }

        """;

    private const string Users = """
        versions: { v: { endpoints: ["$0"] } }
        affinity: { key: header X-User, salt: a }

        """;

    [Fact]
    public void Requests_whose_version_a_rule_chose_are_no_evidence()
    {
        const string Ruled = Split + "rules: [{ header: { X-Canary: \"1\" }, version: canary }]";
        using var lab = new Lab(Ruled, Acts.Origin(Acts.Say("base")), Acts.Origin(Acts.Fail500));
        lab.Apply(Ruled, Adjusted.Analysis(Adjusted.Business("x-business-error")));
        for (var i = 0; i < 3; i++) Assert.Equal(500, lab.Ask("GET / HTTP/1.1\r\nHost: a.example\r\nX-Canary: 1\r\n\r\n").Status);
        var totals = lab.Totals("canary", 3);
        Assert.Equal((3, 3, 3), (totals.Failures, totals.Statuses[400], totals.Latency.Sum()));
        Assert.Equal((default, default), (totals.Evidence0, totals.Evidence1));
        Assert.Equal([200, 500], lab.Ask(2));
        Assert.Equal((1, 1), (lab.Totals("canary", 4).Evidence0.Requests, lab.Totals("canary").Evidence0.Failures));
    }

    [Theory]
    [InlineData(0, 0, 1, 0)]
    [InlineData(0, 1, 1, 0)]
    [InlineData(0, 2, 0, 0)]
    [InlineData(5, 5, 0, 1)]
    [InlineData(5, 4, 0, 1)]
    [InlineData(5, 6, 0, 1)]
    [InlineData(5, 7, 0, 0)]
    [InlineData(6, 7, 1, 0)]
    public void Evidence_goes_where_the_epoch_of_its_model_says_unless_that_is_long_over(int epoch, int liveEpoch, int even, int odd)
    {
        using var lab = new Lab(Split, Acts.Origin(Acts.Fail500), Acts.Origin(Acts.Say("canary")));
        lab.Apply(Split, Adjusted.Epoch(epoch));
        lab.Service.State.Epoch = liveEpoch;
        Assert.Equal(500, lab.Ask(World.Get()).Status);
        var totals = lab.Totals("base", 1);
        Assert.Equal((even, even, even), (totals.Evidence0.Requests, totals.Evidence0.Failures, totals.Evidence0.FirstFailures));
        Assert.Equal((odd, odd, odd), (totals.Evidence1.Requests, totals.Evidence1.Failures, totals.Evidence1.FirstFailures));
        Assert.Equal((1, 1), (totals.Failures, totals.Statuses[400]));
    }

    [Fact]
    public void A_request_keeps_the_epoch_that_it_began_in()
    {
        using var lab = new Lab(Split, Acts.Origin(Acts.Hang), Acts.Origin(Acts.Say("canary")));
        using var client = lab.Connect();
        client.Send(World.Get());
        World.Eventually(() => lab.Origins[0].Requests.Count == 1, "it is under way");
        lab.Apply(Split, Adjusted.Epoch(1));
        lab.Service.State.Epoch = 1;
        client.Dispose();
        Assert.Equal((1, 0), (lab.Totals("base", 1).Evidence0.Requests, lab.Totals("base").Evidence1.Requests));
    }

    [Fact]
    public void Of_a_users_failures_the_first_is_told_apart()
    {
        using var lab = new Lab(Users, Acts.Origin(Acts.Fail500));
        lab.Service.State.ResetUsers();
        Ask(lab, "anna", 3);
        Ask(lab, "bert", 2);
        var evidence = lab.Totals("v", 5).Evidence0;
        Assert.Equal((5, 5, 2), (evidence.Requests, evidence.Failures, evidence.FirstFailures));
        lab.Service.State.ResetUsers();
        Ask(lab, "anna", 3);
        Assert.Equal(3, lab.Totals("v", 8).Evidence0.FirstFailures);
    }

    [Fact]
    public void Requests_without_a_key_count_each()
    {
        using var lab = new Lab(Users, Acts.Origin(Acts.Fail500));
        lab.Service.State.ResetUsers();
        lab.Ask(3);
        Assert.Equal((3, 3), (lab.Totals("v", 3).Evidence0.Failures, lab.Totals("v").Evidence0.FirstFailures));
    }

    [Fact]
    public void A_users_failures_are_its_first_only_once_over_all_loops()
    {
        using var lab = new Lab(Users, 2, "", Acts.Origin(Acts.Fail500));
        lab.Service.State.ResetUsers();
        for (var i = 0; i < 20; i++) Ask(lab, "anna", 1);
        Assert.Equal((20, 1), (lab.Totals("v", 20).Evidence0.Failures, lab.Totals("v").Evidence0.FirstFailures));
    }

    [Fact]
    public void Successful_responses_above_their_versions_threshold_are_slow()
    {
        using var lab = new Lab(Split, Acts.Origin(Acts.Say("base")), Acts.Origin(Acts.Say("canary")));
        var thresholds = lab.Service.State.SlowThresholds;
        thresholds.Set(0, 0, long.MaxValue);
        thresholds.Set(1, long.MaxValue, 0);
        thresholds.Set(2, 0, 0);
        lab.Ask(6);
        var (onBase, onCanary) = (lab.Totals("base", 3).Evidence0, lab.Totals("canary", 3).Evidence0);
        Assert.Equal((3, 0, 3), (onBase.Slow0, onBase.Slow1, onBase.Slow2));
        Assert.Equal((0, 3, 3), (onCanary.Slow0, onCanary.Slow1, onCanary.Slow2));
    }

    [Fact]
    public void What_has_failed_is_not_slow_as_well()
    {
        using var lab = new Lab(Split, Acts.Origin(Acts.Fail500), Acts.Origin(Acts.Say("canary")));
        lab.Service.State.SlowThresholds.Set(0, 0, 0);
        lab.Ask(2);
        Assert.Equal((1, 0), (lab.Totals("base", 1).Evidence0.Failures, lab.Totals("base").Evidence0.Slow0));
        Assert.Equal((0, 1), (lab.Totals("canary", 1).Evidence0.Failures, lab.Totals("canary").Evidence0.Slow0));
    }

    [Fact]
    public void Of_a_users_slow_responses_the_first_of_each_quantile_counts()
    {
        using var lab = new Lab(Users, Acts.Origin(Acts.Say("v")));
        var state = lab.Service.State;
        state.ResetUsers();
        state.SlowThresholds.Set(0, 0, 0);
        Ask(lab, "anna", 3);
        Assert.Equal((1, 0), (lab.Totals("v", 3).Evidence0.Slow0, lab.Totals("v").Evidence0.Slow1));
        state.SlowThresholds.Set(1, 0, 0);
        Ask(lab, "anna", 2);
        Ask(lab, "bert", 1);
        Assert.Equal((2, 2), (lab.Totals("v", 6).Evidence0.Slow0, lab.Totals("v").Evidence0.Slow1));
    }

    [Theory]
    [InlineData("X-Business-Error: 1", 1)]
    [InlineData("x-business-error: payment refused", 1)]
    [InlineData("X-Business-Error: 0", 0)]
    [InlineData("X-Business-Error: False", 0)]
    [InlineData("X-Business-Error:", 0)]
    [InlineData("X-Business-Error: 0\r\nX-Business-Error: 7\r\nX-Business-Error: 8", 1)]
    [InlineData("X-Other: 1", 0)]
    public void A_business_error_is_what_a_responses_field_tells(string field, int errors)
    {
        using var origin = Origin.Saying($"HTTP/1.1 200 OK\r\n{field}\r\nContent-Length: 2\r\n\r\nok");
        const string One = """versions: { v: { endpoints: ["$0"] } }""";
        using var lab = new Lab(One, origin);
        lab.Ask(World.Get());
        Assert.Equal(0, lab.Totals("v", 1).Business);
        lab.Apply(One, Adjusted.Analysis(Adjusted.Business("x-business-error")));
        lab.Ask(2);
        var totals = lab.Totals("v", 3);
        Assert.Equal((2 * errors, 2 * errors, 0), (totals.Business, totals.Evidence0.Business, totals.Failures));
    }

    private static void Ask(Lab lab, string user, int times)
    {
        for (var i = 0; i < times; i++) lab.Ask(string.Create(CultureInfo.InvariantCulture, $"GET / HTTP/1.1\r\nHost: a.example\r\nX-User: {user}\r\n\r\n"));
    }
}
