namespace FastCanary.Release;

/// <summary>Tries a plan many times on drawn traffic: what it would do, before it does it. The rollouts are the live engine's.</summary>
public static class RolloutSimulation
{
    private const int RunsAtATime = 64;

    private static readonly DateTimeOffset Beginning = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    /// <summary>Runs on all cores; the result depends on the input alone. Gates are opened at once.</summary>
    /// <exception cref="ArgumentException">A rate is not what it can be.</exception>
    public static SimulationResult Run(RolloutPlan plan, SimulationInput input)
    {
        if (!(input.RequestsPerSecond > 0) || double.IsInfinity(input.RequestsPerSecond))
            throw new ArgumentException("requests per second must be above 0", nameof(input));
        if (!(input.BaselineErrorRate is >= 0 and <= 1) || !(input.CanaryErrorRate is >= 0 and <= 1))
            throw new ArgumentException("an error rate is a number from 0 to 1", nameof(input));
        var outcomes = new Outcome[input.Runs];
        Parallel.For(0, (input.Runs + RunsAtATime - 1) / RunsAtATime, batch =>
        {
            for (int run = batch * RunsAtATime; run < Math.Min(input.Runs, (batch + 1) * RunsAtATime); run++)
                outcomes[run] = RunOne(plan, input, new SimulatedRandom(input.Seed, (ulong)run));
        });
        return Summarize(outcomes);
    }

    private static Outcome RunOne(RolloutPlan plan, SimulationInput input, SimulatedRandom random)
    {
        DateTimeOffset now = Beginning;
        var traffic = new SimulatedTraffic(input, plan, random);
        // A simulated calendar would only show how long the windows are closed. Sources outside the proxy are not simulated: what they tell is taken to be fine.
        AnalysisPlan analysis = plan.Analysis with { Resources = null, Queries = [], Thresholds = plan.Analysis.Thresholds with { CpuBasisPoints = 0 } };
        var rollout = new Rollout(plan with { Allow = [], Analysis = analysis }, new RolloutState { PhaseSince = now });
        rollout.Command(new RolloutCommand(RolloutVerb.Start, "simulate", now));
        while (now - Beginning < input.TimeMax)
        {
            now += input.Look;
            rollout.Observe(traffic.Next(now, rollout.CanaryBasisPoints));
            if (rollout.Phase == RolloutPhase.Aborted)
                return Outcome.Of(rollout, now - Beginning, isAborted: true, isPromoted: false);
            if (rollout.Phase == RolloutPhase.Promoted && rollout.WatchUntil is null)
                return Outcome.Of(rollout, now - Beginning, isAborted: false, isPromoted: true);
            if (rollout.Phase == RolloutPhase.Paused && rollout.IsAtGate)
                rollout.Command(new RolloutCommand(RolloutVerb.Promote, "simulate", now));
            else if (rollout.Phase == RolloutPhase.Paused)
                break;
        }

        return Outcome.Of(rollout, now - Beginning, isAborted: false, isPromoted: false);
    }

    private static SimulationResult Summarize(Outcome[] outcomes)
    {
        Outcome[] aborted = Array.FindAll(outcomes, outcome => outcome.IsAborted);
        Outcome[] promoted = Array.FindAll(outcomes, outcome => outcome.IsPromoted);
        long[] hurt = Array.ConvertAll(outcomes, outcome => outcome.Hurt);
        Array.Sort(hurt);
        (double hurtSum, double harmSum) = (0, 0);
        foreach (Outcome outcome in outcomes)
            (hurtSum, harmSum) = (hurtSum + outcome.Hurt, harmSum + outcome.Harm);
        return new SimulationResult
        {
            Runs = outcomes.Length,
            Aborted = aborted.Length,
            Promoted = promoted.Length,
            AbortMedian = Median(aborted),
            PromoteMedian = Median(promoted),
            HurtMean = outcomes.Length == 0 ? 0 : hurtSum / outcomes.Length,
            Hurt95 = hurt.Length == 0 ? 0 : hurt[(int)Math.Ceiling(hurt.Length * 0.95) - 1],
            HarmMean = outcomes.Length == 0 ? 0 : harmSum / outcomes.Length,
        };
    }

    private static TimeSpan? Median(Outcome[] outcomes)
    {
        if (outcomes.Length == 0)
            return null;
        TimeSpan[] times = Array.ConvertAll(outcomes, outcome => outcome.Time);
        Array.Sort(times);
        return times[(times.Length - 1) / 2];
    }

    /// <summary>How one run ended.</summary>
    private readonly record struct Outcome(TimeSpan Time, bool IsAborted, bool IsPromoted, long Hurt, double Harm)
    {
        public static Outcome Of(Rollout rollout, TimeSpan time, bool isAborted, bool isPromoted) => new(time, isAborted, isPromoted, rollout.Hurt, rollout.Harm);
    }
}
