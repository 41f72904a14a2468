using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Scenarios;

/// <summary>A mixed load for as long as one likes: nothing fails, and memory, descriptors and the cost of a request stay where they were.</summary>
internal sealed class SoakScenario : IScenario
{
    private const double GrowthMiBMax = 8;
    private const double GrowthShareMax = 0.05;
    private const double CpuGrowthMax = 2;

    // A busy moment of the machine needs more connections at a time, and the pool keeps them for a while; a leak of connections goes beyond that soon.
    private const int LoadsAtOnce = 3;

    // The connections of a load that has ended are closed, and the target hears of it a little later.
    private const double SettleSecondsMax = 10;

    // A machine that stands still lets every connection be used at once: what that takes is no creeping, and is taken before.
    private static readonly TimeSpan Rush = TimeSpan.FromSeconds(0.5);

    public string Name => "soak";

    public string Summary => "a mixed load for as long as one likes (--duration 8h): nothing fails, and memory, descriptors and the cost of a request do not creep";

    public Needs Needs => Needs.Admin;

    public double DefaultSeconds => 45;

    public double DefaultRate => 1500;

    public async Task PlayAsync(ScenarioRun run)
    {
        ServiceUnderTest service = await run.Stage.ServiceAsync(Services.Plain);
        ProcessUse begin = await run.Admin.ProcessUseAsync();
        await RushAsync(run, service);
        ProcessUse rushed = await run.Admin.ProcessUseAsync();
        StepResult[] warmUp = await MixAsync(run, service, "warm-up", run.Part(0.2));
        ProcessUse warm = await run.Admin.ProcessUseAsync();
        StepResult[] first = await MixAsync(run, service, "first half", run.Part(0.4));
        ProcessUse half = await run.Admin.ProcessUseAsync();
        StepResult[] second = await MixAsync(run, service, "second half", run.Part(0.4));
        int descriptorsMax = half.OpenDescriptors + (LoadsAtOnce * run.Http.ConnectionsMax);
        ProcessUse end = await run.Admin.ProcessUseAsync();
        for (double until = run.Clock.Seconds + SettleSecondsMax; end.OpenDescriptors > descriptorsMax && run.Clock.Seconds < until; end = await run.Admin.ProcessUseAsync()) await Task.Delay(50, run.Cancel);

        foreach (StepResult result in (StepResult[])[.. first, .. second]) run.ExpectNoFailures(result);
        double grown = (end.ResidentBytes - half.ResidentBytes) / 1048576.0;
        run.ExpectAtMost("memory that the second half adds", grown, GrowthMiBMax + (GrowthShareMax * half.ResidentBytes / 1048576.0), "MiB");
        run.ExpectAtMost("descriptors that the second half adds", end.OpenDescriptors - half.OpenDescriptors, descriptorsMax - half.OpenDescriptors);
        // Requests that come in a heap, behind a standstill, cost less than others: the dearer of the stretches before is the measure.
        double earlier = Math.Max((warm.CpuSeconds - rushed.CpuSeconds) / warmUp.Sum(result => result.Ended), (half.CpuSeconds - warm.CpuSeconds) / first.Sum(result => result.Ended));
        double later = (end.CpuSeconds - half.CpuSeconds) / second.Sum(result => result.Ended);
        run.ExpectAtMost("CPU per request in the second half, as a part of what it was before", later / earlier, CpuGrowthMax);
        run.Figure("CPU per request", later * 1e6, "µs");
        run.Figure("resident memory at the begin", begin.ResidentBytes / 1048576.0, "MiB");
        run.Figure("resident memory after the first half", half.ResidentBytes / 1048576.0, "MiB");
        run.Figure("resident memory at the end", end.ResidentBytes / 1048576.0, "MiB");
    }

    /// <summary>As many requests at a time as there can be, of each kind.</summary>
    private static Task<StepResult[]> RushAsync(ScenarioRun run, ServiceUnderTest service) => Task.WhenAll(
        ((IHttpStep[])[new HttpStep(service.Host, service.Path), HttpStep.Post(service.Host, service.Path, 2000), new HttpStep(service.Host, service.Path)])
            .Select((step, i) => run.LoadAsync($"rush {i + 1}", service.Versions, run.Http with { Threads = 1 }, step, Simulation.KeepConstant(run.Http.ConnectionsMax, Rush))));

    /// <summary>GETs on kept connections, small uploads and a connection per request, at the same time.</summary>
    private static Task<StepResult[]> MixAsync(ScenarioRun run, ServiceUnderTest service, string name, TimeSpan during)
    {
        Task<StepResult> Load(string what, IHttpStep step, double share, int requestsPerConnection) =>
            run.LoadAsync($"{what}, {name}", service.Versions, run.Http with { RequestsPerConnection = requestsPerConnection, Threads = 1 }, step, Simulation.Inject(run.Rate * share, during));

        return Task.WhenAll(
            Load("get", new HttpStep(service.Host, service.Path), 0.8, 0),
            Load("post", HttpStep.Post(service.Host, service.Path, 2000), 0.1, 100),
            Load("new connection", new HttpStep(service.Host, service.Path), 0.1, 1));
    }
}
