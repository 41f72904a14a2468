using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Exchanges;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Scenarios;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Capacity;

/// <summary>Measures what FastCanary's work costs, for <see cref="CapacityModel"/>: kinds of work take turns, and medians count.</summary>
internal sealed class CapacityScenario : IScenario
{
    /// <summary>By which the command line asks for it; it is not one of <c>all</c>.</summary>
    public const string Verb = "capacity";

    private const int Rounds = 5;
    private const int Kept = 64;
    private const int Large = 8;
    private const int IdleCount = 5000;

    public string Name => Verb;

    public string Summary => "what a request, a connection and a MiB cost, for the capacity page";

    public Needs Needs => Needs.Admin | Needs.Origins;

    public double DefaultSeconds => 45;

    /// <summary>As fast as the machine goes, and parts of that.</summary>
    public double DefaultRate => 0;

    /// <summary>What came of it; null before it was played.</summary>
    public MeasuredCosts? Costs { get; private set; }

    public async Task PlayAsync(ScenarioRun run)
    {
        ServiceUnderTest plain = await run.Stage.ServiceAsync(Services.Plain);
        ServiceUnderTest bulk = await run.Stage.ServiceAsync(Services.Bulk);
        TimeSpan length = run.Part(1.0 / (4 * Rounds));
        var small = new HttpStep(plain.Host, plain.Path);
        var large = new HttpStep(bulk.Host, new BulkTransfer(BulkFraming.DownloadLength, 1 << 20, 1).Target);

        // First, while the process has no memory to spare from a load before.
        await run.LoadAsync("warm-up", plain.Versions, small, Simulation.Inject(500, TimeSpan.FromSeconds(2)));
        double memory = await MemoryAsync(run, plain);

        (List<double> requests, List<double> flatOut, List<double> connections, List<double> mebibytes) = ([], [], [], []);
        for (int round = 0; round < Rounds; round++)
        {
            (double cost, double rate) = await CpuAsync(run, "kept connections, flat out", small, Kept, 0, Simulation.KeepConstant(Kept, length));
            flatOut.Add(cost);
            requests.Add((await CpuAsync(run, "kept connections, half of that", small, Kept, 0, Simulation.Inject(rate / 2, length))).Cost);
            connections.Add((await CpuAsync(run, "a connection per request", small, Kept, 1, Simulation.KeepConstant(Kept, length))).Cost);
            mebibytes.Add((await CpuAsync(run, "large responses", large, Large, 0, Simulation.KeepConstant(Large, length))).Cost);
        }

        double? mips = await SevenZip.RateAsync(run.Cancel);
        double resident = (await run.Admin.ProcessUseAsync()).ResidentBytes / 1048576.0;
        foreach (StepRecorder step in run.Steps) run.ExpectNoFailures(step.ToResult());
        Costs = new MeasuredCosts(Median(requests), Median(flatOut), Median(connections), Median(mebibytes), memory, resident, mips);
        run.Figure("CPU per request, at half the rate of flat out", Costs.RequestMicros, "µs");
        run.Figure("CPU per request, flat out", Costs.FlatOutMicros, "µs");
        run.Figure("CPU per request on a new connection", Costs.ConnectionMicros, "µs");
        run.Figure("CPU per MiB of a large response", Costs.MiBMicros, "µs");
        run.Figure("memory per idle connection", Costs.ConnectionKiB, "KiB");
        run.Figure("7-zip's rating of a core", Costs.Mips is { } rated ? $"{rated:0} MIPS" : "not there: 7z (Debian's p7zip-full)");
    }

    private static async Task<double> MemoryAsync(ScenarioRun run, ServiceUnderTest service)
    {
        ProcessUse before = await run.Admin.ProcessUseAsync();
        using var idle = new IdleConnections(IdleCount, run.Stage.Http, service);
        await idle.OpenAsync(run, "idle connections");
        return ((await run.Admin.ProcessUseAsync()).ResidentBytes - before.ResidentBytes) / 1024.0 / IdleCount;
    }

    /// <summary>The CPU that a load costs.</summary>
    /// <returns>Microseconds per request, or per MiB where there is content to speak of; and requests a second.</returns>
    private static async Task<(double Cost, double Rate)> CpuAsync(ScenarioRun run, string name, HttpStep step, int connections, int requestsPerConnection, LoadSimulation simulation)
    {
        StepRecorder recorder = run.Step(name, new VersionNames());
        (StepResult first, ProcessUse before, double began) = (recorder.ToResult(), await run.Admin.ProcessUseAsync(), run.Clock.Seconds);
        await HttpLoad.RunAsync(run.Http with { ConnectionsMax = connections, RequestsPerConnection = requestsPerConnection }, step, [simulation], recorder, run.Cancel);
        (StepResult last, ProcessUse after, double ended) = (recorder.ToResult(), await run.Admin.ProcessUseAsync(), run.Clock.Seconds);
        long requests = last.Ended - first.Ended;
        double mebibytes = (last.Bytes - first.Bytes) / 1048576.0;
        return ((after.CpuSeconds - before.CpuSeconds) * 1e6 / (mebibytes > requests / 2.0 ? mebibytes : requests), requests / (ended - began));
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values.Count % 2 == 1 ? values[values.Count / 2] : (values[(values.Count / 2) - 1] + values[values.Count / 2]) / 2;
    }
}
