using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.Control.Tests.Rollouts;

/// <summary>What a reload makes of splits and rollouts that live.</summary>
public sealed class ReloadSemanticsTests
{
    private const string Plain = """
        versions:
          stable: { weight: 9, endpoints: ["$0"] }
          canary: { weight: 1, endpoints: ["$1"] }
        """;

    private static readonly string Reweighed = ReleaseLab.Gated.Replace("weight: 1,", "weight: 3,", StringComparison.Ordinal);

    private static readonly string Replaced = ReleaseLab.Gated.Replace("$1", "$2", StringComparison.Ordinal);

    private static readonly string Widened = ReleaseLab.Gated.Replace("[\"$1\"]", "[\"$1\", \"$2\"]", StringComparison.Ordinal);

    private static readonly string Replanned = ReleaseLab.Gated.Replace("weight: 50%", "weight: 60%", StringComparison.Ordinal);

    private const string Renamed = """
        versions:
          stable: { weight: 9, endpoints: ["$0"] }
          canary: { weight: 0, endpoints: ["$1"] }
          next: { weight: 0, endpoints: ["$2"] }
        rollout: { canary: next, baseline: stable, steps: [ { weight: 10%, hold: 24h }, { weight: 100% } ] }
        """;

    [Fact]
    public void A_weight_that_the_file_did_not_change_keeps_its_live_value()
    {
        using ReleaseLab lab = Lab(Plain);
        Assert.Equal(ChangeResult.Done, lab.SetWeights(("stable", 50), ("canary", 50)));
        lab.Reload(Plain + "\noutlier: { consecutiveFailures: 7 }");
        Assert.Equal("stable=50 canary=50", lab.Split);
        lab.Reload(Plain.Replace("weight: 1,", "weight: 2,", StringComparison.Ordinal));
        Assert.Equal("stable=50 canary=2", lab.Split);
        Assert.Equal(["weights by admin: operator: stable=9 canary=1 -> stable=50 canary=50", "weights by test: stable=50 canary=50 -> stable=50 canary=2"], lab.Decisions);
    }

    [Fact]
    public void A_reload_that_changes_nothing_of_a_rollout_lets_it_go_on()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated);
        lab.Do(RolloutVerb.Start);
        lab.Do(RolloutVerb.Promote);
        lab.Ask(40);
        lab.Second();
        lab.Reload(ReleaseLab.Gated + "\nexposeVersion: true");
        Assert.Equal(("Progressing", 2, "stable=1 canary=1"), (lab.Rollout.Phase, lab.Rollout.Step, lab.Split));
        Assert.Equal(20, RequestsOf(lab));
    }

    [Fact]
    public void A_weight_that_the_file_changed_wins_and_pauses_the_rollout_that_was_moving_it()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated);
        lab.Do(RolloutVerb.Start);
        lab.Do(RolloutVerb.Promote);
        lab.Reload(Reweighed, cause: "SIGHUP");
        Assert.Equal(("Paused", "stable=9 canary=3"), (lab.Rollout.Phase, lab.Split));
        Assert.Equal("weights by SIGHUP: stable=1 canary=1 -> stable=9 canary=3", lab.Decisions[^1]);
        lab.Ask(12);
        Assert.Equal((9, 3), (lab.Origins[0].Requests, lab.Origins[1].Requests));
        lab.Do(RolloutVerb.Resume);
        Assert.Equal(("Progressing", "stable=1 canary=1"), (lab.Rollout.Phase, lab.Split));
    }

    [Fact]
    public void Other_endpoints_of_the_canary_begin_the_rollout_and_its_evidence_again()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated);
        lab.Do(RolloutVerb.Start);
        lab.Do(RolloutVerb.Promote);
        lab.Ask(40);
        lab.Second();
        Assert.Equal(20, RequestsOf(lab));
        lab.Reload(Replaced);
        Assert.Equal(("Progressing", 1, "stable=9 canary=1"), (lab.Rollout.Phase, lab.Rollout.Step, lab.Split));
        Assert.Equal(0, RequestsOf(lab));
        Assert.Equal("reset by test: stable=1 canary=1 -> stable=9 canary=1", lab.Decisions[^1]);
        lab.Ask(10);
        Assert.Equal(1, lab.Origins[2].Requests);
    }

    [Fact]
    public void Other_endpoints_of_a_canary_that_a_person_has_paused_leave_it_paused_at_the_first_step()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated);
        lab.Do(RolloutVerb.Start);
        lab.Do(RolloutVerb.Promote);
        lab.Do(RolloutVerb.Pause);
        lab.Reload(Replaced);
        Assert.Equal(("Paused", 1, "stable=9 canary=1"), (lab.Rollout.Phase, lab.Rollout.Step, lab.Split));
    }

    [Fact]
    public void A_canary_that_keeps_one_endpoint_keeps_its_evidence()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated);
        lab.Do(RolloutVerb.Start);
        lab.Do(RolloutVerb.Promote);
        lab.Ask(40);
        lab.Second();
        lab.Reload(Widened);
        Assert.Equal(("Progressing", 2, 20L), (lab.Rollout.Phase, lab.Rollout.Step, RequestsOf(lab)));
    }

    [Fact]
    public void A_changed_plan_goes_on_where_the_rollout_is()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated);
        lab.Do(RolloutVerb.Start);
        lab.Ask(40);
        lab.Second();
        lab.Reload(Replanned);
        Assert.Equal(("Progressing", 1, "stable=9 canary=1", 4L), (lab.Rollout.Phase, lab.Rollout.Step, lab.Split, RequestsOf(lab)));
        lab.Do(RolloutVerb.Promote);
        Assert.Equal("stable=2 canary=3", lab.Split);
    }

    [Fact]
    public void A_step_that_has_become_a_gate_is_not_passed_without_a_person()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated);
        lab.Do(RolloutVerb.Start);
        lab.Do(RolloutVerb.Promote);
        lab.Reload(ReleaseLab.Gated.Replace("{ weight: 50%, hold: 24h }", "{ pause: true }", StringComparison.Ordinal));
        Assert.Equal(("Paused", 2, "stable=1 canary=1"), (lab.Rollout.Phase, lab.Rollout.Step, lab.Split));
        Assert.Contains("gate", Assert.Single(lab.Rollout.Advance!.WaitsFor), StringComparison.Ordinal);
        lab.Reload(ReleaseLab.Gated);
        Assert.Equal(("Paused", 2), (lab.Rollout.Phase, lab.Rollout.Step));
        lab.Do(RolloutVerb.Resume);
        Assert.Equal(("Progressing", 2, "stable=1 canary=1"), (lab.Rollout.Phase, lab.Rollout.Step, lab.Split));
    }

    [Fact]
    public void A_rollout_of_another_version_takes_the_share_of_the_one_before_it()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated.Replace("weight: 1,", "weight: 0,", StringComparison.Ordinal));
        lab.Do(RolloutVerb.Start);
        lab.Reload(Renamed);
        Assert.Equal(("Idle", "next", 0), (lab.Rollout.Phase, lab.Rollout.Canary, lab.Rollout.Step));
        Assert.Equal("stable=9 canary=0 next=0", lab.Split);
        Assert.Equal("weights by test: stable=9 canary=1 -> stable=9 canary=0 next=0", lab.Decisions[^1]);
    }

    [Fact]
    public void What_a_promotion_left_is_what_the_next_rollout_begins_with()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated.Replace("weight: 1,", "weight: 0,", StringComparison.Ordinal));
        lab.Do(RolloutVerb.Start);
        lab.Do(RolloutVerb.Promote, full: true);
        lab.Reload("""
            versions:
              stable: { weight: 0, endpoints: ["$0"] }
              canary: { weight: 1, endpoints: ["$1"] }
              next: { weight: 0, endpoints: ["$2"] }
            rollout: { canary: next, baseline: canary, steps: [ { weight: 10%, hold: 24h }, { weight: 100% } ] }
            """);
        Assert.Equal("stable=0 canary=1 next=0", lab.Split);
        lab.Do(RolloutVerb.Start);
        Assert.Equal("stable=0 canary=9 next=1", lab.Split);
    }

    [Fact]
    public void An_aborted_canary_gets_nothing_by_any_reload_of_its_weights_plan_or_baseline()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated + "\nrules: [ { header: { X-Canary: yes }, version: canary } ]");
        lab.Do(RolloutVerb.Start);
        lab.Do(RolloutVerb.Abort);
        string[] files =
        [
            Reweighed,
            Replanned,
            ReleaseLab.Gated + "\nrules: [ { path: /, version: canary } ]",
            """
            versions:
              old: { weight: 9, endpoints: ["$0"] }
              canary: { weight: 4, endpoints: ["$1"] }
            rollout: { canary: canary, baseline: old, steps: [ { weight: 10%, hold: 24h }, { weight: 100% } ] }
            """,
        ];
        foreach (string file in files)
        {
            lab.Reload(file);
            lab.Ask(20);
            Assert.Equal("Aborted", lab.Rollout.Phase);
            Assert.Equal(0, lab.Origins[1].Requests);
        }

        lab.Do(RolloutVerb.Retry);
        Assert.Equal(("Progressing", "old=9 canary=1"), (lab.Rollout.Phase, lab.Split));
    }

    [Fact]
    public void Other_endpoints_of_an_aborted_canary_are_no_longer_aborted_and_get_nothing_until_a_start()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated);
        lab.Do(RolloutVerb.Start);
        lab.Do(RolloutVerb.Abort);
        lab.Reload(Replaced);
        Assert.Equal(("Idle", "stable=1 canary=0"), (lab.Rollout.Phase, lab.Split));
        lab.Do(RolloutVerb.Start);
        Assert.Equal("stable=9 canary=1", lab.Split);
    }

    [Fact]
    public void A_rollout_that_a_running_service_gets_judges_only_what_comes_from_then_on()
    {
        using ReleaseLab lab = Lab(Plain);
        Assert.Equal(ChangeResult.Done, lab.SetWeights(("stable", 1), ("canary", 1)));
        lab.Ask(100);
        lab.Second();
        Assert.Equal(ChangeResult.Done, lab.SetWeights(("stable", 9), ("canary", 1)));
        lab.Ask(100);
        lab.Second();
        lab.Ask(50);
        lab.Reload(ReleaseLab.Gated);
        lab.Ask(10);
        lab.Second();
        Assert.Equal("Idle", lab.Rollout.Phase);
        Assert.Equal((1L, 9L), (RequestsOf(lab), lab.Rollout.Evidence[0].Requests!.Baseline));
        Assert.Empty(lab.Rollout.Problems);
    }

    [Fact]
    public void A_rollout_that_is_taken_out_of_the_file_leaves_its_split()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated);
        lab.Do(RolloutVerb.Start);
        lab.Do(RolloutVerb.Promote);
        lab.Reload(Plain);
        Assert.Null(lab.Service.Rollout);
        Assert.Equal("stable=1 canary=1", lab.Split);
        lab.Reload(ReleaseLab.Gated);
        Assert.Equal(("Idle", 0, "stable=1 canary=1"), (lab.Rollout.Phase, lab.Rollout.Step, lab.Split));
    }

    [Fact]
    public void A_split_that_changes_together_with_its_rollout_is_in_the_journal()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated);
        lab.Do(RolloutVerb.Start);
        lab.Do(RolloutVerb.Promote);
        lab.Reload(Plain.Replace("weight: 1,", "weight: 3,", StringComparison.Ordinal));
        Assert.Equal("weights by test: stable=1 canary=1 -> stable=1 canary=3", lab.Decisions[^1]);
        lab.Reload(ReleaseLab.Gated.Replace("weight: 1,", "weight: 4,", StringComparison.Ordinal));
        Assert.Equal("weights by test: stable=1 canary=3 -> stable=1 canary=4", lab.Decisions[^1]);
        Assert.Equal("stable=1 canary=4", lab.Split);
        lab.Stop();
        lab.AssertReplays();
    }

    [Fact]
    public void Versions_come_and_go_and_the_others_keep_their_weights()
    {
        using ReleaseLab lab = Lab(Plain);
        Assert.Equal(ChangeResult.Done, lab.SetWeights(("stable", 5), ("canary", 5)));
        lab.Reload("""
            versions:
              next: { weight: 0, endpoints: ["$2"] }
              canary: { weight: 1, endpoints: ["$1"] }
              stable: { weight: 9, endpoints: ["$0"] }
            """);
        Assert.Equal("next=0 canary=5 stable=5", lab.Split);
        // The split is the same: only the change by hand is in the journal.
        Assert.Single(lab.Decisions);
        lab.Reload("""
            versions:
              next: { weight: 3, endpoints: ["$2"] }
              stable: { weight: 9, endpoints: ["$0"] }
            """);
        Assert.Equal("next=3 stable=5", lab.Split);
        Assert.Equal("weights by test: next=0 canary=5 stable=5 -> next=3 stable=5", lab.Decisions[^1]);
        lab.Reload("""
            versions:
              canary: { weight: 1, endpoints: ["$1"] }
              next: { weight: 0, endpoints: ["$2"] }
            """);
        Assert.Equal("canary=1 next=0", lab.Split);
    }

    [Fact]
    public void Services_come_and_go_and_the_others_keep_their_splits()
    {
        const string other = """
              other:
                versions:
                  a: { weight: 1, endpoints: ["$0"] }
                  b: { weight: 1, endpoints: ["$1"] }
                rollout: { canary: b, baseline: a }

            """;
        using ReleaseLab lab = Lab(Plain);
        Assert.Equal(ChangeResult.Done, lab.SetWeights(("stable", 5), ("canary", 5)));
        Assert.Equal(ChangeResult.NotFound, lab.Target.Command("other", RolloutVerb.Start, full: false, ReleaseLab.Actor));
        lab.Reload(Plain, other);
        Assert.Equal(ChangeResult.Done, lab.Target.Command("other", RolloutVerb.Start, full: false, ReleaseLab.Actor));
        Assert.Equal(("stable=5 canary=5", "a=99 b=1"), (lab.Split, lab.SplitOf("other")));
        lab.Reload(Plain);
        Assert.Null(lab.Target.Service("other"));
        lab.Reload(Plain, other);
        Assert.Equal(("stable=5 canary=5", "a=1 b=1"), (lab.Split, lab.SplitOf("other")));
        Assert.Equal("Idle", lab.Target.Service("other")!.Rollout!.Phase);
    }

    [Fact]
    public void A_file_with_an_error_changes_nothing()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated);
        lab.Do(RolloutVerb.Start);
        var live = lab.Live;
        lab.Write(Replaced.Replace("weight: 9,", "weight: 90000,", StringComparison.Ordinal));
        Assert.False(lab.Control.Reload("test").Applied);
        Assert.Same(live, lab.Live);
        Assert.Equal(("Progressing", 1), (lab.Rollout.Phase, lab.Rollout.Step));
    }

    [Fact]
    public void An_address_that_is_in_use_changes_nothing()
    {
        using ReleaseLab lab = Lab(ReleaseLab.Gated);
        lab.Do(RolloutVerb.Start);
        lab.Do(RolloutVerb.Promote);
        var live = lab.Live;
        int decisions = lab.Decisions.Length;
        lab.Write(Replaced);
        string text = File.ReadAllText(lab.ConfigPath);
        File.WriteAllText(lab.ConfigPath, text.Replace("listeners: [ ", $"listeners: [ {{ address: \"127.0.0.1:{lab.Origins[0].Port}\", service: s }}, ", StringComparison.Ordinal));
        ReloadResult result = lab.Control.Reload("test");
        Assert.False(result.Applied);
        Assert.Contains(lab.Origins[0].Port.ToString(System.Globalization.CultureInfo.InvariantCulture), Assert.Single(result.Errors).ToString(), StringComparison.Ordinal);
        Assert.Same(live, lab.Live);
        Assert.Equal(decisions, lab.Decisions.Length);
        File.WriteAllText(lab.ConfigPath, text);
        Assert.True(lab.Control.Reload("test").Applied);
    }

    [Fact]
    public void A_rollout_that_is_replaced_in_the_file_forgets_which_users_have_failed()
    {
        string sticky = ReleaseLab.Gated + "\naffinity: { key: client-ip }";
        using ReleaseLab lab = Lab(sticky);
        lab.Do(RolloutVerb.Start);
        var state = lab.Live.Services[0].State;
        Assert.True(state.IsFirstFailure(17));
        Assert.False(state.IsFirstFailure(17));
        lab.Reload(Renamed + "\naffinity: { key: client-ip }");
        Assert.True(state.IsFirstFailure(17));
    }

    private static ReleaseLab Lab(string service) => new(service, new CountingOrigin(), new CountingOrigin(), new CountingOrigin());

    private static long RequestsOf(ReleaseLab lab) => lab.Rollout.Evidence[0].Requests!.Canary;
}
