using System.Globalization;
using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Exchanges;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Scenarios;

/// <summary>New TCP connections at a rate beside some that last: bytes come back as they were, half-closes are passed on both ways, connections are split exactly.</summary>
internal sealed class TcpScenario : IScenario
{
    private const int Lasting = 200;
    private const int OpenAtOnce = 20;
    private const double MessagesPerLasting = 2;
    private const long BytesMax = 256 * 1024;

    // Connections under way at a time where the target is fast enough to be measured at all.
    private const int ConnectionsMax = 1000;

    private static readonly VersionNames Configured = new("stable", "canary");
    private static readonly int[][] Vectors = [[1, 1], [9, 1], [0, 1]];
    private static readonly AsyncLoadSettings Settings = new() { CopiesMax = ConnectionsMax, TimeOutSeconds = 30 };

    public string Name => "tcp";

    public string Summary => "the TCP listener: bytes come back as they were, half-closes pass both ways, connections are split exactly and outlive reloads";

    public Needs Needs => Needs.Tcp | Needs.Origins;

    public double DefaultSeconds => 30;

    public double DefaultRate => 200;

    public async Task PlayAsync(ScenarioRun run)
    {
        Descriptors.Require(Lasting + ConnectionsMax);
        Dictionary<string, int>? before = run.Stage.Admin is null ? null : await run.Admin.WeightsAsync(Services.Tcp);
        VersionNames versions = before is null ? Configured : new VersionNames([.. before.Keys]);
        // Without the admin API the weights are those of the file.
        int[][] vectors = before is null ? Vectors[..1] : Vectors;
        long brokenBefore = Broken(run.Origins);
        var lasting = new TcpPeer?[Lasting];
        using var others = CancellationTokenSource.CreateLinkedTokenSource(run.Cancel);
        Task<string?>? messages = null;
        try
        {
            StepResult opened = await run.IterateAsync("lasting connections: opened", versions, Settings, context => OpenAsync(run, versions, lasting, context), Lasting, OpenAtOnce);
            run.ExpectNoFailures(opened);
            if (opened.Failed > 0) return;
            StepRecorder recorder = run.Step("lasting connections: messages", versions);
            messages = AsyncLoad.RunAsync(Settings, context => ExchangeAsync(lasting, context), [Simulation.Inject(Lasting * MessagesPerLasting, run.Part(1))], recorder, others.Token);
            foreach (int[] weights in vectors)
            {
                StepResult result = await SplitAsync(run, versions, weights, before is not null, run.Part(1.0 / vectors.Length));
                run.ExpectNoFailures(result);
                ExactSplit.Expect(run, result, weights, "connections");
                run.Figure($"{result.Name}: connection with its content there and back, p99", result.Latency.Quantile(0.99) / 1000.0, "ms");
            }

            run.FigureFailure(recorder.Name, await messages);
            run.ExpectNoFailures(recorder.ToResult());
            run.Figure("message of a lasting connection, p99", recorder.ToResult().Latency.Quantile(0.99) / 1000.0, "ms");
            run.ExpectNoFailures(await run.IterateAsync("lasting connections: last message and both ends", versions, Settings, context => EndAsync(lasting, context), Lasting, OpenAtOnce));
        }
        finally
        {
            await others.CancelAsync();
            if (messages is not null) await messages;
            foreach (TcpPeer? peer in lasting) peer?.Dispose();
            if (before is not null) await run.Admin.SetWeightsAsync(Services.Tcp, before);
        }

        foreach (TcpEchoOrigin origin in (TcpEchoOrigin[])[run.Origins.TcpStable, run.Origins.TcpCanary])
        {
            await origin.SettleAsync(run.Cancel);
            origin.ThrowFault();
        }

        run.ExpectAtMost("connections that the endpoints saw broken off", Broken(run.Origins) - brokenBefore, 0);
    }

    private static long Broken(Origins origins) => origins.TcpStable.Broken + origins.TcpCanary.Broken;

    /// <summary>New connections for a while, whole cycles of the split, with a reload in their midst.</summary>
    private static async Task<StepResult> SplitAsync(ScenarioRun run, VersionNames versions, int[] weights, bool hasAdmin, TimeSpan during)
    {
        string name = $"connections {string.Join(':', weights)}";
        if (hasAdmin) await run.Admin.SetWeightsAsync(Services.Tcp, versions, weights);
        foreach ((string version, int weight) in versions.Names.Zip(weights)) run.Intend(name, version, weight / (double)weights.Sum());
        int cycle = weights.Sum();
        long count = Math.Max(cycle, (long)(run.Rate * during.TotalSeconds) / cycle * cycle);
        // Half a connection more is none, and keeps the count whatever the rounding.
        Task<StepResult> load = run.LoadAsync(name, versions, Settings, context => ConnectAsync(run, versions, context), Simulation.Inject(run.Rate, TimeSpan.FromSeconds((count + 0.5) / run.Rate)));
        if (hasAdmin)
        {
            await Task.WhenAny(load, Task.Delay(during / 2));
            await run.Admin.ReloadAsync();
        }

        return await load;
    }

    /// <summary>A connection from its begin to both of its ends.</summary>
    private static async Task<StepOutcome> ConnectAsync(ScenarioRun run, VersionNames versions, StepContext context)
    {
        using TcpPeer peer = await TcpPeer.ConnectAsync(run.Stage.Tcp!, versions, context.Cancel);
        TcpOrderKind kind = (context.Number % 4) switch { 0 => TcpOrderKind.LateEcho, 1 => TcpOrderKind.Sink, _ => TcpOrderKind.Echo };
        long bytes = SizeOf(context.Number);
        TcpEchoOrigin origin = versions.Names[peer.Version] == Configured.Names[0] ? run.Origins.TcpStable : run.Origins.TcpCanary;
        return await PlayAsync(peer, origin, new TcpOrder(kind, context.Number, bytes), context.Cancel);
    }

    /// <summary>Gives an order and sees that it is carried out.</summary>
    internal static async Task<StepOutcome> PlayAsync(TcpPeer peer, TcpEchoOrigin origin, TcpOrder order, CancellationToken cancel)
    {
        Task<string?> verdict = order.Kind == TcpOrderKind.Sink ? origin.VerdictAsync(order.Number) : Task.FromResult<string?>(null);
        await peer.OrderAsync(order, cancel);
        if (order.Kind == TcpOrderKind.Sink) await peer.SendBehindEndAsync(order.Number, order.Bytes, cancel);
        else await peer.ExchangeLastAsync(order.Number, order.Bytes, cancel);
        if (await verdict.WaitAsync(cancel) is { } fault) throw new StepFailedException(Failures.Content, string.Create(CultureInfo.InvariantCulture, $"{order}: the endpoint, which had ended its side first, got: {fault}"), peer.Version);
        return StepOutcome.Success(order.Kind == TcpOrderKind.Sink ? order.Bytes : 2 * order.Bytes, peer.Version);
    }

    private static async Task<StepOutcome> OpenAsync(ScenarioRun run, VersionNames versions, TcpPeer?[] lasting, StepContext context)
    {
        TcpPeer peer = await TcpPeer.ConnectAsync(run.Stage.Tcp!, versions, context.Cancel);
        lasting[context.Number] = peer;
        await peer.OrderAsync(new TcpOrder(TcpOrderKind.Echo, context.Number, long.MaxValue), context.Cancel);
        return StepOutcome.Success(0, peer.Version);
    }

    private static async Task<StepOutcome> ExchangeAsync(TcpPeer?[] lasting, StepContext context)
    {
        TcpPeer peer = lasting[context.Number % lasting.Length]!;
        long bytes = SizeOf(context.Number);
        await peer.ExchangeAsync(context.Number, bytes, context.Cancel);
        return StepOutcome.Success(2 * bytes, peer.Version);
    }

    private static async Task<StepOutcome> EndAsync(TcpPeer?[] lasting, StepContext context)
    {
        TcpPeer peer = lasting[context.Number]!;
        long bytes = SizeOf(context.Number);
        await peer.ExchangeLastAsync(context.Number, bytes, context.Cancel);
        return StepOutcome.Success(2 * bytes, peer.Version);
    }

    // From a byte to BytesMax, as many in each octave; one in 17 has none.
    private static long SizeOf(long number) => number % 17 == 0 ? 0 : (long)Math.Pow(BytesMax, new Random((int)number).NextDouble());
}
