using System.Text.RegularExpressions;

namespace FastCanary.Release.Tests.Rollouts;

public sealed class RolloutCommandTests
{
    private const string Done = "Start Pause Resume Promote PromoteFull Abort Retry Undo SetShare ConfigureShare ReplaceCanary";

    /// <summary>A place that a rollout can be in, and the verbs that do something there.</summary>
    private static readonly (string Place, Func<Scene> Make, string Verbs)[] Places =
    [
        ("idle, without a share", () => new Scene(Scene.Plan()), "Start SetShare ConfigureShare ReplaceCanary"),
        ("idle, with a share", () => Idle(Scene.Plan()), "Start Abort SetShare ConfigureShare ReplaceCanary"),
        ("progressing", () => Scene.Started(Scene.Plan()), "Pause Promote PromoteFull Abort SetShare ConfigureShare ReplaceCanary"),
        ("at a gate", () => Scene.Started(Scene.Plan(Scene.Gate(), Scene.Weight(1000))), "Promote PromoteFull Abort SetShare ConfigureShare ReplaceCanary"),
        ("at a gate with a time", () => Scene.Started(Scene.Plan(Scene.Gate(60), Scene.Weight(1000))), "Promote PromoteFull Abort SetShare ConfigureShare ReplaceCanary"),
        ("paused by hand", () => After(Scene.Started(Scene.Plan()), scene => scene.Do(RolloutVerb.Pause)), "Resume Promote PromoteFull Abort SetShare ConfigureShare ReplaceCanary"),
        ("held by a guard", Held, "Resume Promote PromoteFull Abort SetShare ConfigureShare ReplaceCanary"),
        ("paused by a deadline", () => After(Scene.Started(Scene.Plan()), scene => scene.Pass(86_400)), "Resume Promote PromoteFull Abort SetShare ConfigureShare ReplaceCanary"),
        ("paused by a split by hand", () => After(Scene.Started(Scene.Plan()), scene => scene.Do(RolloutVerb.SetShare, 700)), "Resume Promote PromoteFull Abort SetShare ConfigureShare ReplaceCanary"),
        ("held by a guard, without a rollout", () => Broken(Idle(Scene.Plan() with { OnFailure = new FailurePlan { Action = FailureAction.Hold } })), "Start Resume Abort SetShare ConfigureShare ReplaceCanary"),
        ("watched", () => After(Scene.Started(Scene.Plan()), scene => scene.Do(RolloutVerb.PromoteFull)), "Promote PromoteFull Abort Undo SetShare ConfigureShare ReplaceCanary"),
        ("completed", () => After(Scene.Started(Scene.Plan() with { Promotion = new PromotionPlan { Watch = TimeSpan.Zero } }), scene => scene.Do(RolloutVerb.PromoteFull)), "Start Undo SetShare ConfigureShare ReplaceCanary"),
        ("aborting", Aborting, "Abort ReplaceCanary"),
        ("aborted", () => After(Scene.Started(Scene.Plan()), scene => scene.Do(RolloutVerb.Abort)), "Retry ReplaceCanary"),
    ];

    public static TheoryData<string, RolloutVerb> All()
    {
        var all = new TheoryData<string, RolloutVerb>();
        foreach ((string place, _, _) in Places)
        {
            foreach (RolloutVerb verb in Enum.GetValues<RolloutVerb>())
                all.Add(place, verb);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_command_is_done_or_refused_with_what_to_do_instead(string place, RolloutVerb verb)
    {
        (_, Func<Scene> make, string verbs) = Array.Find(Places, candidate => candidate.Place == place);
        string[] possible = verbs.Split(' ');
        Scene scene = make();
        string before = scene.State;
        scene.Now = scene.Now.AddSeconds(1);
        CommandResult result = scene.Ask(verb, 500);
        if (Array.IndexOf(possible, verb.ToString()) >= 0)
        {
            Assert.Null(result.Refusal);
            Assert.NotEmpty(result.Decisions);
            Assert.All(result.Decisions, decision => Assert.Equal("admin: operator", decision.Actor));
            return;
        }

        Assert.NotNull(result.Refusal);
        Assert.Empty(result.Decisions);
        Assert.Equal(before, scene.State);
        string[] named = [.. Regex.Matches(result.Refusal, @"\b(start|pause|resume|promote|abort|retry|undo)\b").Select(match => match.Value)];
        Assert.True(
            named.Any(name => possible.Contains(name, StringComparer.OrdinalIgnoreCase)) || (place == "aborting" && result.Refusal.Contains("wait for its end", StringComparison.Ordinal)),
            $"{place}: {result.Refusal}");
    }

    [Fact]
    public void The_table_speaks_of_every_verb() => Assert.Equal(Enum.GetNames<RolloutVerb>(), Done.Split(' '));

    [Fact]
    public void A_refused_command_leaves_what_comes_next_as_it_was()
    {
        Scene asked = Scene.Started(Scene.Plan());
        Scene alone = Scene.Started(Scene.Plan());
        for (int i = 0; i < 100; i++)
        {
            Assert.NotNull(asked.Ask(RolloutVerb.Retry).Refusal);
            Assert.Equal(alone.Serve(20).Length, asked.Serve(20).Length);
            Assert.Equal(alone.State, asked.State);
        }
    }

    [Fact]
    public void A_pause_stops_the_time_of_the_step()
    {
        Scene scene = Scene.Started(Scene.Plan());
        scene.Serve(1000, seconds: 40);
        scene.Do(RolloutVerb.Pause);
        scene.Pass(1000);
        scene.Do(RolloutVerb.Resume);
        Assert.Equal(TimeSpan.FromSeconds(20), scene.Report().Eta);
        scene.Pass(19);
        Assert.Equal(1, scene.Rollout.Step);
        scene.Pass(1);
        Assert.Equal(2, scene.Rollout.Step);
    }

    [Fact]
    public void Resume_goes_back_to_the_share_of_the_step_after_a_split_by_hand()
    {
        Scene scene = Scene.Started(Scene.Plan());
        scene.Do(RolloutVerb.SetShare, 700);
        Assert.Equal((RolloutPhase.Paused, 700), (scene.Phase, scene.Share));
        Assert.Equal(1000, scene.Do(RolloutVerb.Resume).To);
        Assert.Equal(RolloutPhase.Progressing, scene.Phase);
    }

    [Fact]
    public void Promote_goes_to_the_next_step_whatever_the_evidence_and_full_to_the_end()
    {
        Scene scene = Scene.Started(Scene.Plan());
        Assert.Equal((DecisionKind.Advanced, 5000), (scene.Do(RolloutVerb.Promote).Kind, scene.Share));
        Assert.Equal((DecisionKind.Promoted, 9900), (scene.Do(RolloutVerb.Promote).Kind, scene.Share));
        Assert.Equal((DecisionKind.Promoted, 9900), (After(Scene.Started(Scene.Plan()), other => other.Do(RolloutVerb.PromoteFull)).Decisions[^1].Kind, scene.Share));
    }

    [Fact]
    public void A_split_of_nothing_keeps_the_reason_of_an_abort()
    {
        Scene scene = Scene.Started(Scene.Plan());
        Broken(scene);
        string reason = scene.Rollout.Reason;
        Assert.StartsWith("errors: ", reason, StringComparison.Ordinal);
        scene.Do(RolloutVerb.SetShare, 0);
        Assert.Equal((RolloutPhase.Aborted, reason), (scene.Phase, scene.Rollout.Reason));
        Assert.Contains(reason, scene.Ask(RolloutVerb.SetShare, 1).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_split_by_hand_keeps_the_reason_of_a_hold()
    {
        Scene scene = Held();
        string reason = scene.Rollout.Reason;
        Assert.Equal("the split was changed by hand", scene.Do(RolloutVerb.SetShare, 100).Reason);
        Assert.Equal((RolloutPhase.Paused, 100, reason), (scene.Phase, scene.Share, scene.Rollout.Reason));
    }

    [Fact]
    public void A_split_after_a_promotion_ends_the_release_and_its_evidence()
    {
        Scene scene = Scene.Started(Scene.Plan());
        scene.Serve(10, failures: 1);
        scene.Do(RolloutVerb.PromoteFull);
        scene.Do(RolloutVerb.ConfigureShare, 3000);
        Assert.Equal((RolloutPhase.Idle, 3000, 0, 0L), (scene.Phase, scene.Share, scene.Rollout.Step, scene.Rollout.Hurt));
        Assert.Null(scene.Rollout.WatchUntil);
    }

    [Theory]
    [InlineData("progressing", RolloutPhase.Progressing, 1000, 1)]
    [InlineData("paused by hand", RolloutPhase.Paused, 1000, 1)]
    [InlineData("held by a guard", RolloutPhase.Progressing, 1000, 1)]
    [InlineData("paused by a deadline", RolloutPhase.Progressing, 1000, 1)]
    [InlineData("paused by a split by hand", RolloutPhase.Progressing, 1000, 1)]
    [InlineData("at a gate", RolloutPhase.Paused, 0, 1)]
    [InlineData("idle, without a share", RolloutPhase.Idle, 0, 0)]
    [InlineData("idle, with a share", RolloutPhase.Idle, 3000, 0)]
    [InlineData("held by a guard, without a rollout", RolloutPhase.Idle, 3000, 0)]
    [InlineData("watched", RolloutPhase.Idle, 0, 0)]
    [InlineData("completed", RolloutPhase.Idle, 0, 0)]
    [InlineData("aborting", RolloutPhase.Idle, 0, 0)]
    [InlineData("aborted", RolloutPhase.Idle, 0, 0)]
    public void Another_canary_has_evidence_of_its_own(string place, RolloutPhase phase, int share, int step)
    {
        Scene scene = Array.Find(Places, candidate => candidate.Place == place).Make();
        int generation = scene.Rollout.EvidenceGeneration;
        scene.Do(RolloutVerb.ReplaceCanary);
        Assert.Equal((phase, share, step), (scene.Phase, scene.Share, scene.Rollout.Step));
        Assert.Equal(0, scene.Rollout.Hurt);
        Assert.True(scene.Rollout.EvidenceGeneration > generation);
    }

    [Fact]
    public void Another_canary_begins_with_the_first_step()
    {
        Scene scene = Scene.Started(Scene.Plan());
        scene.Do(RolloutVerb.Promote);
        Decision decision = scene.Do(RolloutVerb.ReplaceCanary);
        Assert.Equal((DecisionKind.Reset, 5000, 1000, 1), (decision.Kind, decision.From, decision.To, decision.Step));
    }

    internal static Scene After(Scene scene, Action<Scene> act)
    {
        act(scene);
        return scene;
    }

    internal static Scene Idle(RolloutPlan plan) => new(plan, new RolloutState { PhaseSince = Scene.Beginning, CanaryBasisPoints = 3000 });

    /// <summary>So many failures of the canary's alone that no guard can miss them.</summary>
    internal static Scene Broken(Scene scene)
    {
        scene.Serve(100, failures: 50);
        return scene;
    }

    internal static Scene Held() => Broken(Scene.Started(Scene.Plan() with { OnFailure = new FailurePlan { Action = FailureAction.Hold } }));

    internal static Scene Aborting()
    {
        Scene scene = Scene.Started(Scene.Plan() with { OnFailure = new FailurePlan { IsGradual = true } });
        scene.Do(RolloutVerb.Promote);
        return Broken(scene);
    }
}
