namespace FastCanary.Control.Tests.Rollouts;

/// <summary>Whole rollouts with real requests, half an hour in seconds.</summary>
public sealed class ReleaseTrafficTests
{
    private const string DefaultPlan = """
        versions:
          stable: { weight: 100, endpoints: ["$0"] }
          canary: { weight: 0, endpoints: ["$1"] }
        rollout: { canary: canary, baseline: stable }
        """;

    [Theory]
    [InlineData("epoll", 50)]
    [InlineData("sockets", 25)]
    public void A_canary_that_is_no_worse_gets_everything_within_half_an_hour_and_exactly_its_share_until_then(string transport, int requestsASecond)
    {
        if (transport == "epoll") Assert.SkipUnless(OperatingSystem.IsLinux(), "epoll is Linux's");
        using var lab = new ReleaseLab(DefaultPlan, transport, new CountingOrigin(0.01, seed: 11), new CountingOrigin(0.01, seed: 12));
        lab.Do(RolloutVerb.Start);
        var stretches = new List<string>();
        for (int second = 0; second < 1800; second++)
        {
            (string split, long stable, long canary) = (lab.Split, lab.Origins[0].Requests, lab.Origins[1].Requests);
            int asked = 0;
            for (; second < 1800 && lab.Split == split; second++)
            {
                lab.Ask(requestsASecond);
                asked += requestsASecond;
                lab.Second();
            }

            (stable, canary) = (lab.Origins[0].Requests - stable, lab.Origins[1].Requests - canary);
            double share = ShareOf(split);
            Assert.Equal(asked, stable + canary);
            // A stretch may begin and end within a cycle: less than one request of difference to either side.
            Assert.InRange(canary - (asked * share), -1, 1);
            stretches.Add(split);
        }

        // While the promotion is watched, the baseline keeps its part; how soon that begins lies with the draw.
        Assert.Equal(["stable=99 canary=1", "stable=19 canary=1", "stable=3 canary=1", "stable=1 canary=1", "stable=1 canary=99"], stretches.Take(5));
        Assert.Equal("Promoted", lab.Rollout.Phase);
        Assert.Equal(["started", "advanced", "advanced", "advanced", "promoted"], lab.Decisions.Take(5).Select(decision => decision.Split(' ')[0]));
        Assert.Null(lab.JournalFault());
    }

    [Theory]
    [InlineData("epoll", 50)]
    [InlineData("sockets", 25)]
    public void A_canary_that_fails_far_more_often_is_aborted_and_gets_nothing_from_then_on(string transport, int requestsASecond)
    {
        if (transport == "epoll") Assert.SkipUnless(OperatingSystem.IsLinux(), "epoll is Linux's");
        using var lab = new ReleaseLab(DefaultPlan, transport, new CountingOrigin(0.01, seed: 21), new CountingOrigin(0.2, seed: 22));
        lab.Do(RolloutVerb.Start);
        int second = 0;
        for (; second < 1800 && lab.Rollout.Phase != "Aborted"; second++)
        {
            lab.Ask(requestsASecond);
            lab.Second();
        }

        Assert.Equal("Aborted", lab.Rollout.Phase);
        Assert.StartsWith("errors: ", lab.Rollout.Reason, StringComparison.Ordinal);
        long before = lab.Origins[1].Requests;
        for (int i = 0; i < 60; i++)
        {
            lab.Ask(requestsASecond);
            lab.Second();
        }

        Assert.Equal(before, lab.Origins[1].Requests);
        Assert.Equal("stable=1 canary=0", lab.Split);
    }

    private static double ShareOf(string split)
    {
        int[] weights = [.. split.Split(' ').Select(version => int.Parse(version.Split('=')[1], System.Globalization.CultureInfo.InvariantCulture))];
        return weights[1] / (double)weights.Sum();
    }
}
