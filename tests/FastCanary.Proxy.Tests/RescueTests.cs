namespace FastCanary.Proxy.Tests;

/// <summary><c>rescue: true</c>: the user gets the baseline's answer, and the failure is the canary's.</summary>
public sealed class RescueTests
{
    private const string Split = """
        versions: { base: { weight: 1, endpoints: ["$0"] }, canary: { weight: 1, endpoints: ["$1"] } }
        timeouts: { connect: 10s, response: 20s }
        retry: { attempts: 0, rescue: true }
        exposeVersion: true
        """;

    [Theory]
    [InlineData("500")]
    [InlineData("503")]
    [InlineData("reset")]
    [InlineData("hang")]
    [InlineData("malformed")]
    public void What_fails_on_the_canary_is_answered_by_the_baseline_and_counts_against_the_canary(string failure)
    {
        using var lab = new Lab(Split, Acts.Origin(Acts.Say("base")), Acts.Origin(Acts.ByName(failure)));
        using var client = lab.Connect();
        for (var i = 0; i < 6; i++)
        {
            var hangs = failure == "hang" && i % 2 == 1;
            if (hangs) lab.SetResponseTimeout(1000);
            client.Send(World.Get($"/{i}"));
            if (hangs)
            {
                // The baseline has all the time it needs.
                lab.AssertRequests((i / 2) + 1, origin: 1);
                lab.SetResponseTimeout(Wire.PatienceMs);
            }

            var answer = Message.ReadResponse(client)!;
            Assert.Equal((200, "base", "base"), (answer.Status, answer.Text, answer["X-Canary-Version"]));
            Assert.Equal(i % 2 == 1 ? "1" : null, answer["X-Canary-Rescued"]);
        }

        lab.AssertRequests(3, origin: 1);
        Assert.All(lab.Origins[0].Requests, static request => Assert.Equal(request.Target is "/1" or "/3" or "/5" ? "1" : null, request["X-Canary-Rescued"]));
        var canary = lab.Counters("canary");
        Assert.Equal((3, 3, 0), (canary.Failures, canary.Rescued, canary.Retries));
        Assert.Equal((0, 0), (lab.Counters("base").Failures, lab.Counters("base").Rescued));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public void Of_a_refused_request_nothing_was_sent_so_any_method_is_rescued(string method)
    {
        using var lab = new Lab(Split.Replace("$1", "$dead", StringComparison.Ordinal), Origin.Echo());
        for (var i = 0; i < 4; i++)
        {
            var answer = lab.Ask($"{method} / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 2\r\n\r\nhi");
            Assert.Equal((200, $"{method} / hi"), (answer.Status, answer.Text));
            Assert.Equal(i % 2 == 1 ? "1" : null, answer["X-Canary-Rescued"]);
        }

        Assert.Equal((2, 2), (lab.Counters("canary").Failures, lab.Counters("canary").Rescued));
    }

    [Theory]
    [InlineData("500", 500)]
    [InlineData("reset", 502)]
    [InlineData("hang", 504)]
    public void What_must_not_be_done_twice_is_not_rescued_once_it_was_sent(string failure, int status)
    {
        using var lab = new Lab(Split, Acts.Origin(Acts.Say("base")), Acts.Origin(Acts.ByName(failure)));
        Assert.Equal(200, lab.Ask(World.Post("x")).Status);
        if (failure == "hang") lab.SetResponseTimeout(200);
        var answer = lab.Ask(World.Post("x"));
        Assert.Equal((status, null), (answer.Status, answer["X-Canary-Rescued"]));
        Assert.Single(lab.Origins[0].Requests);
        Assert.Equal((1, 0), (lab.Counters("canary").Failures, lab.Counters("canary").Rescued));
    }

    [Fact]
    public void The_baselines_own_failures_are_not_rescued()
    {
        using var lab = new Lab(Split, Acts.Origin(Acts.Fail500), Acts.Origin(Acts.Say("canary")));
        Assert.Equal([500, 200, 500, 200], lab.Ask(4));
        Assert.Equal(2, lab.Origins[0].Requests.Count);
        Assert.Equal((2, 0), (lab.Counters("base").Failures, lab.Counters("base").Rescued));
    }

    [Fact]
    public void Where_the_rescue_fails_too_its_answer_stands()
    {
        using var lab = new Lab(Split, Acts.Origin(Acts.Fail503), Acts.Origin(Acts.Fail500));
        Assert.Equal([503, 503], lab.Ask(2));
        Assert.Equal((2, 1), (lab.Origins[0].Requests.Count, lab.Origins[1].Requests.Count));
        Assert.Equal((2, 1), (lab.Counters("base").Failures, lab.Counters("canary").Failures));
    }

    [Fact]
    public void Attempts_within_the_canary_come_first()
    {
        var retry = Split.Replace("attempts: 0, rescue: true", "attempts: 2, rescue: true, on: [reset]", StringComparison.Ordinal);
        using var lab = new Lab(retry, Acts.Origin(Acts.Say("base")), Acts.Origin(Acts.Reset));
        Assert.Equal([200, 200], lab.Ask(2));
        Assert.Equal((2, 3), (lab.Origins[0].Requests.Count, lab.Origins[1].Requests.Count));
        Assert.Equal((3, 2, 1), (lab.Counters("canary").Failures, lab.Counters("canary").Retries, lab.Counters("canary").Rescued));
    }

    [Fact]
    public void Without_the_key_the_canarys_failure_is_the_users()
    {
        using var lab = new Lab(Split.Replace("rescue: true", "rescue: false", StringComparison.Ordinal), Acts.Origin(Acts.Say("base")), Acts.Origin(Acts.Fail500));
        Assert.Equal([200, 500], lab.Ask(2));
    }

    [Fact]
    public void A_4xx_is_an_answer()
    {
        using var lab = new Lab(Split, Acts.Origin(Acts.Say("base")), Acts.Origin(Acts.Fail404));
        Assert.Equal([200, 404], lab.Ask(2));
        Assert.Equal(0, lab.Counters("canary").Failures);
    }

    [Fact]
    public void Nobody_else_can_say_that_a_request_was_rescued()
    {
        using var lab = new Lab(Split, Origin.Saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Canary-Rescued: 1\r\n\r\n"), Acts.Origin(Acts.Say("canary")));
        for (var i = 0; i < 2; i++) Assert.Null(lab.Ask("GET / HTTP/1.1\r\nHost: a.example\r\nx-canary-rescued: 1\r\n\r\n")["X-Canary-Rescued"]);
        Assert.All(lab.Origins, static origin => Assert.Null(Assert.Single(origin.Requests)["X-Canary-Rescued"]));
    }

    [Fact]
    public void A_response_that_has_begun_is_not_rescued()
    {
        using var lab = new Lab(Split, Acts.Origin(Acts.Say("base")), Acts.Origin(Acts.Truncate));
        Assert.Equal("base", lab.Ask(World.Get()).Text);
        Assert.False(lab.Ask(World.Get()).IsComplete);
        Assert.Single(lab.Origins[0].Requests);
        Assert.Equal((1, 0), (lab.Counters("canary").Failures, lab.Counters("canary").Rescued));
    }
}
