using FastCanary.Proxy;
using FastCanary.Traffic;

namespace FastCanary.Control.Tests.Rollouts;

/// <summary>What people ask for through the admin API's seam, and what they are told.</summary>
public sealed class ReleaseCommandTests
{
    private const string Three = """
        versions:
          stable: { weight: 9, endpoints: ["$0"] }
          canary: { weight: 1, endpoints: ["$1"] }
          other: { weight: 0, endpoints: ["$0"] }
        rollout: { canary: canary, baseline: stable, steps: [ { weight: 10%, hold: 24h }, { weight: 100% } ] }
        """;

    [Fact]
    public void What_does_not_exist_is_not_found_and_what_cannot_be_is_refused_and_changes_nothing()
    {
        using ReleaseLab lab = Lab(Three);
        Assert.Equal(ChangeOutcome.NotFound, lab.Target.SetWeights("nobody", new Dictionary<string, int> { ["stable"] = 1 }, ReleaseLab.Actor).Outcome);
        Assert.Equal(ChangeOutcome.NotFound, lab.Target.SetCanaryShare("nobody", 1, ReleaseLab.Actor).Outcome);
        Assert.Equal(ChangeOutcome.NotFound, lab.Target.Command("nobody", RolloutVerb.Start, full: false, ReleaseLab.Actor).Outcome);
        Assert.Null(lab.Target.Service("nobody"));
        Assert.Null(lab.Target.Journal("nobody", 10));
        Assert.Equal(ChangeOutcome.Invalid, lab.SetWeights(("nobody", 1)).Outcome);
        Assert.Equal(ChangeOutcome.Invalid, lab.SetWeights(("other", 1)).Outcome);
        Assert.Equal(ChangeOutcome.Invalid, lab.SetWeights(("stable", 0), ("canary", 0)).Outcome);
        Assert.Equal(ChangeOutcome.Conflict, lab.Command(RolloutVerb.Pause).Outcome);
        Assert.Equal(ChangeOutcome.Conflict, lab.Command(RolloutVerb.Retry).Outcome);
        Assert.Equal(("stable=9 canary=1 other=0", 0), (lab.Split, lab.Decisions.Length));
    }

    [Fact]
    public void An_abort_is_latched_against_weights_by_hand()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated);
        lab.Do(RolloutVerb.Start);
        lab.Do(RolloutVerb.Abort);
        Assert.Equal(ChangeOutcome.Conflict, lab.SetWeights(("canary", 1)).Outcome);
        Assert.Equal(ChangeOutcome.Conflict, lab.Target.SetCanaryShare("s", 1, ReleaseLab.Actor).Outcome);
        Assert.Equal(ChangeOutcome.Conflict, lab.Command(RolloutVerb.Start).Outcome);
        Assert.Equal("stable=1 canary=0", lab.Split);
    }

    [Fact]
    public void The_journal_says_who_when_why_from_and_to()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated);
        lab.Clock.Advance(TimeSpan.FromMilliseconds(1234));
        lab.Do(RolloutVerb.Start);
        Assert.Equal(ChangeResult.Done, lab.SetWeights(("stable", 3), ("canary", 2)));
        Assert.Equal(["started by admin: operator: stable=9 canary=1 -> stable=9 canary=1", "weights by admin: operator: stable=9 canary=1 -> stable=3 canary=2"], lab.Decisions);
        DecisionReport weights = lab.Service.Decisions[0];
        Assert.Equal(("weights", "s", ReleaseLab.Actor, "Paused", 1), (weights.Kind, weights.Service, weights.Actor, weights.Phase, weights.Step));
        Assert.Equal(lab.Clock.GetUtcNow(), weights.At);
        Assert.Contains("by hand", weights.Reason, StringComparison.Ordinal);
        Assert.Equal(lab.Target.Journal("s", 1)!.Select(line => DecisionReader.Read(line)!.Id), [weights.Id]);
    }

    [Fact]
    public void The_short_form_splits_between_the_canary_and_the_baseline()
    {
        using ReleaseLab lab = Lab(Three);
        Assert.Equal(ChangeResult.Done, lab.Target.SetCanaryShare("s", 2500, ReleaseLab.Actor));
        Assert.Equal("stable=3 canary=1 other=0", lab.Split);
        lab.Reload("versions: { a: { weight: 1, endpoints: [\"$0\"] }, b: { weight: 1, endpoints: [\"$1\"] }, c: { weight: 1, endpoints: [\"$1\"] } }");
        Assert.Equal(ChangeOutcome.Conflict, lab.Target.SetCanaryShare("s", 2500, ReleaseLab.Actor).Outcome);
        lab.Reload("versions: { a: { weight: 1, endpoints: [\"$0\"] }, b: { weight: 1, endpoints: [\"$1\"] } }");
        Assert.Equal(ChangeResult.Done, lab.Target.SetCanaryShare("s", 1, ReleaseLab.Actor));
        Assert.Equal("a=9999 b=1", lab.Split);
    }

    [Fact]
    public void Shares_and_rates_are_of_the_last_minute_and_totals_of_all_time()
    {
        using ReleaseLab lab = Lab("versions: { stable: { weight: 9, endpoints: [\"$0\"] }, canary: { weight: 1, endpoints: [\"$1\"] } }", new CountingOrigin(), new CountingOrigin(failureRate: 1));
        lab.Ask(40);
        lab.Second(10);
        Assert.Equal(ChangeResult.Done, lab.SetWeights(("stable", 1), ("canary", 1)));
        lab.Ask(60);
        lab.Second(10);
        VersionReport canary = lab.Service.Versions[1];
        Assert.Equal((0.34, 0.5, 34L, 34L, 1.0, 34 / 20.0), (canary.Share!.Value, canary.Intended, canary.Requests, canary.Errors, canary.ErrorRate!.Value, canary.RequestsPerSecond!.Value));
        Assert.Equal((1, 1), (canary.HealthyEndpoints, canary.Endpoints.Count));
        Assert.True(canary.P50 > 0 && canary.P50 <= canary.P90 && canary.P90 <= canary.P99);
        lab.Second(120);
        canary = lab.Service.Versions[1];
        Assert.Equal((null, null, null, null, 34L), (canary.Share, canary.ErrorRate, canary.RequestsPerSecond, canary.P50, canary.Requests));
    }

    [Fact]
    public void The_status_tells_where_the_rollout_is()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated);
        RolloutReport rollout = lab.Rollout;
        Assert.Equal(("Idle", 0, 3), (rollout.Phase, rollout.Step, rollout.Steps));
        Assert.Null(rollout.Advance);
        lab.Do(RolloutVerb.Start);
        lab.Ask(20);
        lab.Second();
        rollout = lab.Rollout;
        Assert.Equal(("Progressing", 1, "canary", "stable"), (rollout.Phase, rollout.Step, rollout.Canary, rollout.Baseline));
        Assert.Equal([0.1, 0.5, 1], rollout.Plan.Select(step => step.Weight!.Value));
        Assert.Contains(rollout.Advance!.WaitsFor, wait => wait.StartsWith("hold: ", StringComparison.Ordinal));
        Assert.Equal((18L, 2L), (rollout.Evidence[0].Requests!.Baseline, rollout.Evidence[0].Requests!.Canary));
        Assert.Equal("s", Assert.Single(lab.Target.Status().Services).Name);
    }

    [Fact]
    public void A_response_is_slow_by_the_quantiles_of_the_baselines_last_minute()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated.Replace("rollout: {", "rollout: { analysis: { latency: { quantiles: [p50, p99], maxIncrease: 50%, minIncrease: 0ms } },", StringComparison.Ordinal));
        SlowThresholds thresholds = lab.Live.Services[0].State.SlowThresholds;
        lab.Ask(10);
        lab.Second();
        Assert.Equal(long.MaxValue, thresholds.Micros(0, isBaseline: true));
        lab.Ask(90);
        lab.Second();
        long[] latency = lab.Totals("stable").Latency;
        foreach ((int place, double fraction) in new[] { (0, 0.5), (1, 0.99) })
        {
            long exact = Quantile(latency, fraction);
            Assert.Equal(exact, thresholds.Micros(place, isBaseline: true));
            Assert.Equal(exact + (long)Math.Ceiling(exact * 0.5), thresholds.Micros(place, isBaseline: false));
        }

        Assert.Equal(long.MaxValue, thresholds.Micros(2, isBaseline: true));
    }

    [Fact]
    public void What_a_person_asks_for_comes_after_what_was_seen_until_then()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated, new CountingOrigin(), new CountingOrigin(failureRate: 1));
        lab.Do(RolloutVerb.Start);
        lab.Ask(300);
        // No look has been since: the failures are found by the one before the command.
        Assert.Equal(ChangeOutcome.Conflict, lab.Command(RolloutVerb.Promote).Outcome);
        Assert.Equal(("Aborted", "stable=1 canary=0"), (lab.Rollout.Phase, lab.Split));
    }

    private static long Quantile(long[] latency, double fraction)
    {
        List<int> sorted = [];
        for (int i = 0; i < latency.Length; i++) sorted.AddRange(Enumerable.Repeat(i, (int)latency[i]));
        return LatencyScale.Value(sorted[(int)Math.Ceiling(sorted.Count * fraction) - 1]);
    }

    private static ReleaseLab Lab(string service, params CountingOrigin[] origins) => new(service, origins.Length > 0 ? origins : [new CountingOrigin(), new CountingOrigin()]);
}
