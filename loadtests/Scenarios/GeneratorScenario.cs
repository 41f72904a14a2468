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

    public string Name => "generator";

    public string Summary => "the instrument itself: one thread offers the whole rate straight to an endpoint, with no proxy between";

    public Needs Needs => Needs.Origins;

    public double DefaultSeconds => 5;

    public double DefaultRate => 50_000;

    public async Task PlayAsync(ScenarioRun run)
    {
        HttpOrigin origin = run.Origins.Stable1;
        StepRecorder recorder = run.Step("get", new VersionNames(origin.Version));
        HttpLoadSettings settings = run.Http with { Address = origin.Address, ConnectionsMax = Connections, Threads = 1 };
        double began = run.Clock.Seconds;
        await HttpLoad.RunAsync(settings, new HttpStep(Services.HostOf(Services.Plain)), [Simulation.Inject(run.Rate, run.Part(1))], recorder, run.Cancel);
        double took = run.Clock.Seconds - began;
        StepResult result = recorder.ToResult();
        run.ExpectNoFailures(result);
        run.ExpectAtLeast("requests a second", result.Ended / took, OfferedAtLeast * run.Rate, "/s");
        double micros = result.CpuSeconds / result.Ended * 1e6;
        run.Figure("the instrument's CPU per request", micros, "µs");
        // The processor time says it also where other programs took a part of the core.
        if (result.CpuSeconds > 0) run.ExpectAtLeast("requests a second that a whole core would offer", 1e6 / micros, run.Rate, "/s");
    }
}
