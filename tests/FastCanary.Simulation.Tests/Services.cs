using System.Collections.Immutable;
using System.Net;
using System.Text;
using FastCanary.Traffic;

namespace FastCanary.Simulation.Tests;

/// <summary>Draws the service that each reload brings, and knows which ones a request may have begun with.</summary>
internal sealed class Services(RunProfile profile, Prng script)
{
    public const int ConnectTimeoutMs = 1000;
    public const int ResponseTimeoutMs = 2000;
    public const int BodyTimeoutMs = 2000;
    public const int QueueTimeoutMaxMs = 1500;

    /// <summary>By whose value users are told apart.</summary>
    public const string UserField = "X-User";

    /// <summary>What a rule looks at.</summary>
    public const string RuleField = "X-Beta";

    /// <summary>What a feature sets.</summary>
    public const string FeatureField = "X-Feature";

    /// <summary>The value that it sets.</summary>
    public const string FeatureOn = "on";

    private const int UpstreamIdleTimeoutMs = 4000;

    private readonly List<(ServiceModel Model, long UntilUs)> _models = [];

    /// <summary>The version that stands in for the others.</summary>
    public const int Baseline = 0;

    public static string VersionName(int version) => version == Baseline ? "stable" : "canary";

    /// <summary>States of all that was ever drawn.</summary>
    public StateTable States { get; } = new();

    /// <summary>The addresses of each version.</summary>
    public IPEndPoint[][] Addresses { get; } =
    [
        [new(new IPAddress([10, 1, 0, 1]), 8001), new(new IPAddress([10, 1, 0, 2]), 8002), new(new IPAddress([10, 1, 0, 5]), 8005)],
        [new(new IPAddress([10, 1, 0, 3]), 8003), new(new IPAddress([10, 1, 0, 4]), 8004), new(new IPAddress([10, 1, 0, 6]), 8006)],
    ];

    /// <summary>The one in force.</summary>
    public ServiceModel Live => _models[^1].Model;

    /// <summary>All that were in force.</summary>
    public IEnumerable<ServiceModel> All => _models.Select(static each => each.Model);

    /// <summary>Those that were in force at that moment or since: what began then has one of them.</summary>
    public IEnumerable<ServiceModel> Since(long us)
    {
        for (var i = _models.Count - 1; i >= 0 && _models[i].UntilUs > us; i--) yield return _models[i].Model;
    }

    /// <summary>From now on, the model is in force.</summary>
    public void Put(ServiceModel model, long nowUs)
    {
        if (_models.Count > 0) _models[^1] = (_models[^1].Model, nowUs);
        _models.Add((model, long.MaxValue));
    }

    public ServiceModel Draw()
    {
        var limited = profile.ConnectionsAreBounded && script.Chance(800);
        var versions = new List<VersionModel>();
        (int, int)[] weights = [(1, 1), (9, 1), (0, 1), (1, 0), (3, 5)];
        var (stable, canary) = script.Pick<(int, int)>(weights);
        var slowStartMs = profile.StartsSlowly && script.Chance(700) ? script.Skewed(2000) : 0;
        for (var version = 0; version < Addresses.Length; version++)
        {
            versions.Add(new VersionModel
            {
                Name = VersionName(version),
                Index = version,
                Weight = version == Baseline ? stable : canary,
                State = States.Version("s", VersionName(version)),
                SlowStartMs = slowStartMs,
                Endpoints = DrawEndpoints(version, limited),
            });
        }

        var isDecided = profile.RequestsDecide && script.Chance(800);
        return new ServiceModel
        {
            Name = "s",
            State = States.Service("s"),
            Versions = [.. versions],
            BaselineIndex = Baseline,
            ExposeVersion = true,
            ConnectTimeoutMs = ConnectTimeoutMs,
            ResponseTimeoutMs = ResponseTimeoutMs,
            ResponseBodyTimeoutMs = BodyTimeoutMs,
            UpstreamIdleTimeoutMs = UpstreamIdleTimeoutMs,
            TunnelTimeoutMs = 3000,
            RequestBodyBytesMax = 0,
            ResponseHeadBytesMax = 8 << 10,
            Rules = isDecided && script.Chance(600) ? RuleTable.Compile([new Rule { VersionIndex = 1, Headers = [new NamedCondition(RuleField, ConditionKind.Exact, ["yes"])] }]) : RuleTable.Empty,
            Affinity = isDecided ? new AffinityModel(AffinityKeySource.Header, UserField, script.Chance(500) ? "a" : "b", assign: null) : null,
            Features = isDecided && script.Chance(700) ? [new FeatureModel("f", 5000, FeatureField, FeatureOn)] : [],
            Outlier = DrawOutlier(),
            Retry = DrawRetry(),
            Queue = new QueueModel(script.Pick<int>([0, 1, 3, 30]), script.Between(30, QueueTimeoutMaxMs)),
            Fault = DrawFault(),
        };
    }

    /// <summary>The version whose turn this request's is, where it is not the split's to say; null where it is.</summary>
    public static int? Decided(ServiceModel service, RequestPlan plan)
    {
        if (service.Rules != RuleTable.Empty && plan.AsksCanary) return 1;
        if (service.Affinity is not { } affinity || plan.User.Length == 0) return null;
        return service.PickVersion(affinity.Bucket(Encoding.UTF8.GetBytes(plan.User))).Index;
    }

    /// <summary>What the origin has to get as the feature's field.</summary>
    public static string? FeatureOf(ServiceModel service, RequestPlan plan)
    {
        if (service.Features.IsEmpty) return plan.Forges ? "client" : null;
        return plan.User.Length > 0 && service.Features[0].IsOn(Encoding.UTF8.GetBytes(plan.User)) ? FeatureOn : null;
    }

    private ImmutableArray<EndpointModel> DrawEndpoints(int version, bool limited)
    {
        var endpoints = new List<EndpointModel>();
        var chosen = script.Between(1, (1 << Addresses[version].Length) - 1);
        for (var i = 0; i < Addresses[version].Length; i++)
        {
            if ((chosen & (1 << i)) == 0) continue;
            var address = Addresses[version][i];
            endpoints.Add(new EndpointModel
            {
                Name = address.ToString(),
                Address = address,
                Weight = script.Between(1, 3),
                ConnectionsMax = limited && script.Chance(850) ? script.Between(1, 3) : 0,
                State = States.Endpoint("s", VersionName(version), address.ToString()),
            });
        }

        return [.. endpoints];
    }

    private OutlierModel? DrawOutlier()
    {
        if (!profile.EndpointsAreEjected || script.Chance(200)) return null;
        return new OutlierModel
        {
            ConsecutiveFailures = script.Between(1, 3),
            EjectMs = script.Between(20, 1500),
            EjectedMaxBasisPoints = script.Pick<int>([1000, 5000, 10_000]),
            Counted = script.Pick<OutlierFailures>([OutlierFailures.All, OutlierFailures.All, OutlierFailures.Status5xx, OutlierFailures.Connect | OutlierFailures.Reset | OutlierFailures.Timeout]),
        };
    }

    private RetryModel? DrawRetry()
    {
        if (!profile.Retries || script.Chance(150)) return null;
        const RetryCauses Broken = RetryCauses.Connect | RetryCauses.Reset | RetryCauses.Timeout;
        return new RetryModel
        {
            AttemptsMax = script.Between(0, 3),
            BudgetBasisPoints = script.Pick<int>([0, 2000, 10_000]),
            Rescue = script.Chance(500),
            Causes = script.Pick<RetryCauses>([Broken, Broken | RetryCauses.Status5xx, Broken | RetryCauses.Status503, RetryCauses.Connect, RetryCauses.Status5xx, RetryCauses.Reset]),
        };
    }

    private FaultModel? DrawFault()
    {
        if (!profile.Drills || script.Chance(200)) return null;
        var longestMs = script.Chance(600) ? script.Skewed(700) : 0;
        return new FaultModel
        {
            VersionIndex = script.Below(2),
            BasisPoints = script.Pick<int>([500, 3000, 10_000]),
            Status = longestMs > 0 && script.Chance(500) ? 0 : script.Pick<int>([418, 500, 503]),
            DelayMinMs = longestMs / 3,
            DelayMaxMs = longestMs,
        };
    }
}
