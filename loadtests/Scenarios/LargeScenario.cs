using System.Collections.Concurrent;
using System.Globalization;
using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Exchanges;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Scenarios;

/// <summary>
/// Bodies of every size and framing both ways: every byte is right, and FastCanary holds none of them in memory, not even while a receiver stalls.
/// <c>--duration</c> below the default makes the largest bodies smaller; beyond it, they come again.
/// </summary>
internal sealed class LargeScenario : IScenario
{
    private const long KiB = 1024;
    private const long MiB = 1024 * KiB;
    private const long GiB = 1024 * MiB;

    // Far less than a body; far more than what the transfers hold at a time, in blocks of 256 KiB.
    private const long GrowthMax = 64 * MiB;
    private const long LargestMin = 256 * MiB;
    private const int Copies = 8;
    private const int StallMs = 4000;
    private const double SizesPart = 0.6;

    // Around nothing, one, the sizes of a block, and of what the kernel moves at a time.
    private static readonly long[] Sizes = [0, 1, 4 * KiB, (64 * KiB) - 1, 64 * KiB, (64 * KiB) + 1, (256 * KiB) + 1, MiB, MiB + 1];
    private static readonly BulkFraming[] Framings = Enum.GetValues<BulkFraming>();

    // A transfer has failed when nothing moves any more, however long it takes.
    private static readonly AsyncLoadSettings Patient = new() { TimeOutSeconds = 24 * 3600 };

    public string Name => "large";

    public string Summary => "bodies up to 1 GiB both ways: every byte right, and none held in memory, not even while a receiver stalls";

    public Needs Needs => Needs.Admin | Needs.Origins;

    public double DefaultSeconds => 25;

    public double DefaultRate => 200;

    public async Task PlayAsync(ScenarioRun run)
    {
        ServiceUnderTest bulk = await run.Stage.ServiceAsync(Services.Bulk);
        ServiceUnderTest plain = await run.Stage.ServiceAsync(Services.Plain);
        double scale = run.Seconds / DefaultSeconds;
        long largest = (long)Math.Clamp(GiB * scale, LargestMin, GiB);
        int rounds = (int)Math.Max(1, scale);
        long checkedBefore = run.Origins.Bulk.BytesChecked;
        using var client = new BulkClient(run.Stage.Http, bulk.Host);
        await using MemoryWatch memory = await MemoryWatch.StartAsync(run.Admin);
        await using var beside = new BackgroundLoad(run, "small GETs", plain.Versions, run.Http, new HttpStep(plain.Host, plain.Path), run.Rate);
        List<StepResult> results = [];
        var kinds = new ConcurrentDictionary<(BulkFraming, long), long>();
        long uploaded = 0;
        async Task<StepOutcome> TransferAsync(BulkTransfer transfer, CancellationToken cancel)
        {
            StepOutcome outcome = await client.TransferAsync(transfer, cancel);
            kinds.AddOrUpdate((transfer.Framing, transfer.Bytes), 1, static (_, count) => count + 1);
            if (transfer.IsUpload) Interlocked.Add(ref uploaded, transfer.Bytes);
            return outcome;
        }

        // Each of them once, however long that takes; then again and again, for a while.
        results.Add(await run.IterateAsync("sizes, each once", bulk.Versions, Patient, context => TransferAsync(Kind(context.Number), context.Cancel), Sizes.Length * Framings.Length, Copies));
        results.Add(await run.LoadAsync("sizes", bulk.Versions, Patient, context => TransferAsync(Kind(context.Number), context.Cancel), Simulation.KeepConstant(Copies, run.Part(SizesPart))));
        string middle = $"{largest / 16 / MiB} MiB in each framing";
        results.Add(await run.IterateAsync(middle, bulk.Versions, Patient, context => TransferAsync(new(Framings[context.Number % Framings.Length], largest / 16, -1 - context.Number), context.Cancel), rounds * Framings.Length, Framings.Length));
        foreach (BulkFraming framing in (BulkFraming[])[BulkFraming.DownloadLength, BulkFraming.UploadLength])
        {
            bool isUpload = framing == BulkFraming.UploadLength;
            ProcessUse before = await run.Admin.ProcessUseAsync();
            double began = run.Clock.Seconds;
            StepResult result = await run.IterateAsync($"{largest / MiB} MiB {(isUpload ? "up" : "down")}", bulk.Versions, Patient, context => TransferAsync(new(framing, largest, context.Number), context.Cancel), rounds, 1);
            FigureSpeed(run, isUpload ? "upload" : "download", result.Bytes, run.Clock.Seconds - began, (await run.Admin.ProcessUseAsync()).CpuSeconds - before.CpuSeconds);
            results.Add(result);
        }

        results.Add(await run.IterateAsync(
            "stalled receivers",
            bulk.Versions,
            Patient,
            context => TransferAsync(new(context.Number % 2 == 0 ? BulkFraming.DownloadLength : BulkFraming.UploadLength, largest / 2, context.Number, StallMs), context.Cancel),
            rounds * 2,
            2));

        StepResult small = await beside.StopAsync();
        await memory.StopAsync();
        run.Origins.Bulk.ThrowFault();
        foreach (StepResult result in results) run.ExpectNoFailures(result);
        run.ExpectNoFailures(small);
        int seen = kinds.Keys.Count(kind => Sizes.Contains(kind.Item2));
        run.Expect("sizes and framings that were transferred", seen.ToString(CultureInfo.InvariantCulture), $"all {Sizes.Length * Framings.Length}", seen == Sizes.Length * Framings.Length);
        long arrived = run.Origins.Bulk.BytesChecked - checkedBefore;
        run.Expect("bytes of uploads that the endpoint found right", $"{arrived}", $"{uploaded}, as many as were answered so", arrived == uploaded && uploaded > 0);
        run.ExpectAtMost("memory at its peak, above that at the begin", (memory.PeakBytes - memory.Begin.ResidentBytes) / (double)MiB, GrowthMax / (double)MiB, "MiB");
        run.Figure("resident memory at the begin", memory.Begin.ResidentBytes / (double)MiB, "MiB");
        run.Figure("resident memory at its peak", memory.PeakBytes / (double)MiB, $"MiB ({memory.Samples} readings)");
        run.Figure("bytes transferred", results.Sum(result => result.Bytes) / (double)GiB, "GiB");
        run.Figure("small GETs beside them, p99", small.Latency.Quantile(0.99) / 1000.0, "ms");
    }

    private static BulkTransfer Kind(long number) => new(Framings[number % Framings.Length], Sizes[number / Framings.Length % Sizes.Length], number);

    // The CPU of the small GETs beside is in it.
    private static void FigureSpeed(ScenarioRun run, string way, long bytes, double seconds, double cpuSeconds)
    {
        if (bytes == 0) return;
        run.Figure($"{way} of one body", bytes / (double)MiB / seconds, "MiB/s");
        run.Figure($"{way}, CPU per GiB", cpuSeconds / bytes * GiB * 1000, "ms");
    }
}
