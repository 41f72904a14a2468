using System.Collections.Immutable;
using System.Text.Json;
using FastCanary.Proxy;
using FastCanary.Release;
using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>A service's live split and its rollout, if it has one. Belongs to <see cref="ReleaseEngine"/>, and is touched under its lock alone.</summary>
internal sealed class ServiceRelease
{
    // With fewer the quantiles of the baseline mean nothing; what they were before stays in force.
    private const int QuantileRequestsMin = 20;

    /// <summary>How many decisions are remembered.</summary>
    public const int RecentMax = 5;

    // Of a slot whose requests were sent on their way under a split that nobody knows any more.
    private const int UnknownShare = -1;

    private readonly DataPlane _data;
    private readonly List<DecisionReport> _recent = [];
    private readonly Dictionary<string, long> _decisions = new(StringComparer.Ordinal);
    private readonly int[] _slotShares = [UnknownShare, UnknownShare];
    private VersionWatch[] _watches = [];
    private ServiceModel _compiled;
    private bool _isCanaryDown;
    private ImmutableArray<GuardReading> _readingsWritten = [];
    private int _usersGeneration = -1;
    private int _announcedEpoch = -1;

    public ServiceRelease(DataPlane data, ServiceModel compiled, RolloutConfig? config, RolloutPlan? plan, DateTimeOffset now)
    {
        _data = data;
        _compiled = compiled;
        Weights = WeightsOf(compiled);
        Configured = WeightsOf(compiled);
        Config = config;
        Plan = plan;
        CanaryEndpoints = EndpointsOf(compiled, plan);
        Live = compiled.With(Weights, barred: -1, compiled.State.Epoch);
        _watches = [.. compiled.Versions.Select(version => new VersionWatch(data, version, now))];
        if (plan is not null)
            Rollout = new Rollout(plan, new RolloutState { PhaseSince = now, CanaryBasisPoints = SplitWeights.ShareOf(compiled, plan, Weights) });
        Compose();
    }

    public string Name => _compiled.Name;

    /// <summary>What requests see.</summary>
    public ServiceModel Live { get; private set; }

    /// <summary>The live weights, in the versions' order.</summary>
    public int[] Weights { get; private set; }

    /// <summary>The weights of the configuration, in the versions' order.</summary>
    public int[] Configured { get; private set; }

    public RolloutConfig? Config { get; private set; }

    public RolloutPlan? Plan { get; private set; }

    public Rollout? Rollout { get; set; }

    /// <summary>The canary's endpoints; none without a rollout.</summary>
    public ImmutableArray<string> CanaryEndpoints { get; private set; }

    /// <summary>The last ones, newest first.</summary>
    public IReadOnlyList<DecisionReport> Recent => _recent;

    /// <summary>How many were taken since the start, by kind.</summary>
    public IReadOnlyDictionary<string, long> Decisions => _decisions;

    public IReadOnlyList<VersionWatch> Watches => _watches;

    /// <summary>The journal does not say what is in force: it could not be written.</summary>
    public bool IsOwing { get; private set; }

    /// <summary>The journal may hold what was not put in force.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>Decisions in force that the journal does not have yet.</summary>
    public List<DecisionReport> Owed { get; } = [];

    /// <summary>Requests of all versions in the last minute.</summary>
    public long WindowRequests => _watches.Sum(watch => watch.Window.Requests);

    /// <summary>Goes on with what a reload has compiled, and with these weights. Where other versions, or another canary, are compared from now on, what is under way counts for nothing.</summary>
    public void Take(ServiceModel compiled, RolloutConfig? config, RolloutPlan? plan, int[] weights, bool isCanaryReplaced, DateTimeOffset now)
    {
        bool isOther = isCanaryReplaced || !AreOfSameVersions(plan, Plan);
        bool isSame = HasSplit(compiled, weights);
        Dictionary<string, VersionWatch> watches = _compiled.Versions.ToDictionary(version => version.Name, version => _watches[version.Index], StringComparer.Ordinal);
        _watches = [.. compiled.Versions.Select(version => watches.GetValueOrDefault(version.Name) ?? new VersionWatch(_data, version, now))];
        (_compiled, Configured, Config, Plan, Weights) = (compiled, WeightsOf(compiled), config, plan, weights);
        CanaryEndpoints = EndpointsOf(compiled, plan);
        if (isOther)
        {
            PassOver();
            _slotShares.AsSpan().Fill(UnknownShare);
            Split(weights, epochs: 2);
        }
        else if (isSame)
        {
            Compose();
        }
        else
        {
            Split(weights);
        }
    }

    /// <summary>Whether a split is the one in force: versions that get nothing may come and go.</summary>
    public bool HasSplit(ServiceModel compiled, int[] weights) =>
        compiled.Versions.All(version => weights[version.Index] == (IndexOf(version.Name) is >= 0 and var index ? Weights[index] : 0))
        && _compiled.Versions.All(version => Weights[version.Index] == 0 || compiled.Versions.Any(candidate => candidate.Name == version.Name));

    /// <summary>
    /// The weights under another configuration: versions whose configured weight is the same keep theirs; others get what is configured, and so do those that a rollout does not split between.
    /// </summary>
    public int[] WeightsUnder(ServiceModel compiled, RolloutPlan? plan)
    {
        int[] weights =
        [
            .. compiled.Versions.Select(version =>
                (plan is null || plan.IsBetween(version.Name)) && IndexOf(version.Name) is >= 0 and var index && Configured[index] == version.Weight
                    ? Weights[index]
                    : version.Weight),
        ];
        return Array.TrueForAll(weights, weight => weight == 0) ? WeightsOf(compiled) : weights;
    }

    /// <summary>Whether a configuration has other weights for a rollout's two versions than the one in force.</summary>
    public bool IsReconfigured(ServiceModel compiled, RolloutPlan plan) =>
        compiled.Versions.Any(version => plan.IsBetween(version.Name) && IndexOf(version.Name) is >= 0 and var index && Configured[index] != version.Weight);

    /// <summary>Whether none of the canary's endpoints is one that it had.</summary>
    public bool IsCanaryReplaced(ServiceModel compiled, RolloutPlan plan) =>
        !CanaryEndpoints.IsEmpty && !EndpointsOf(compiled, plan).Any(CanaryEndpoints.Contains);

    /// <summary>Goes on with the same configuration whose names stand for other addresses.</summary>
    public void Readdress(ServiceModel compiled)
    {
        _compiled = compiled;
        Compose();
    }

    /// <summary>Makes <see cref="Live"/> of a split. It is not in force before the snapshot that holds it is.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="epochs">2: what is under way counts for nothing; 1: it counts under the share of before.</param>
    public void Split(int[] weights, int epochs = 1)
    {
        Weights = weights;
        int epoch = Live.Epoch + epochs;
        _slotShares[epoch & 1] = Plan is null ? 0 : SplitWeights.ShareOf(_compiled, Plan, weights);
        Live = _compiled.With(weights, Barred(), epoch);
    }

    /// <summary>What the loops read beside the snapshot. Before the snapshot is published, so that nobody who waits is sent to a version that no longer gets requests.</summary>
    public void Announce()
    {
        Live.State.Epoch = Live.Epoch;
        if (_announcedEpoch != Live.Epoch)
        {
            // From here on nothing of the slot's last epoch is counted any more; what was, since the last look, must not be taken for the new one's.
            _announcedEpoch = Live.Epoch;
            for (int i = 0; i < _watches.Length; i++)
                _watches[i].PassOver(_data, Live.Versions[i], Live.Epoch & 1);
        }

        foreach (VersionModel version in Live.Versions)
            version.State.IsBarred = version.IsBarred;
        if (Rollout is null || Live.Affinity is null || _usersGeneration == Rollout.EvidenceGeneration)
            return;
        _usersGeneration = Rollout.EvidenceGeneration;
        Live.State.ResetUsers();
    }

    /// <summary>Reads the loops' counters.</summary>
    public void Look(DateTimeOffset now)
    {
        for (int i = 0; i < _watches.Length; i++)
            _watches[i].Look(_data, Live.Versions[i], now);
    }

    /// <summary>Lets go of what nobody judges.</summary>
    public void PassOver()
    {
        foreach (VersionWatch watch in _watches)
        {
            watch.TakeEvidence(0);
            watch.TakeEvidence(1);
        }
    }

    /// <summary>What happened since the last look, for the rollout.</summary>
    public Observation Observe(DateTimeOffset now, ImmutableArray<GuardReading> readings)
    {
        (VersionWatch baseline, VersionWatch canary) = (WatchOf(Plan!.Baseline), WatchOf(Plan.Canary));
        int slot = Live.Epoch & 1;
        ShareCounts present = new(_slotShares[slot], baseline.TakeEvidence(slot), canary.TakeEvidence(slot));
        ShareCounts before = new(_slotShares[slot ^ 1], baseline.TakeEvidence(slot ^ 1), canary.TakeEvidence(slot ^ 1));
        if (before.CanaryBasisPoints == UnknownShare)
            before = default;
        bool compares = Plan.Analysis.Policy == AnalysisPolicy.Thresholds;
        return new Observation
        {
            At = now,
            Counts = IsEmpty(before) ? IsEmpty(present) ? [] : [present] : [before, present],
            Readings = readings,
            BaselineP99 = compares ? baseline.Window.QuantileSeconds(0.99) : null,
            CanaryP99 = compares ? canary.Window.QuantileSeconds(0.99) : null,
            IsCanaryDown = Live.Versions[IndexOf(Plan.Canary)].CountAvailable(Environment.TickCount64) == 0,
        };
    }

    /// <summary>Whether a look has to be in the journal for the same decisions to come out again.</summary>
    public bool IsWorthNoting(Observation look)
    {
        bool isNew = !look.Counts.IsEmpty || Rollout!.NeedsEveryLook || look.IsCanaryDown != _isCanaryDown || !look.Readings.SequenceEqual(_readingsWritten);
        (_isCanaryDown, _readingsWritten) = (look.IsCanaryDown, look.Readings);
        return isNew;
    }

    /// <summary>Fixes from where on responses count as slow, for what comes next.</summary>
    public void SetThresholds()
    {
        SlowThresholds thresholds = Live.State.SlowThresholds;
        LatencyGuardPlan? latency = Plan?.Analysis.Latency;
        TrafficWindow? baseline = latency is null ? null : WatchOf(Plan!.Baseline).Window;
        if (baseline is { Timed: < QuantileRequestsMin })
            return;
        for (int i = 0; i < SlowThresholds.Quantiles; i++)
        {
            if (latency is null || i >= latency.Quantiles.Length || baseline!.Quantile(latency.Quantiles[i]) is not { } micros)
                thresholds.Set(i, long.MaxValue, long.MaxValue);
            else
                thresholds.Set(i, micros, latency.CanaryThreshold(micros));
        }
    }

    public void Owes(bool isRefused)
    {
        IsOwing = true;
        IsRefused |= isRefused;
    }

    public void Settle() => IsOwing = IsRefused = false;

    /// <summary>Decisions of before this process, newest first.</summary>
    public void Recall(IEnumerable<DecisionReport> decisions) => _recent.AddRange(decisions.Take(RecentMax));

    public void Remember(DecisionReport decision)
    {
        _recent.Insert(0, decision);
        if (_recent.Count > RecentMax)
            _recent.RemoveAt(RecentMax);
        _decisions[decision.Kind] = _decisions.GetValueOrDefault(decision.Kind) + 1;
    }

    /// <summary>What a restart must not forget.</summary>
    public SavedService Save() => new()
    {
        Name = Name,
        Configured = ByName(Configured),
        Weights = ByName(Weights),
        CanaryEndpoints = CanaryEndpoints,
        Plan = Plan,
        Rollout = Rollout?.Export(),
    };

    public IReadOnlyList<VersionWeight> Named(int[] weights) => [.. _compiled.Versions.Select(version => new VersionWeight(version.Name, weights[version.Index]))];

    public int IndexOf(string version)
    {
        foreach (VersionModel candidate in _compiled.Versions)
        {
            if (candidate.Name == version)
                return candidate.Index;
        }

        return -1;
    }

    /// <summary>Whether two plans compare the same versions.</summary>
    public static bool AreOfSameVersions(RolloutPlan? one, RolloutPlan? other) => one?.Canary == other?.Canary && one?.Baseline == other?.Baseline;

    /// <summary>Two plans are the same when they say the same.</summary>
    public static bool AreSame(RolloutPlan? one, RolloutPlan? other) =>
        one is null || other is null
            ? one == other
            : JsonSerializer.SerializeToUtf8Bytes(one, ReleaseJson.Default.RolloutPlan).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(other, ReleaseJson.Default.RolloutPlan));

    private static bool IsEmpty(in ShareCounts counts) => counts.Baseline == default && counts.Canary == default;

    /// <summary>The weights of a model, in the versions' order.</summary>
    public static int[] WeightsOf(ServiceModel service) => [.. service.Versions.Select(version => version.Weight)];

    private static ImmutableArray<string> EndpointsOf(ServiceModel service, RolloutPlan? plan) =>
        [.. service.Versions.Where(version => version.Name == plan?.Canary).SelectMany(version => version.Endpoints).Select(endpoint => endpoint.Name)];

    private VersionWatch WatchOf(string version) => _watches[IndexOf(version)];

    private Dictionary<string, int> ByName(int[] weights) => _compiled.Versions.ToDictionary(version => version.Name, version => weights[version.Index], StringComparer.Ordinal);

    private int Barred() => Rollout is { Phase: RolloutPhase.Aborted } ? IndexOf(Plan!.Canary) : -1;

    private void Compose()
    {
        // The split has not changed for having been compiled anew: events of before go on to count under the share of before.
        int epoch = Live.Epoch;
        _slotShares[epoch & 1] = Plan is null ? 0 : SplitWeights.ShareOf(_compiled, Plan, Weights);
        Live = _compiled.With(Weights, Barred(), epoch);
    }
}
