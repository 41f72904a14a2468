using System.Collections.Immutable;
using System.Text.Json;

namespace FastCanary.Release.Tests.Rollouts;

/// <summary>Long random lives of rollouts. <see cref="Scene"/> checks at each turn that every change of the share has its decision, and that the share is one.</summary>
public sealed class RolloutInvariantTests
{
    private const int Lives = 60;
    private const int Turns = 400;

    [Fact]
    public void After_an_abort_the_canary_gets_nothing_until_a_retry_or_another_canary()
    {
        int aborts = 0;
        for (ulong seed = 0; seed < Lives; seed++)
        {
            var life = new RandomLife(seed);
            bool isAborted = false;
            for (int i = 0; i < Turns; i++)
            {
                foreach (Decision decision in life.Turn())
                {
                    if (decision.Kind is DecisionKind.Retried or DecisionKind.Reset)
                        isAborted = false;
                    Assert.False(isAborted && decision.To > 0, $"seed {seed}: {decision}");
                    isAborted |= decision.Phase == RolloutPhase.Aborted;
                }

                Assert.Equal(isAborted, life.Scene.Phase == RolloutPhase.Aborted);
                Assert.False(isAborted && life.Scene.Share > 0, $"seed {seed}");
                aborts += isAborted ? 1 : 0;
            }
        }

        Assert.True(aborts > 300);
    }

    [Fact]
    public void Only_a_person_or_a_rise_raises_the_share()
    {
        for (ulong seed = 0; seed < Lives; seed++)
        {
            var life = new RandomLife(seed);
            for (int i = 0; i < Turns; i++)
            {
                foreach (Decision decision in life.Turn())
                {
                    bool mayRise = decision.Actor != Rollout.Engine || decision.Kind is DecisionKind.Advanced or DecisionKind.Promoted or DecisionKind.Completed or DecisionKind.Resumed;
                    Assert.True(mayRise || decision.To <= decision.From, $"seed {seed}: {decision}");
                    bool mustFall = decision.Kind is DecisionKind.Reduced or DecisionKind.Aborting;
                    Assert.True(!mustFall || decision.To < decision.From, $"seed {seed}: {decision}");
                    Assert.True(decision.Kind is not (DecisionKind.Aborted or DecisionKind.Undone) || decision.To == 0, $"seed {seed}: {decision}");
                }
            }
        }
    }

    [Fact]
    public void One_that_goes_on_from_its_state_decides_the_same()
    {
        int decisions = 0;
        for (ulong seed = 0; seed < Lives; seed++)
        {
            var whole = new RandomLife(seed);
            var cut = new RandomLife(seed);
            for (int i = 0; i < Turns; i++)
            {
                ImmutableArray<Decision> expected = whole.Turn();
                ImmutableArray<Decision> found = cut.Turn();
                Assert.Equal(Json(expected), Json(found));
                decisions += expected.Length;
                RolloutState state = JsonSerializer.Deserialize(cut.Scene.State, ReleaseJson.Default.RolloutState)!;
                cut.Scene.Rollout = new Rollout(cut.Scene.Rollout.Plan, state);
            }
        }

        Assert.True(decisions > 1000, $"{decisions}");
    }

    [Fact]
    public void Every_kind_of_decision_comes_up()
    {
        var kinds = new HashSet<DecisionKind>();
        for (ulong seed = 0; seed < Lives; seed++)
        {
            var life = new RandomLife(seed);
            for (int i = 0; i < Turns; i++)
                kinds.UnionWith(life.Turn().Select(decision => decision.Kind));
        }

        // A split that a full disk kept out of the journal is restored by the control plane.
        Assert.Equal([DecisionKind.Restored], Enum.GetValues<DecisionKind>().Except(kinds));
    }

    // Without the figures beside a decision: sums of logarithms depend on their order, and readings are known again with the first look.
    private static string[] Json(ImmutableArray<Decision> decisions) =>
        [.. decisions.Select(decision => JsonSerializer.Serialize(decision with { Evidence = [] }, ReleaseJson.Default.Decision))];
}
