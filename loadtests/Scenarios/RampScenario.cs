using System.Globalization;
using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Scenarios;

/// <summary>
/// Up to saturation and past it. Rates rise by a factor until the target no longer keeps up: the last that it kept up with is the knee. Beyond the knee no answer
/// may be lost and the throughput may not collapse; after it the target has to be as quick as before.
/// </summary>
internal sealed class RampScenario : IScenario
{
    private const double Factor = 1.35;
    private const int RatesMax = 24;
    private const double Overload = 1.5;

    // Shorter stretches tell of a moment of the machine and not of the rate.
    private const double SecondsMin = 1;

    // A rate is kept up with when its requests are answered in the time in which they were sent and this, and hardly any waits longer than that.
    private const double LateMax = 1.1;
    private const long P99MaxMicros = 100_000;
    private const double KeptPastTheKnee = 0.6;
    private const long RecoveredP50Micros = 50_000;

    // What a machine does that stands still, or has other things to do for a while, is not the target's doing: what the target cannot do, it cannot do in any try.
    private const int Tries = 3;
    private const int FirstTries = 8;

    // Past the knee requests queue: whether one is lost is asked, not how late it is.
    private const double TimeOutSeconds = 60;

    public string Name => "ramp";

    public string Summary => "rates up to saturation: the knee, no loss and no collapse past it, recovery after it";

    public Needs Needs => Needs.None;

    public double DefaultSeconds => 40;

    /// <summary>The rate that it begins with.</summary>
    public double DefaultRate => 2000;

    public async Task PlayAsync(ScenarioRun run)
    {
        ServiceUnderTest service = await run.Stage.ServiceAsync(Services.Plain);
        var step = new HttpStep(service.Host, service.Path);
        TimeSpan length = TimeSpan.FromSeconds(Math.Max(SecondsMin, run.Seconds / 16));
        (double knee, StepResult? atKnee) = (0, null);
        double rate = run.Rate;
        for (int i = 0; i < RatesMax; i++, rate *= Factor)
        {
            if (run.Cancel.IsCancellationRequested) return;
            StepResult? kept = await KeepsUpAsync(run, step, rate, length, i == 0 ? FirstTries : Tries);
            if (kept is null) break;
            (knee, atKnee) = (rate, kept);
        }

        run.Expect("the first rate", knee > 0 ? "kept up with" : "not kept up with", $"{run.Rate:0}/s is kept up with", knee > 0);
        if (atKnee is null) return;
        run.Figure("knee", knee, "requests/s");
        run.Figure("p99 at the knee", atKnee.Latency.Quantile(0.99) / 1000.0, "ms");
        run.ExpectNoFailures(atKnee);

        double part = 0;
        for (int i = 1; i <= Tries && part < KeptPastTheKnee; i++)
        {
            (StepResult past, double seconds) = await LoadAsync(run, ScenarioRun.Try("past the knee", i), step, knee * Overload, length * 1.5);
            run.ExpectNoFailures(past);
            part = Math.Max(part, past.Latency.Count / seconds / knee);
        }

        run.Figure("throughput past the knee", part * knee, "requests/s");
        run.ExpectAtLeast("throughput past the knee, as a part of the knee's", part, KeptPastTheKnee);

        double median = double.PositiveInfinity;
        for (int i = 1; i <= Tries && median > RecoveredP50Micros; i++)
        {
            (StepResult after, _) = await LoadAsync(run, ScenarioRun.Try("after it", i), step, knee / 2, length);
            run.ExpectNoFailures(after);
            median = Math.Min(median, after.Latency.Quantile(0.5));
        }

        run.ExpectAtMost("median latency after it, at half the knee", median / 1000.0, RecoveredP50Micros / 1000.0, "ms");
    }

    /// <summary>Tries a rate, and again where something else may have been in the way.</summary>
    /// <returns>Null where it is too much.</returns>
    private static async Task<StepResult?> KeepsUpAsync(ScenarioRun run, HttpStep step, double rate, TimeSpan length, int tries)
    {
        for (int i = 1; i <= tries; i++)
        {
            (StepResult result, double seconds) = await LoadAsync(run, ScenarioRun.Try(Math.Round(rate).ToString("0", CultureInfo.InvariantCulture) + "/s", i), step, rate, length);
            if (seconds <= length.TotalSeconds * LateMax && result.Latency.Quantile(0.99) <= P99MaxMicros && result.Failed == 0) return result;
        }

        return null;
    }

    private static async Task<(StepResult Result, double Seconds)> LoadAsync(ScenarioRun run, string name, HttpStep step, double rate, TimeSpan length)
    {
        double began = run.Clock.Seconds;
        StepResult result = await run.LoadAsync(name, new VersionNames(), run.Http with { TimeOutSeconds = TimeOutSeconds }, step, Simulation.Inject(rate, length));
        return (result, run.Clock.Seconds - began);
    }
}
