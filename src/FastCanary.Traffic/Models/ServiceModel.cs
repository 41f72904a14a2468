using System.Collections.Immutable;
using System.Text;

namespace FastCanary.Traffic;

/// <summary>The thing being released: its versions, the split between them, and the bounds that hold towards all of them.</summary>
public sealed class ServiceModel
{
    private readonly bool _hasConnectionsMax;
    private ImmutableArray<VersionModel> _versions;
    private int _epoch;
    private readonly int _baselineIndex;
    private readonly string _name = "";

    /// <summary>As configured.</summary>
    public required string Name
    {
        get => _name;
        init
        {
            _name = value;
            NameUtf8 = Encoding.UTF8.GetBytes(value);
        }
    }

    /// <summary><see cref="Name"/> in UTF-8, for the access log.</summary>
    public byte[] NameUtf8 { get; private init; } = [];

    /// <summary>What outlives a reload.</summary>
    public required ServiceState State { get; init; }

    /// <summary>In the order of the configuration, each at its <see cref="VersionModel.Index"/>; at least one with a weight above 0.</summary>
    /// <exception cref="ArgumentException">The weights cannot be split (<see cref="SplitTable.Compile"/>).</exception>
    public required ImmutableArray<VersionModel> Versions
    {
        get => _versions;
        init
        {
            foreach (VersionModel version in value)
                _hasConnectionsMax |= version.HasConnectionsMax;
            Take(value);
        }
    }

    /// <summary>The order in which <see cref="Versions"/> take their turns.</summary>
    public SplitTable Split { get; private set; } = null!;

    /// <summary>Which of <see cref="Versions"/> each user keeps.</summary>
    public AffinitySplit AffinitySplit { get; private set; } = null!;

    /// <summary>Whether responses tell the client the version, as <c>X-Canary-Version</c>.</summary>
    public required bool ExposeVersion { get; init; }

    /// <summary>How long connecting to an endpoint may take, in milliseconds; above 0.</summary>
    public required int ConnectTimeoutMs { get; init; }

    /// <summary>How long an endpoint may take from the end of the request to the end of its response head, in milliseconds; above 0.</summary>
    public required int ResponseTimeoutMs { get; init; }

    /// <summary>How long a response body may stand still, in milliseconds; above 0.</summary>
    public required int ResponseBodyTimeoutMs { get; init; }

    /// <summary>How long an unused connection to an endpoint is kept, in milliseconds; above 0.</summary>
    public required int UpstreamIdleTimeoutMs { get; init; }

    /// <summary>How long an upgraded or TCP connection may be silent in both directions, in milliseconds; above 0.</summary>
    public required int TunnelTimeoutMs { get; init; }

    /// <summary>The largest request body, in bytes; 0 means no limit.</summary>
    public required long RequestBodyBytesMax { get; init; }

    /// <summary>The largest response head, in bytes, 1 KiB to 256 KiB.</summary>
    public required int ResponseHeadBytesMax { get; init; }

    /// <summary>Which requests go to a version whatever the split says.</summary>
    public RuleTable Rules { get; init; } = RuleTable.Empty;

    /// <summary>By what users stay on a version; null: each request takes its turn.</summary>
    public AffinityModel? Affinity { get; init; }

    /// <summary>Which users' requests carry a feature's field.</summary>
    public ImmutableArray<FeatureModel> Features { get; init; } = [];

    /// <summary>The version that stands in where another cannot serve: its place in <see cref="Versions"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no version at this place.</exception>
    public int BaselineIndex
    {
        get => _baselineIndex;
        init
        {
            _baselineIndex = value;
            // The two are set in either order; whichever comes second knows both.
            if (!_versions.IsDefault)
                AffinitySplit = AffinitySplit.Compile(WeightsOf(_versions), value);
        }
    }

    /// <summary>When an endpoint is ejected for its failures; null: never.</summary>
    public OutlierModel? Outlier { get; init; }

    /// <summary>How requests wait for an endpoint that has its most connections.</summary>
    public QueueModel Queue { get; init; } = new(0, 1000);

    /// <summary>When a request is sent again; null: never, but for a pooled connection that had ended.</summary>
    public RetryModel? Retry { get; init; }

    /// <summary>Which requests are also sent to a version that nobody waits for; null: none.</summary>
    public MirrorModel? Mirror { get; init; }

    /// <summary>The fault drill that is on; null: none.</summary>
    public FaultModel? Fault { get; init; }

    /// <summary>How connections of tcp listeners to endpoints begin.</summary>
    public ProxyProtocolVersion ProxyProtocol { get; init; }

    /// <summary>
    /// Rises by one with each change of the split's shares. An exchange keeps the model that it began with, so that what becomes of it meets the share under which its version was chosen.
    /// </summary>
    public int Epoch
    {
        get => _epoch;
        init => _epoch = value;
    }

    /// <summary>What of a response counts as evidence; null: a status from 500 to 599 is a failure, and no field tells of business errors.</summary>
    public AnalysisModel? Analysis { get; init; }

    /// <summary>Whether its choice of a version needs more than the next turn.</summary>
    public bool LooksAtRequests => Affinity is not null || Rules != RuleTable.Empty;

    /// <summary>Whether that needs the client's address.</summary>
    public bool LooksAtClientAddress => Affinity?.Source == AffinityKeySource.ClientIp || Rules.NeedsClientAddress;

    /// <summary>Whether a request may be sent while those before it are not answered: nothing makes it wait, and nobody else gets a copy.</summary>
    public bool PlansAhead => !_hasConnectionsMax && Fault is null && Mirror is null;

    /// <summary>The version at <see cref="BaselineIndex"/>.</summary>
    public VersionModel Baseline => _versions[BaselineIndex];

    /// <summary>The version that a rule sends its requests to; the baseline, where that one gets none.</summary>
    /// <param name="rule">Its place in <see cref="Rules"/>.</param>
    public VersionModel VersionOf(int rule)
    {
        VersionModel version = _versions[Rules.VersionOf(rule)];
        return version.IsBarred ? Baseline : version;
    }

    /// <summary>The same service with another split.</summary>
    /// <param name="weights">One for each version, 0 to 65535, one at least above 0.</param>
    /// <param name="barred">The place of the version that gets no request at all; −1: none.</param>
    /// <param name="epoch">Of the new split.</param>
    /// <exception cref="ArgumentException">The weights cannot be split (<see cref="SplitTable.Compile"/>).</exception>
    public ServiceModel With(ReadOnlySpan<int> weights, int barred, int epoch)
    {
        var versions = ImmutableArray.CreateBuilder<VersionModel>(_versions.Length);
        foreach (VersionModel version in _versions)
            versions.Add(version.With(weights[version.Index], version.Index == barred));
        var copy = (ServiceModel)MemberwiseClone();
        copy._epoch = epoch;
        copy.Take(versions.MoveToImmutable());
        return copy;
    }

    /// <summary>Takes the service's next turn. Exact over all loops; no lock, no allocation.</summary>
    public VersionModel PickVersion()
    {
        // Where every turn is the same one's, the shared counter is left alone: its line need not travel between cores.
        SplitTable split = Split;
        return _versions[split.Pick(split.CycleLength == 1 ? 0 : State.Counter.Next())];
    }

    /// <summary>The version that the users of a bucket keep (<see cref="AffinityModel.Bucket"/>). No allocation.</summary>
    public VersionModel PickVersion(uint bucket) => _versions[AffinitySplit.Pick(bucket)];

    /// <summary>Whether a version that answers with this status has failed.</summary>
    /// <param name="status">100 to 999.</param>
    public bool IsFailure(int status) => Analysis?.IsFailure(status) ?? status is >= 500 and <= 599;

    private void Take(ImmutableArray<VersionModel> versions)
    {
        _versions = versions;
        int[] weights = WeightsOf(versions);
        Split = SplitTable.Compile(weights);
        AffinitySplit = AffinitySplit.Compile(weights, _baselineIndex);
    }

    private static int[] WeightsOf(ImmutableArray<VersionModel> versions)
    {
        var weights = new int[versions.Length];
        for (int i = 0; i < weights.Length; i++)
            weights[i] = versions[i].Weight;
        return weights;
    }
}
