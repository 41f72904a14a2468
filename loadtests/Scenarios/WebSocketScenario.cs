using System.Globalization;
using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Exchanges;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Scenarios;

/// <summary>A thousand WebSockets at once: each opens, gets the echo of every message in order, stays through reloads, and closes as it should.</summary>
internal sealed class WebSocketScenario : IScenario
{
    private const int Tunnels = 1000;
    private const double HandshakesPerSecond = 500;
    private const int ClosesAtOnce = 50;
    private const int Reloads = 4;

    // Of the protocol's own and of those for applications (RFC 6455, section 7.4).
    private const int ClosedHere = 1000;
    private const int ClosedThere = 4001;

    // Around the lengths at which a frame's head grows; most messages are small.
    private static readonly long[] Small = [0, 1, 100, 125, 126, 127, 1000, 4096];
    private static readonly long[] Large = [16 * 1024, 65_535, 65_536, 100_000];
    private const int LargeOneIn = 25;

    private static readonly AsyncLoadSettings Settings = new() { CopiesMax = 8 * Tunnels };

    public string Name => "websocket";

    public string Summary => "1,000 WebSockets at once: every message comes back in order, none breaks while weights and configuration change, all close cleanly";

    public Needs Needs => Needs.Origins;

    public double DefaultSeconds => 25;

    public double DefaultRate => 2000;

    public async Task PlayAsync(ScenarioRun run)
    {
        Descriptors.Require(Tunnels);
        ServiceUnderTest service = await run.Stage.ServiceAsync(Services.WebSocket);
        Dictionary<string, int>? before = run.Stage.Admin is null ? null : await run.Admin.WeightsAsync(service.Name);
        WebSocketOrigin origin = run.Origins.WebSocket;
        (long brokenBefore, long closedBefore) = (origin.Broken, origin.ClosedCleanly);
        var tunnels = new WebSocketTunnel?[Tunnels];
        using HttpMessageInvoker http = Http.To(run.Stage.Http);
        try
        {
            ProcessUse? none = before is null ? null : await run.Admin.ProcessUseAsync();
            StepResult opened = await run.LoadAsync("handshakes", service.Versions, Settings, context => OpenAsync(http, service.Host, tunnels, context), Simulation.Inject(HandshakesPerSecond, TimeSpan.FromSeconds((Tunnels + 0.5) / HandshakesPerSecond)));
            run.ExpectNoFailures(opened);
            run.Expect("tunnels at once", tunnels.Count(tunnel => tunnel is not null).ToString(CultureInfo.InvariantCulture), $"{Tunnels}", Array.TrueForAll(tunnels, tunnel => tunnel is { IsBroken: false }));
            if (opened.Latency.Count < Tunnels) return;
            if (none is { } idle) run.Figure("memory of a tunnel", ((await run.Admin.ProcessUseAsync()).ResidentBytes - idle.ResidentBytes) / 1024.0 / Tunnels, "KiB");
            run.Figure("handshake, p99", opened.Latency.Quantile(0.99) / 1000.0, "ms");

            Task<StepResult> load = run.LoadAsync("messages", service.Versions, Settings, context => ExchangeAsync(tunnels, context), Simulation.Inject(run.Rate, run.Part(1)));
            for (int i = 1; i <= Reloads && before is not null && !load.IsCompleted; i++)
            {
                await Task.WhenAny(load, Task.Delay(run.Part(1.0 / (Reloads + 1))));
                await run.Admin.SetWeightsAsync(service.Name, before.ToDictionary(weight => weight.Key, weight => weight.Value + i, StringComparer.Ordinal));
                await run.Admin.ReloadAsync();
            }

            StepResult messages = await load;
            run.ExpectNoFailures(messages);
            run.ExpectAtMost("tunnels that broke", tunnels.Count(tunnel => tunnel!.IsBroken), 0);
            run.Figure("message there and back, p50", messages.Latency.Quantile(0.5) / 1000.0, "ms");
            run.Figure("message there and back, p99", messages.Latency.Quantile(0.99) / 1000.0, "ms");

            run.ExpectNoFailures(await run.IterateAsync("closes", service.Versions, Settings, context => CloseAsync(tunnels, context), Tunnels, ClosesAtOnce));
        }
        finally
        {
            foreach (WebSocketTunnel? tunnel in tunnels) tunnel?.Dispose();
            if (before is not null) await run.Admin.SetWeightsAsync(service.Name, before);
        }

        await origin.SettleAsync(run.Cancel);
        origin.ThrowFault();
        long closed = origin.ClosedCleanly - closedBefore;
        run.Expect("tunnels that the endpoint saw closed as they should", $"{closed}", $"{Tunnels}", closed == Tunnels);
        run.ExpectAtMost("connections that the endpoint saw broken off", origin.Broken - brokenBefore, 0);
    }

    private static async Task<StepOutcome> OpenAsync(HttpMessageInvoker http, string host, WebSocketTunnel?[] tunnels, StepContext context)
    {
        tunnels[context.Number] = await WebSocketTunnel.OpenAsync(http, host, context.Cancel);
        return StepOutcome.Success(0);
    }

    private static async Task<StepOutcome> ExchangeAsync(WebSocketTunnel?[] tunnels, StepContext context)
    {
        // Another tunnel's turn of the kinds at each round.
        long kind = context.Number + (context.Number / Tunnels * 7);
        long bytes = kind % LargeOneIn == 0 ? Large[kind / LargeOneIn % Large.Length] : Small[kind % Small.Length];
        await tunnels[context.Number % Tunnels]!.ExchangeAsync(new WebSocketMessage(context.Number, bytes, isText: kind / Small.Length % 2 == 0), context.Cancel);
        return StepOutcome.Success(2 * bytes);
    }

    private static async Task<StepOutcome> CloseAsync(WebSocketTunnel?[] tunnels, StepContext context)
    {
        WebSocketTunnel tunnel = tunnels[context.Number]!;
        if (context.Number % 2 == 0) await tunnel.CloseAsync(ClosedHere, context.Cancel);
        else await tunnel.LetCloseAsync(ClosedThere, context.Cancel);
        return StepOutcome.Success(0);
    }
}
