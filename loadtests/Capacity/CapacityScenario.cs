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

    /// <summary>Loads are closed here: as fast as the machine goes.</summary>
    public double DefaultRate => 0;

    /// <summary>What came of it; null before it was played.</summary>
    public MeasuredCosts? Costs { get; private set; }

    public async Task PlayAsync(ScenarioRun run)
    {
        ServiceUnderTest plain = await run.Stage.ServiceAsync(Services.Plain);
        ServiceUnderTest bulk = await run.Stage.ServiceAsync(Services.Bulk);
        TimeSpan length = run.Part(1.0 / (3 * Rounds));
        var small = new HttpStep(plain.Host, plain.Path);
        var large = new HttpStep(bulk.Host, new BulkTransfer(BulkFraming.DownloadLength, 1 << 20, 1).Target);
        (List<double> requests, List<double> connections, List<double> mebibytes) = ([], [], []);
        for (int round = 0; round < Rounds; round++)
        {
            requests.Add(await CpuAsync(run, "kept connections", small, Kept, 0, length, perMiB: false));
            connections.Add(await CpuAsync(run, "a connection per request", small, Kept, 1, length, perMiB: false));
            mebibytes.Add(await CpuAsync(run, "large responses", large, Large, 0, length, perMiB: true));
        }

        double? mips = await SevenZip.RateAsync(run.Cancel);
        ProcessUse before = await run.Admin.ProcessUseAsync();
        using var idle = new IdleConnections(IdleCount, run.Stage.Http, plain);
        StepRecorder opening = run.Step("idle connections", new VersionNames());
        await idle.OpenAsync(opening, run.Cancel);
        double memory = ((await run.Admin.ProcessUseAsync()).ResidentBytes - before.ResidentBytes) / 1024.0 / IdleCount;
        foreach (StepRecorder step in run.Steps) run.ExpectNoFailures(step.ToResult());
        Costs = new MeasuredCosts(Median(requests), Median(connections), Median(mebibytes), Math.Max(0, memory), before.ResidentBytes / 1048576.0, mips);
        run.Figure("CPU per request", Costs.RequestMicros, "µs");
        run.Figure("CPU per request on a new connection", Costs.ConnectionMicros, "µs");
        run.Figure("CPU per MiB of a large response", Costs.MiBMicros, "µs");
        run.Figure("memory per idle connection", Costs.ConnectionKiB, "KiB");
        run.Figure("7-zip's rating of a core", Costs.Mips is { } rated ? $"{rated:0} MIPS" : "not there: 7z (Debian's p7zip-full)");
    }

    private static async Task<double> CpuAsync(ScenarioRun run, string name, HttpStep step, int copies, int requestsPerConnection, TimeSpan length, bool perMiB)
    {
        StepRecorder recorder = run.Step(name, new VersionNames());
        (StepResult first, ProcessUse before) = (recorder.ToResult(), await run.Admin.ProcessUseAsync());
        await HttpLoad.RunAsync(run.Http with { ConnectionsMax = copies, RequestsPerConnection = requestsPerConnection }, step, [Simulation.KeepConstant(copies, length)], recorder, run.Cancel);
        (StepResult last, ProcessUse after) = (recorder.ToResult(), await run.Admin.ProcessUseAsync());
        double amount = perMiB ? (last.Bytes - first.Bytes) / 1048576.0 : last.Ended - first.Ended;
        return (after.CpuSeconds - before.CpuSeconds) * 1e6 / amount;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values.Count % 2 == 1 ? values[values.Count / 2] : (values[(values.Count / 2) - 1] + values[values.Count / 2]) / 2;
    }
}
