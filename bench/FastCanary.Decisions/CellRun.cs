using FastCanary.Decisions.Deciders;
using FastCanary.Decisions.Streams;
using FastCanary.Release;

namespace FastCanary.Decisions;

/// <summary>Runs a cell many times: each run has its own stream of random numbers, by its number, so that the outcome does not depend on the threads.</summary>
internal static class CellRun
{
    private const int RunsAtATime = 32;
    private const int NotAborted = -1;

    /// <summary>One outcome for each of <see cref="Decider.AllFor"/>.</summary>
    public static Outcome[] Run(Cell cell, int runs, ulong seed)
    {
        string[] names = Array.ConvertAll(Decider.AllFor(cell), decider => decider.Name);
        var ends = new End[runs][];
        Parallel.For(0, (runs + RunsAtATime - 1) / RunsAtATime, batch =>
        {
            for (int run = batch * RunsAtATime; run < Math.Min(runs, (batch + 1) * RunsAtATime); run++)
                ends[run] = RunOnce(cell, new SimulatedRandom(seed, (ulong)run));
        });
        return [.. names.Select((name, place) => OutcomeOf(name, Array.ConvertAll(ends, of => of[place])))];
    }

    private static End[] RunOnce(Cell cell, SimulatedRandom random)
    {
        TrafficStream stream = TrafficStream.Of(cell, random);
        Decider[] deciders = Decider.AllFor(cell);
        Rollout rollout = ((RolloutDecider)deciders[0]).Rollout;
        var ends = new End[deciders.Length];
        Array.Fill(ends, new End(NotAborted, 0, NotAborted));
        int undecided = deciders.Length;
        long hurt = 0;
        var minute = new Look();
        for (int second = 0; second < cell.Minutes * 60 && undecided > 0 && !IsOver(cell, rollout); second += cell.LookSeconds)
        {
            Look look = stream.Next(cell.IsPlan ? rollout.CanaryBasisPoints : cell.ShareBasisPoints);
            minute.Add(look);
            hurt += look.Canary.Failures;
            for (int i = 0; i < deciders.Length; i++)
            {
                Decider decider = deciders[i];
                if (ends[i].AbortedAt != NotAborted || (decider.IsByMinute && !look.EndsMinute))
                    continue;
                bool aborts = decider.Observe(decider.IsByMinute ? minute : look);
                ends[i] = ends[i] with { Hurt = hurt };
                if (!aborts)
                    continue;
                ends[i] = ends[i] with { AbortedAt = look.Second };
                undecided--;
            }

            if (look.EndsMinute)
                minute.Clear();
            if (rollout is { Phase: RolloutPhase.Promoted, WatchUntil: null })
                ends[0] = ends[0] with { CompletedAt = look.Second };
        }

        return ends;
    }

    private static bool IsOver(Cell cell, Rollout rollout) => cell.IsPlan && rollout is { Phase: RolloutPhase.Aborted } or { Phase: RolloutPhase.Promoted, WatchUntil: null };

    private static Outcome OutcomeOf(string decider, End[] ends)
    {
        int[] aborts = [.. ends.Where(end => end.AbortedAt != NotAborted).Select(end => end.AbortedAt).Order()];
        int[] completions = [.. ends.Where(end => end.CompletedAt != NotAborted).Select(end => end.CompletedAt).Order()];
        int half = (ends.Length - 1) / 2;
        return new Outcome
        {
            Decider = decider,
            Runs = ends.Length,
            Aborted = aborts.Length,
            MedianSeconds = half < aborts.Length ? aborts[half] : null,
            HurtMean = ends.Sum(end => (double)end.Hurt) / ends.Length,
            Completed = completions.Length,
            CompletedMedianSeconds = completions.Length > 0 ? completions[(completions.Length - 1) / 2] : null,
        };
    }

    /// <summary>How a run ended for a decider.</summary>
    private readonly record struct End(int AbortedAt, long Hurt, int CompletedAt);
}
