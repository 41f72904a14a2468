using System.Collections.Immutable;
using FastCanary.Proxy;
using FastCanary.Release;
using FastCanary.Traffic;
using Microsoft.Extensions.Logging;
using Verb = FastCanary.Release.RolloutVerb;

namespace FastCanary.Control;

/// <summary>
/// The live splits and the rollouts that move them: looks at what the loops have counted, lets each rollout decide, journals what it decides, and puts the new split in force. Any thread; one at a time
/// is let in, and none of them is a loop's.
/// </summary>
/// <remarks>
/// The order of every change: the inputs and the decision go to the journal, the journal is synced, the snapshot is swapped, people are told, the state is saved. A kill between any two of these leaves a
/// journal from which <see cref="ReleaseStore"/> finds the way back. Where the journal cannot be written, a share can still fall, but not rise: in doubt, the baseline.
/// </remarks>
internal sealed partial class ReleaseEngine : IDisposable
{
    // The step of a decision that no rollout has taken.
    private const int NoRollout = -1;

    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly DataPlane _data;
    private readonly ReleaseStore _store;
    private readonly Outbound _outbound;
    private readonly ILogger _log;
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, ServiceRelease> _services = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RolloutSources> _sources = new(StringComparer.Ordinal);
    private Snapshot _compiled;
    private FastCanaryConfig _config;
    private DateTimeOffset _savedAt;
    private bool _isJournalBroken;
    private bool _isEnded;
    private string _brokenBy = "";

    /// <summary>Restores what was, and puts the configuration's splits, as far as they live on, in force.</summary>
    /// <param name="data">What the splits are for.</param>
    /// <param name="store">What outlives the process.</param>
    /// <param name="outbound">What is asked and told over the network.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="compiled">What was compiled of it.</param>
    /// <param name="log">The program's log.</param>
    /// <param name="clock">Tells when.</param>
    /// <exception cref="Transport.TransportException">An address cannot be listened on.</exception>
    /// <exception cref="IOException">There is no state yet, and none can be written.</exception>
    public ReleaseEngine(DataPlane data, ReleaseStore store, Outbound outbound, FastCanaryConfig config, Snapshot compiled, ILogger log, TimeProvider clock)
    {
        (_data, _store, _outbound, _log, _clock, _compiled, _config) = (data, store, outbound, log, clock, compiled, config);
        using IDisposable addresses = _data.Reserve(compiled);
        DateTimeOffset now = Now();
        foreach (ServiceConfig service in config.Services)
        {
            ServiceModel model = compiled.Service(service.Name);
            _services.Add(service.Name, new ServiceRelease(data, model, service.Rollout, RolloutPlanCompiler.Compile(service), now));
        }

        Restore(now);
        Publish();
        ApplySources(config);
        Save(now);
    }

    private static ChangeResult Ending => ChangeResult.Failed("the program is ending");

    /// <summary>The live configuration.</summary>
    public Snapshot Live { get; private set; } = new() { Listeners = [], Services = [], Endpoints = [] };

    /// <summary>Looks at every service, and lets its rollout decide.</summary>
    public void Look()
    {
        lock (_gate)
        {
            if (_isEnded)
                return;
            DateTimeOffset now = Now();
            foreach (ServiceModel service in _compiled.Services)
                Look(_services[service.Name], now);
            if (now - _savedAt >= SaveEvery || now < _savedAt)
                Save(now);
        }
    }

    /// <summary>Puts a configuration in force. A weight that it does not change keeps its live value; one that it does change wins, and pauses a rollout that moves it.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="compiled">What was compiled of it.</param>
    /// <param name="cause">Who asked.</param>
    /// <exception cref="Transport.TransportException">An address cannot be listened on; nothing has changed.</exception>
    /// <exception cref="IOException">The journal cannot be written; nothing has changed.</exception>
    public void Reload(FastCanaryConfig config, Snapshot compiled, string cause)
    {
        lock (_gate)
        {
            if (_isEnded)
                throw new IOException("the program is ending");
            using IDisposable addresses = _data.Reserve(compiled);
            DateTimeOffset now = Now();
            foreach (ServiceRelease release in _services.Values)
                Look(release, now);
            List<Successor> successors = [.. config.Services.Select(service => Prepare(service, compiled, cause, now))];
            try
            {
                foreach (Successor successor in successors)
                    Journal(successor, cause, now);
                _store.Sync();
            }
            catch (IOException failure)
            {
                // What came to the journal is not in force.
                foreach (ServiceRelease release in _services.Values)
                    release.Owes(isRefused: true);
                Break("the reload", failure);
                throw;
            }

            foreach (string gone in _services.Keys.Where(name => !successors.Exists(successor => successor.Model.Name == name)).ToList())
                _services.Remove(gone);
            foreach (Successor successor in successors)
                Commit(successor, now);
            (_compiled, _config) = (compiled, config);
            Publish();
            ApplySources(config);
            foreach (Successor successor in successors)
                Tell(successor.Release!, successor.Reports);
            Save(now);
        }
    }

    /// <summary>Puts the same configuration in force whose names stand for other addresses.</summary>
    public void Readdress(Snapshot compiled)
    {
        lock (_gate)
        {
            if (_isEnded)
                return;
            _compiled = compiled;
            foreach (ServiceModel service in compiled.Services)
                _services[service.Name].Readdress(service);
            Publish();
            ApplySources(_config);
        }
    }

    /// <summary>Gives a command to a service's rollout.</summary>
    public ChangeResult Command(string service, Verb verb, string actor)
    {
        lock (_gate)
        {
            if (!_services.TryGetValue(service, out ServiceRelease? release))
                return ChangeResult.NotFound;
            if (_isEnded)
                return Ending;
            if (release.Rollout is null)
                return ChangeResult.Conflict($"the service {service} has no rollout: services.{service}.rollout in the configuration gives it one");
            // What is known up to now is judged first, under the split of now.
            DateTimeOffset now = Now();
            Look(release, now);
            return Command(release, new RolloutCommand(verb, actor, now), weights: null);
        }
    }

    /// <summary>Puts weights in force; versions that are not named keep theirs.</summary>
    public ChangeResult SetWeights(string service, IReadOnlyDictionary<string, int> weights, string actor)
    {
        lock (_gate)
        {
            if (!_services.TryGetValue(service, out ServiceRelease? release))
                return ChangeResult.NotFound;
            if (_isEnded)
                return Ending;
            // As before a command.
            Look(release, Now());
            int[] changed = [.. release.Weights];
            foreach ((string version, int weight) in weights)
            {
                if (release.IndexOf(version) is not (>= 0 and var index))
                    return ChangeResult.Invalid($"the service {service} has no version {version}");
                changed[index] = weight;
            }

            return SetWeights(release, changed, actor);
        }
    }

    /// <summary>Gives the canary a share, and the baseline the rest.</summary>
    public ChangeResult SetCanaryShare(string service, int basisPoints, string actor)
    {
        lock (_gate)
        {
            if (!_services.TryGetValue(service, out ServiceRelease? release))
                return ChangeResult.NotFound;
            if (_isEnded)
                return Ending;
            Look(release, Now());
            if (CanaryPlanOf(release) is not { } plan)
                return ChangeResult.Conflict($"the service {service} has no canary: services.{service}.rollout names one, or PUT /api/v1/services/{service}/weights sets every version's weight");
            return SetWeights(release, SplitWeights.OfShare(release.Live, plan, basisPoints), actor);
        }
    }

    /// <summary>The last entries of a service's journal, newest first; null where there is no such service.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>>? Journal(string service, int limit)
    {
        lock (_gate)
        {
            if (!_services.ContainsKey(service))
                return null;
        }

        return _store.Last(service, limit);
    }

    /// <summary>Saves what a restart must not forget. From then on nothing changes any more, whoever asks.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isEnded)
                return;
            Save(Now());
            _isEnded = true;
        }
    }

    // To the millisecond: as precise as the journal, so that a replay meets the same times.
    private DateTimeOffset Now()
    {
        DateTimeOffset now = _clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond));
    }

    // Without a rollout a service of two versions has a canary all the same: the one that is not the first.
    private static RolloutPlan? CanaryPlanOf(ServiceRelease release) =>
        release.Plan ?? (release.Live.Versions is [var baseline, var canary] ? new RolloutPlan { Canary = canary.Name, Baseline = baseline.Name } : null);

    private ChangeResult SetWeights(ServiceRelease release, int[] weights, string actor)
    {
        if (Array.TrueForAll(weights, weight => weight == 0))
            return ChangeResult.Invalid("no version would have a weight above 0");
        if (release.Plan is not { } plan)
        {
            return Put(release, before: null, command: null, [OfWeights(actor, Now(), "the split was changed by hand")], weights);
        }

        foreach (VersionModel version in release.Live.Versions)
        {
            if (!plan.IsBetween(version.Name) && weights[version.Index] > 0)
                return ChangeResult.Invalid($"the rollout splits between {plan.Baseline} and {plan.Canary}: the weight of {version.Name} has to be 0; rules can send requests to it");
        }

        return Command(release, new RolloutCommand(Verb.SetShare, actor, Now(), SplitWeights.ShareOf(release.Live, plan, weights)), weights);
    }

    private ChangeResult Command(ServiceRelease release, RolloutCommand command, int[]? weights)
    {
        Rollout rollout = release.Rollout!;
        RolloutState before = rollout.Export();
        CommandResult result = rollout.Command(command);
        return result.Refusal is { } refusal ? ChangeResult.Conflict(refusal) : Put(release, before, command, result.Decisions, weights);
    }

    private void Look(ServiceRelease release, DateTimeOffset now)
    {
        Settle(release, now);
        release.Look(now);
        release.SetThresholds();
        if (release.Rollout is not { } rollout)
        {
            release.PassOver();
            return;
        }

        Observation look = release.Observe(now, _sources.TryGetValue(release.Name, out RolloutSources? sources) ? sources.Latest(_outbound.Sources) : []);
        if (!rollout.IsWatching && rollout.Phase != RolloutPhase.Aborting)
            return;
        RolloutState before = rollout.Export();
        ImmutableArray<Decision> decisions = rollout.Observe(look);
        if (release.IsWorthNoting(look) || !decisions.IsEmpty)
        {
            try
            {
                _store.Append(release.Name, look);
            }
            catch (IOException failure)
            {
                release.Owes(isRefused: false);
                Break(release.Name, failure);
            }
        }

        if (!decisions.IsEmpty)
            Put(release, before, command: null, decisions, weights: null);
    }

    /// <summary>Journals what was decided, puts it in force, and tells.</summary>
    /// <param name="release">Whose.</param>
    /// <param name="before">Where the rollout goes back to if the journal cannot be written.</param>
    /// <param name="command">What was asked for; null: nobody asked.</param>
    /// <param name="decisions">What was decided.</param>
    /// <param name="weights">The weights to be in force; null: those of the canary's share.</param>
    private ChangeResult Put(ServiceRelease release, RolloutState? before, RolloutCommand? command, ImmutableArray<Decision> decisions, int[]? weights)
    {
        List<DecisionReport> reports = [];
        try
        {
            if (release.IsOwing)
                throw new IOException(_brokenBy);
            if (command is not null)
                _store.Append(release.Name, command);
            Append(release, decisions, weights, reports);
            _store.Sync();
        }
        catch (IOException failure)
        {
            Break(release.Name, failure);
            bool falls = !decisions.IsEmpty && (decisions[^1].To < decisions[0].From || decisions[^1].Phase == RolloutPhase.Aborted);
            release.Owes(isRefused: !falls);
            if (!falls)
            {
                if (before is not null)
                    release.Rollout = new Rollout(release.Plan!, before);
                return ChangeResult.Failed($"the journal cannot be written, so nothing was changed: {failure.Message}");
            }

            // The baseline gets its requests back, whatever the disk does. What did not come to the journal comes to it later.
            int[] from = release.Weights;
            for (int i = 0; i < decisions.Length; i++)
            {
                int[] to = WeightsOf(release, decisions[i], weights, from);
                if (i >= reports.Count)
                {
                    reports.Add(Report(release, decisions[i], from, to));
                    release.Owed.Add(reports[^1]);
                }

                from = to;
            }
        }

        if (reports.Count > 0)
        {
            int[] after = release.Weights;
            foreach (Decision decision in decisions)
                after = WeightsOf(release, decision, weights, after);
            release.Split(after);
            Publish();
            Tell(release, reports);
        }

        Save(decisions.IsEmpty ? Now() : decisions[^1].At);
        return ChangeResult.Done;
    }

    private void Append(ServiceRelease release, ImmutableArray<Decision> decisions, int[]? weights, List<DecisionReport> reports)
    {
        int[] from = release.Weights;
        foreach (Decision decision in decisions)
        {
            int[] to = WeightsOf(release, decision, weights, from);
            DecisionReport report = Report(release, decision with { Id = _store.NextN }, from, to);
            _store.Append(report, decision.At);
            reports.Add(report);
            from = to;
        }
    }

    /// <param name="release">Whose.</param>
    /// <param name="decision">What was decided.</param>
    /// <param name="weights">The weights that were asked for; null: those of the share.</param>
    /// <param name="from">The weights before.</param>
    private static int[] WeightsOf(ServiceRelease release, Decision decision, int[]? weights, int[] from)
    {
        if (weights is not null)
            return weights;
        if (release.Plan is null || decision.From == decision.To)
            return from;
        return SplitWeights.OfShare(release.Live, release.Plan, decision.To);
    }

    /// <summary>A change of weights that is no rollout's.</summary>
    private static Decision OfWeights(string actor, DateTimeOffset at, string reason) => new()
    {
        At = at,
        Kind = DecisionKind.Weights,
        Actor = actor,
        From = 0,
        To = 0,
        Phase = RolloutPhase.Idle,
        Step = NoRollout,
        Reason = reason,
    };

    private void Publish()
    {
        foreach (ServiceRelease release in _services.Values)
            release.Announce();
        Snapshot live = _compiled.With(service => _services[service.Name].Live);
        _data.Apply(live);
        Live = live;
    }

    private void Tell(ServiceRelease release, IReadOnlyList<DecisionReport> reports)
    {
        foreach (DecisionReport report in reports)
        {
            release.Remember(report);
            RolloutLog.Decided(_log, release.Name, report.Kind, string.Join(" ", report.To.Select(version => $"{version.Version}={version.Weight}")), report.Actor, report.Reason);
            if (release.Plan is { } plan)
                _outbound.Tell(plan, report);
        }
    }

    private void Save(DateTimeOffset now)
    {
        _savedAt = now;
        try
        {
            _store.Save(new SavedState([.. _services.Values.Select(release => release.Save())]));
            Mend();
        }
        catch (IOException failure)
        {
            Break("the state", failure);
        }
    }

    /// <summary>Brings the journal up to what is in force, after it could not be written: from there a restart, and a replay, go on.</summary>
    private void Settle(ServiceRelease release, DateTimeOffset now)
    {
        if (!release.IsOwing)
            return;
        try
        {
            for (; release.Owed.Count > 0; release.Owed.RemoveAt(0))
                _store.Append(release.Owed[0] with { Id = _store.NextN }, now);
            if (release.IsRefused)
            {
                Decision restored = OfWeights(Rollout.Engine, now, "what the journal says before could not be made durable, and was not put in force; this split is") with { Id = _store.NextN, Kind = DecisionKind.Restored };
                _store.Append(Report(release, restored, release.Weights, release.Weights), now);
            }

            if (release.Rollout is { } rollout)
                JournalBegin(release.Name, rollout, now);
            _store.Sync();
            release.Settle();
            Mend();
        }
        catch (IOException failure)
        {
            Break(release.Name, failure);
        }
    }

    private void Break(string whose, IOException failure)
    {
        _brokenBy = failure.Message;
        // Once, not once a second.
        if (!_isJournalBroken)
            RolloutLog.JournalFailed(_log, whose, failure.Message);
        _isJournalBroken = true;
    }

    private void Mend()
    {
        if (_isJournalBroken)
            RolloutLog.JournalWritten(_log);
        _isJournalBroken = false;
    }

    private void ApplySources(FastCanaryConfig config)
    {
        var polled = new List<PolledSource>();
        _sources.Clear();
        foreach (ServiceConfig service in config.Services)
        {
            if (service.Rollout is { } rollout)
                _sources.Add(service.Name, new RolloutSources(_services[service.Name].Live, rollout, _outbound.Http, _clock, polled));
        }

        _outbound.Apply(config, Live, polled);
    }
}
