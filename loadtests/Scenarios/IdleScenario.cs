using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Scenarios;

/// <summary>Many connections that do next to nothing, beside a load: all stay open, all are still served, and each costs little memory.</summary>
internal sealed class IdleScenario : IScenario
{
    private const int Connections = 10_000;
    private const double KiBPerConnectionMax = 8;

    // Below the shortest idle time-out that is usual (75 s): whoever is idle for longer may be closed.
    private const double SecondsBetweenRequests = 30;

    public string Name => "idle";

    public string Summary => "10,000 idle connections beside a load: none is dropped, all are served again, and each costs little memory";

    public Needs Needs => Needs.None;

    public double DefaultSeconds => 20;

    public double DefaultRate => 500;

    public async Task PlayAsync(ScenarioRun run)
    {
        ServiceUnderTest service = await run.Stage.ServiceAsync(Services.Plain);
        var load = new HttpStep(service.Host, service.Path);
        // The target has warmed up before its memory is looked at.
        await run.LoadAsync("warm-up", service.Versions, load, Simulation.Inject(run.Rate, TimeSpan.FromSeconds(2)));
        ProcessUse before = run.Stage.Admin is null ? default : await run.Admin.ProcessUseAsync();
        using var connections = new IdleConnections(Connections, run.Stage.Http, service);
        run.ExpectNoFailures(await connections.OpenAsync(run, "open"));
        if (run.Stage.Admin is not null)
        {
            double perConnection = ((await run.Admin.ProcessUseAsync()).ResidentBytes - before.ResidentBytes) / 1024.0 / Connections;
            run.ExpectAtMost("memory per connection", perConnection, KiBPerConnectionMax, "KiB");
        }

        (StepResult? beside, StepResult? again) = (null, null);
        for (double left = run.Seconds; left > 0; left -= SecondsBetweenRequests)
        {
            beside = await run.LoadAsync("beside them", service.Versions, load, Simulation.Inject(run.Rate, TimeSpan.FromSeconds(Math.Min(left, SecondsBetweenRequests))));
            again = await connections.AskAsync(run, "ask again");
        }

        // Steps go on counting: the last results are those of all rounds.
        run.ExpectNoFailures(beside!);
        run.ExpectNoFailures(again!);
        run.ExpectAtLeast("connections that are still open", connections.Open, Connections);
    }
}
