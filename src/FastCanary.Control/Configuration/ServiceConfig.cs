using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>An entry of <c>services</c>.</summary>
public sealed class ServiceConfig
{
    /// <summary>Letters, digits, dot, underscore, hyphen; at most 63.</summary>
    public required string Name { get; init; }

    /// <summary>At least one with a weight above 0; names are unique.</summary>
    public IReadOnlyList<VersionConfig> Versions { get; internal set; } = [];

    /// <summary>How long endpoints may take.</summary>
    public ServiceTimeoutsConfig Timeouts { get; } = new();

    /// <summary>How much may pass.</summary>
    public ServiceLimitsConfig Limits { get; } = new();

    /// <summary>Whether responses name the version to the client.</summary>
    public bool ExposeVersion { get; internal set; }

    /// <summary>First match wins, ahead of affinity and split.</summary>
    public IReadOnlyList<RuleConfig> Rules { get; internal set; } = [];

    /// <summary>By what users stay on a version; null: each request takes its turn.</summary>
    public AffinityConfig? Affinity { get; internal set; }

    /// <summary>Which users' requests carry a feature's field; names and fields are unique.</summary>
    public IReadOnlyList<FeatureConfig> Features { get; internal set; } = [];

    /// <summary>When an endpoint is ejected for its failures; null: never.</summary>
    public OutlierConfig? Outlier { get; internal set; }

    /// <summary>How endpoints are asked whether they are well; null: they are not.</summary>
    public HealthConfig? Health { get; internal set; }

    /// <summary>How long an endpoint that comes back takes to its full weight; zero: it has it at once.</summary>
    public TimeSpan SlowStart { get; internal set; }

    /// <summary>How requests wait for an endpoint that has its most connections.</summary>
    public QueueConfig Queue { get; } = new();

    /// <summary>How endpoints' names are kept up to date.</summary>
    public DnsConfig Dns { get; } = new();

    /// <summary>When a request is sent again; null: never.</summary>
    public RetryConfig? Retry { get; internal set; }

    /// <summary>Which requests are also sent to a version that nobody waits for; null: none.</summary>
    public MirrorConfig? Mirror { get; internal set; }

    /// <summary>The fault drill; null: none.</summary>
    public FaultConfig? Fault { get; internal set; }

    /// <summary>What connections of tcp listeners to endpoints begin with.</summary>
    public ProxyProtocolVersion ProxyProtocol { get; internal set; }

    /// <summary>How its canary is rolled out; null: weights are moved by hand alone.</summary>
    public RolloutConfig? Rollout { get; internal set; }

    internal ConfigPosition ProxyProtocolPosition { get; set; }
}
