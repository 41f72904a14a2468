using System.Diagnostics;

namespace FastCanary.Proxy.Tests;

/// <summary>Fault drills: an error or a delay for exactly a share of one version's requests.</summary>
public sealed class FaultDrillTests
{
    private const string Split = """
        versions: { base: { weight: 1, endpoints: ["$0"] }, canary: { weight: 1, endpoints: ["$1"] } }

        """;

    [Theory]
    [InlineData("25%", 50)]
    [InlineData("100%", 200)]
    [InlineData("0.5%", 1)]
    [InlineData("0%", 0)]
    public void A_status_is_for_exactly_the_share_of_the_versions_requests_alone(string share, int drilled)
    {
        using var lab = new Lab(Split + $"fault: {{ version: canary, percent: {share}, status: 503 }}", Acts.Origin(Acts.Say("base")), Acts.Origin(Acts.Say("canary")));
        using var client = lab.Connect();
        var statuses = new List<int>();
        for (var i = 0; i < 400; i++)
        {
            client.Send(World.Get());
            statuses.Add(Message.ReadResponse(client)!.Status);
        }

        Assert.Equal(drilled, statuses.Count(static status => status == 503));
        Assert.Equal((200, 200 - drilled), (lab.Origins[0].Requests.Count, lab.Origins[1].Requests.Count));
        Assert.Equal((drilled, drilled), (lab.Counters("canary").Faults, lab.Counters("canary").Failures));
        World.Eventually(() => lab.Plane.Count(ExchangeOutcome.FaultInjected) == drilled, "counted");
    }

    [Fact]
    public void A_4xx_is_no_failure_of_the_version()
    {
        using var lab = new Lab(Split + "fault: { version: canary, percent: 100%, status: 418 }", Acts.Origin(Acts.Say("base")), Acts.Origin(Acts.Say("canary")));
        Assert.Equal([200, 418, 200, 418], lab.Ask(4));
        Assert.Equal((2, 0), (lab.Counters("canary").Faults, lab.Counters("canary").Failures));
    }

    [Fact]
    public void Pipelined_requests_keep_their_order()
    {
        using var lab = new Lab(Split + "fault: { version: canary, percent: 50%, status: 500, delay: 1-3ms }", Origin.Echo(), Origin.Echo());
        using var client = lab.Connect();
        client.Send(string.Concat(Enumerable.Range(0, 40).Select(static i => World.Get($"/{i}"))));
        var failed = 0;
        for (var i = 0; i < 40; i++)
        {
            var answer = Message.ReadResponse(client)!;
            if (answer.Status == 500) failed++;
            else Assert.Equal($"GET /{i} ", answer.Text);
        }

        Assert.Equal(10, failed);
    }

    [Theory]
    [InlineData("delay: 250ms", 200)]
    [InlineData("delay: 250ms, status: 503", 503)]
    public void A_delay_comes_before_the_answer(string fault, int status)
    {
        using var lab = new Lab(Split + $"fault: {{ version: canary, percent: 100%, {fault} }}", Acts.Origin(Acts.Say("base")), Acts.Origin(Acts.Say("canary")));
        lab.Ask(World.Get());
        var watch = Stopwatch.StartNew();
        Assert.Equal(status, lab.Ask(World.Post("body")).Status);
        Assert.True(watch.ElapsedMilliseconds >= 240, $"{watch.ElapsedMilliseconds} ms");
        Assert.Equal(status == 200 ? 1 : 0, lab.Origins[1].Requests.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_client_that_leaves_during_the_delay_is_gone(bool reset)
    {
        using var lab = new Lab(Split + "fault: { version: base, percent: 100%, delay: 60s }", Acts.Origin(Acts.Say("base")), Acts.Origin(Acts.Say("canary")));
        var client = lab.Connect();
        client.Send(World.Get());
        World.Eventually(() => lab.Counters("base").Faults == 1, "it waits");
        if (reset) client.Reset();
        else client.Dispose();
        World.Eventually(() => lab.Plane.Sessions == 0, "nobody waits for it");
        World.Eventually(() => lab.Plane.Count(ExchangeOutcome.ClientGone) == 1, "counted");
        Assert.Empty(lab.Origins[0].Requests);
    }

    [Fact]
    public void A_data_plane_ends_while_requests_are_delayed()
    {
        var lab = new Lab(Split + "fault: { version: base, percent: 100%, delay: 60s }", Acts.Origin(Acts.Say("base")), Acts.Origin(Acts.Say("canary")));
        using var client = Wire.Connect(lab.Port);
        client.Send(World.Get());
        World.Eventually(() => lab.Counters("base").Faults == 1, "it waits");
        var ended = Task.Run(lab.Plane.Dispose);
        World.Eventually(() => ended.IsCompleted, "the loops end");
        Assert.Null(lab.Plane.LastBug);
        lab.Dispose();
    }
}
