using System.Collections.Immutable;

namespace FastCanary.Release.Tests.Rollouts;

/// <summary>A rollout of a drawn plan, to which drawn things happen. The same for a seed, as long as the rollout decides the same.</summary>
internal sealed class RandomLife
{
    private static readonly RolloutVerb[] Verbs = Enum.GetValues<RolloutVerb>();

    private readonly SimulatedRandom _random;
    private readonly bool _isBad;
    private int _readings;

    public RandomLife(ulong seed)
    {
        _random = new SimulatedRandom(seed, stream: 7);
        _isBad = Chance(0.3);
        Scene = new Scene(DrawPlan());
    }

    public Scene Scene { get; }

    public ImmutableArray<Decision> Turn()
    {
        Scene.IsCanaryDown = Chance(0.02);
        if (Chance(0.1))
            Scene.Readings = [new GuardReading("cpu", Scene.Now.AddSeconds(++_readings), Chance(0.1) ? null : Chance(0.05) ? 0.9 : 0.5, "no data"), new GuardReading("orders", Scene.Now, Chance(0.05) ? null : Chance(0.02) ? 9 : 1, "no data")];
        Scene.CanaryP99 = Chance(0.05) ? null : Chance(0.05) ? 0.2 : 0.1;
        if (Chance(Scene.Phase is RolloutPhase.Idle or RolloutPhase.Aborted ? 0.5 : 0.06))
            return Scene.Ask(Verbs[Draw(Verbs.Length)], Draw(10) * 1000).Decisions;
        int seconds = Chance(0.02) ? 5000 : 1 + Draw(40);
        long requests = Chance(0.1) ? 0 : Draw(400);
        long canary = _random.NextBinomial(requests, Share.Of(Scene.Share));
        return Scene.Look(Counts(canary, _isBad ? 0.1 : 0.011), Counts(requests - canary, 0.01), seconds);
    }

    private VersionCounts Counts(long requests, double failures) => Scene.Counts(requests, _random.NextBinomial(requests, failures), business: _random.NextBinomial(requests, 0.0002), slow: _random.NextBinomial(requests, 0.05));

    private RolloutPlan DrawPlan() => new()
    {
        Canary = "canary",
        Baseline = "stable",
        Steps = Draw(3) switch
        {
            0 => [Scene.Weight(100, 30), Scene.Gate(60), Scene.Weight(2500, 60), Scene.Gate(), Scene.Weight(5000)],
            1 => [Scene.Gate(), Scene.Weight(1000), Scene.Weight(10_000)],
            _ => RolloutPlan.DefaultSteps,
        },
        Analysis = new AnalysisPlan
        {
            Policy = Chance(0.3) ? AnalysisPolicy.Thresholds : AnalysisPolicy.Evidence,
            MinRequests = Draw(300),
            Errors = Chance(0.2) ? null : new ErrorGuardPlan { MaxRateBasisPoints = Chance(0.5) ? 500 : 0, Compare = Chance(0.8) },
            Latency = Chance(0.5) ? new LatencyGuardPlan() : null,
            Resources = Chance(0.3) ? new ResourceGuardPlan { CpuBasisPoints = 7000 } : null,
            BusinessMax = Chance(0.3) ? 3 : null,
            HarmMax = Chance(0.3) ? 20 : null,
            Queries = Chance(0.3) ? [new QueryGuardPlan { Name = "orders", Max = 5 }] : [],
        },
        OnFailure = new FailurePlan { Action = Chance(0.3) ? FailureAction.Hold : FailureAction.Rollback, IsGradual = Chance(0.5), StepBasisPoints = 500 + Draw(2000) },
        Deadlines = new DeadlinePlan
        {
            Step = TimeSpan.FromMinutes(30 + Draw(100)),
            StepOutcome = (DeadlineOutcome)Draw(4),
            Pause = TimeSpan.FromMinutes(30 + Draw(100)),
            PauseOutcome = (DeadlineOutcome)Draw(4),
        },
        Allow = Chance(0.3) ? [new ScheduleWindow { FromMinute = 9 * 60, ToMinute = 12 * 60 }] : [],
        Promotion = new PromotionPlan { Watch = TimeSpan.FromMinutes(Draw(3) * 5), HoldBackBasisPoints = Draw(3) * 100 },
        HasAffinity = Chance(0.3),
    };

    private bool Chance(double probability) => _random.NextDouble() < probability;

    private int Draw(int below) => (int)(_random.NextDouble() * below);
}
