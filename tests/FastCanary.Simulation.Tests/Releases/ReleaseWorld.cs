using System.Net;
using FastCanary.Control;
using FastCanary.Proxy;
using FastCanary.Release;
using FastCanary.Traffic;
using Microsoft.Extensions.Logging.Abstractions;
using Verb = FastCanary.Release.RolloutVerb;

namespace FastCanary.Simulation.Tests.Releases;

/// <summary>
/// A rollout of the live engine over a data plane in a simulated network: requests pass through sessions, are counted by the loop, and the counts decide, all in virtual time.
/// The same seed gives the same decisions.
/// </summary>
internal sealed class ReleaseWorld : IDisposable
{
    private const string Actor = "test";
    private const int SecondUs = 1_000_000;

    private static readonly IPEndPoint Address = new(new IPAddress([10, 0, 0, 1]), 80);

    private readonly SimulatedNetwork _network;
    private readonly DataPlane _plane;
    private readonly ReleaseStore _store = new(config: null);
    private readonly Outbound _outbound;
    private readonly ReleaseEngine _engine;

    public ReleaseWorld(int seed)
    {
        var seeds = new Prng((ulong)seed);
        _network = new SimulatedNetwork(seeds.Next(), new NetworkOptions());
        Stable = new ReleaseOrigin(_network, new IPEndPoint(new IPAddress([10, 1, 0, 1]), 8001), seeds.Next());
        Canary = new ReleaseOrigin(_network, new IPEndPoint(new IPAddress([10, 1, 0, 2]), 8002), seeds.Next());
        Clients = new ReleaseClients(_network, Address, seeds.Next());
        var clock = new NetworkClock(_network);
        _plane = new DataPlane(1, new SimulatedBackend(_network), _ => new Randomness(seed));
        _outbound = new Outbound(NullLogger.Instance, clock);
        var (config, snapshot) = Compile();
        _engine = new ReleaseEngine(_plane, _store, _outbound, config, snapshot, NullLogger.Instance, clock);
    }

    public ReleaseOrigin Stable { get; }

    public ReleaseOrigin Canary { get; }

    public ReleaseClients Clients { get; }

    public RolloutReport Rollout => _engine.Report("s")!.Rollout!;

    /// <summary>The live weights: the baseline's and the canary's.</summary>
    public (int Stable, int Canary) Split => (_engine.Live.Services[0].Versions[0].Weight, _engine.Live.Services[0].Versions[1].Weight);

    public void Start() => Assert.Equal(ChangeResult.Done, _engine.Command("s", Verb.Start, Actor));

    /// <summary>Lets a second pass with so many requests; the engine looks at its end.</summary>
    public void Second(int requests)
    {
        Clients.Ask(requests);
        var isOver = false;
        _network.After(SecondUs, () =>
        {
            _engine.Look();
            isOver = true;
        });
        while (!isOver) Assert.True(_network.Step(), "time goes on");
        Assert.Null(_plane.LastBug);
    }

    public void Dispose()
    {
        _engine.Dispose();
        _outbound.Dispose();
        _plane.Dispose();
        _store.Dispose();
    }

    private (FastCanaryConfig Config, Snapshot Snapshot) Compile()
    {
        var loaded = ConfigLoader.Parse(
            $$"""
            listeners: [ { address: "{{Address}}", service: s } ]
            services:
              s:
                versions:
                  stable: { weight: 100, endpoints: ["{{Stable.Address}}"] }
                  canary: { weight: 0, endpoints: ["{{Canary.Address}}"] }
                rollout: { canary: canary, baseline: stable }
            """,
            "simulated.yaml",
            static _ => null);
        Assert.Empty(loaded.Errors);
        var errors = new List<ConfigError>();
        var snapshot = new SnapshotCompiler(new StateTable()).Compile(loaded.Config!, errors);
        Assert.Empty(errors);
        return (loaded.Config!, snapshot!);
    }
}
