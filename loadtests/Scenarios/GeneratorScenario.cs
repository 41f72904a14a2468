using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Scenarios;

/// <summary>The instrument itself: what one of its threads can offer, straight to an endpoint with no proxy between.</summary>
internal sealed class GeneratorScenario : IScenario
{
    private const int Connections = 64;

    // Other programs may have a part of the machine; what a whole core would do is told by processor time.
    private const double OfferedAtLeast = 0.6;

    private const int Tries = 4;

    public string Name => "generator";

    public string Summary => "the instrument itself: one thread offers the whole rate straight to an endpoint, with no proxy between";

    public Needs Needs => Needs.Origins;

    public double DefaultSeconds => 5;

    public double DefaultRate => 50_000;

    public async Task PlayAsync(ScenarioRun run)
    {
        HttpOrigin origin = run.Origins.Stable1;
        // A try in which something else had the machine tells nothing of the instrument: the best of them does.
        (double offered, double micros) = (0, double.PositiveInfinity);
        for (int i = 1; i <= Tries && (offered < OfferedAtLeast * run.Rate || micros > 1e6 / run.Rate); i++)
        {
            HttpLoadSettings settings = run.Http with { Address = origin.Address, ConnectionsMax = Connections, Threads = 1, TimeOutSeconds = 60 };
            double began = run.Clock.Seconds;
            StepResult result = await run.LoadAsync(ScenarioRun.Try("get", i), new VersionNames(origin.Version), settings, new HttpStep(Services.HostOf(Services.Plain)), Simulation.Inject(run.Rate, run.Part(1)));
            run.ExpectNoFailures(result);
            offered = Math.Max(offered, result.Ended / (run.Clock.Seconds - began));
            micros = Math.Min(micros, result.CpuSeconds / result.Ended * 1e6);
        }

        run.ExpectAtLeast("requests a second", offered, OfferedAtLeast * run.Rate, "/s");
        run.Figure("the instrument's CPU per request", micros, "µs");
        // The processor time says it also where other programs took a part of the core.
        if (micros > 0) run.ExpectAtLeast("requests a second that a whole core would offer", 1e6 / micros, run.Rate, "/s");
    }
}
