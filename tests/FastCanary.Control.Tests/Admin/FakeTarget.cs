using System.Buffers;
using System.Text;

namespace FastCanary.Control.Tests.Admin;

/// <summary>Two services, as the API sees them: <c>search</c> has a rollout, <c>web</c> has none. Notes every change; what it shall answer is set by the test.</summary>
internal sealed class FakeTarget : IAdminTarget
{
    private readonly List<string> _changes = [];
    private int _metricsTold;

    public Readiness Readiness { get; set; } = Readiness.Ready;

    /// <summary>What every change answers.</summary>
    public ChangeResult Result { get; set; } = ChangeResult.Done;

    public ReloadReport ReloadReport { get; set; } = new(Applied: true, 2, ["a.yaml:1:1: x: a warning"], []);

    /// <summary>The weights of <c>search</c>.</summary>
    public Dictionary<string, int> Weights { get; } = new(StringComparer.Ordinal) { ["stable"] = 90, ["canary"] = 10 };

    public bool HasWeb { get; set; } = true;

    public int MetricsBytes { get; set; } = 100;

    /// <summary>How often the metrics were told.</summary>
    public int MetricsTold => Volatile.Read(ref _metricsTold);

    /// <summary>Runs inside of every read of the status.</summary>
    public Action OnStatus { get; set; } = static () => { };

    /// <summary>Runs inside of every reload.</summary>
    public Action OnReload { get; set; } = static () => { };

    public List<ReadOnlyMemory<byte>> Entries { get; } = [];

    public int LimitAsked { get; private set; }

    /// <summary>What was asked to change.</summary>
    public string[] Changes
    {
        get
        {
            lock (_changes) return [.. _changes];
        }
    }

    public StatusReport Status()
    {
        OnStatus();
        return new("0.1.0", "epoll", 2, 12.3456, new ConfigurationReport("a.yaml", 1, 0), HasWeb ? [Search(), Web()] : [Search()]);
    }

    public ServiceReport? Service(string name) => name switch
    {
        "search" => Search(),
        "web" when HasWeb => Web(),
        "naïve café/1" => Web() with { Name = name },
        _ => null,
    };

    public ChangeResult SetWeights(string service, IReadOnlyDictionary<string, int> weights, string actor)
    {
        if (Result.Outcome == ChangeOutcome.Done && service == "search")
        {
            foreach (var (version, weight) in weights) Weights[version] = weight;
        }

        return Change($"weights {service} {string.Join(' ', weights.Select(static each => $"{each.Key}={each.Value}"))} by {actor}");
    }

    public ChangeResult SetCanaryShare(string service, int basisPoints, string actor) => Change($"share {service} {basisPoints} by {actor}");

    public ChangeResult Command(string service, RolloutVerb verb, bool full, string actor) =>
        service is "search" or "web" ? Change($"{verb} {service} {(full ? "full " : "")}by {actor}") : ChangeResult.NotFound;

    public IReadOnlyList<ReadOnlyMemory<byte>>? Journal(string service, int limit)
    {
        LimitAsked = limit;
        return service == "search" ? Entries : null;
    }

    public ReloadReport Reload(string actor)
    {
        OnReload();
        Change($"reload by {actor}");
        return ReloadReport;
    }

    public void WriteMetrics(IBufferWriter<byte> output)
    {
        for (var written = 0; written < MetricsBytes; written += 10) output.Write(Encoding.ASCII.GetBytes($"m{written,8}\n"));
        Interlocked.Increment(ref _metricsTold);
    }

    private ChangeResult Change(string what)
    {
        lock (_changes) _changes.Add(what);
        return Result;
    }

    private ServiceReport Search()
    {
        var at = new DateTimeOffset(2026, 11, 22, 7, 0, 0, TimeSpan.FromHours(1));
        EvidenceReport[] evidence = [new("errors", 0.3, 2.3, new RoleCounts(900, 100), new RoleCounts(3, 0), "3 of 900 < \"none\" of 100")];
        return new ServiceReport(
            "search",
            "stable",
            [Version("stable", Weights["stable"], 0.9), Version("canary", Weights["canary"], share: null)],
            new RolloutReport(
                "canary", "stable", "Progressing", 1, 3, [new(0.01, 60, Pause: false), new(null, null, Pause: true), new(1, null, Pause: false)], at, at.AddMilliseconds(1), "began", evidence,
                new AdvanceReport(Ready: false, 0.5, 1.3, 12, 34, ["hold: 20 s left"]), 3, ["query orders: no data"]),
            [new DecisionReport(7, at, "search", "advanced", "engine", [new("stable", 99), new("canary", 1)], [new("stable", 95), new("canary", 5)], "Progressing", 2, "why", evidence)]);
    }

    private static ServiceReport Web() => new("web", "only", [Version("only", 1, 1)], Rollout: null, []);

    private static VersionReport Version(string name, int weight, double? share) =>
        new(name, weight, share, weight / 100.0, 123, 1, share is null ? null : 0.008, share is null ? null : 12.1, share is null ? null : 0.0021, share is null ? null : 0.004, share is null ? null : double.NaN, 1,
            [new EndpointReport("127.0.0.1:8081", 1, Up: true, Ejected: false, 0)]);
}
