using FastCanary.Decisions;
using FastCanary.Release.Tests.Evidence;

namespace FastCanary.Release.Tests.Decisions;

/// <summary>A small part of the study in bench/FastCanary.Decisions. Its bounds are so wide that, were the claims just true, one would be broken by chance less than once in a million.</summary>
public sealed class DecisionQualityTests
{
    private const int Runs = 1000;
    private const double Chance = 1e-6;
    private const double FalseAbort = 0.01;
    private const double Detection = 0.99;

    private static readonly Cell Worse = Study.Aim;
    private static readonly Cell Outages = new() { Traffic = TrafficKind.Outages, ShareBasisPoints = 1000, ErrorRate = 0.005 };
    private static readonly Cell Users = new() { Traffic = TrafficKind.Users, ShareBasisPoints = 5000, ErrorRate = 0.005 };

    [Fact]
    public void A_release_that_is_no_worse_is_hardly_ever_aborted_in_spite_of_outages_that_both_versions_share()
    {
        Outcome[] outcomes = CellRun.Run(Outages, Runs, seed: 1);
        Assert.True(outcomes[0].Aborted <= Most(FalseAbort), $"{outcomes[0].Aborted} of {Runs} aborted");
        // The check can fail.
        Assert.Equal("99 %, 1 strike", outcomes[1].Decider);
        Assert.True(outcomes[1].Aborted > Most(FalseAbort), $"{outcomes[1].Decider}: {outcomes[1].Aborted} of {Runs} aborted");
        Assert.Contains(outcomes, outcome => outcome.Decider.StartsWith("z-test", StringComparison.Ordinal) && outcome.Aborted > Most(FalseAbort));
    }

    [Fact]
    public void A_heavy_user_who_always_fails_is_no_evidence_against_the_version_that_the_user_is_on()
    {
        Outcome[] outcomes = CellRun.Run(Users, Runs, seed: 2);
        Assert.True(outcomes[0].Aborted <= Most(FalseAbort), $"{outcomes[0].Aborted} of {Runs} aborted");
        // Counting requests instead of users, it would be.
        Assert.True(outcomes[^1].Aborted > Most(FalseAbort), $"{outcomes[^1].Decider}: {outcomes[^1].Aborted} of {Runs} aborted");
    }

    [Fact]
    public void A_release_that_is_3_times_worse_is_all_but_always_found_within_an_hour()
    {
        Outcome[] outcomes = CellRun.Run(Worse, Runs, seed: 3);
        Assert.True(outcomes[0].Aborted >= Runs - Most(1 - Detection), $"{outcomes[0].Aborted} of {Runs} found");
        Assert.InRange(outcomes[0].MedianSeconds ?? double.PositiveInfinity, 60, 30 * 60);
        // The check can fail.
        Assert.Contains(outcomes, outcome => outcome.Decider.StartsWith("Mann-Whitney", StringComparison.Ordinal) && outcome.Aborted < Runs - Most(1 - Detection));
    }

    [Fact]
    public void The_default_plan_takes_a_good_release_to_its_end_and_a_bad_one_back()
    {
        var plan = new Cell { Traffic = TrafficKind.Constant, ShareBasisPoints = 0, ErrorRate = 0.005, RequestsPerSecond = 100, Minutes = 90 };
        Outcome good = CellRun.Run(plan, 100, seed: 4)[0];
        Assert.InRange(good.Aborted, 0, 10);
        Assert.InRange(good.Completed, 85, 100);
        Assert.InRange(good.CompletedMedianSeconds ?? 0, 23 * 60, 60 * 60);
        Outcome bad = CellRun.Run(plan with { Ratio = 10 }, 100, seed: 5)[0];
        Assert.InRange(bad.Aborted, 98, 100);
        Assert.InRange(bad.Completed, 0, 2);
    }

    [Fact]
    public void A_seed_repeats_all_of_it()
    {
        Outcome[] first = CellRun.Run(Outages with { Ratio = 2 }, 100, seed: 6);
        Assert.Equal(first, CellRun.Run(Outages with { Ratio = 2 }, 100, seed: 6));
        Assert.NotEqual(first, CellRun.Run(Outages with { Ratio = 2 }, 100, seed: 7));
    }

    /// <summary>The number that is exceeded with a probability of at most <see cref="Chance"/>.</summary>
    private static int Most(double rate)
    {
        int hits = Runs;
        for (double above = 0; ; hits--)
        {
            above += Math.Exp(Binomials.Log(Runs, hits, rate));
            if (above > Chance)
                return hits;
        }
    }
}
