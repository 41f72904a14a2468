using System.Globalization;
using FastCanary.Proxy;
using FastCanary.Traffic;

namespace FastCanary.Simulation.Tests;

/// <summary>What holds of who gets a request, how often, and what it waits for: checked where it is sent, where it is answered, and after every step.</summary>
/// <remarks>
/// Nobody sees from outside with which snapshot a request began: what is allowed is what one of those allows that were in force since its first byte.
/// </remarks>
internal sealed class Laws(Run run, Services services, DataPlane plane, SimulatedLoop loop, Planner planner)
{
    // An exchange begins with the snapshot of its first byte, and its head may take that long.
    private const long BeforeItCountsUs = (Run.HeadTimeoutMs + 500) * 1000L;

    // From the choice of an endpoint to the first byte on a connection that is there: some passes.
    private const int PassesMs = 100;

    // A deadline may be late by a tick of the wheel, and by passes that take their time.
    private const int LateMs = 16 + PassesMs;

    // From the end of a wait to the client that reads at once.
    private const long AnswerUs = 150_000;

    private readonly List<Attempt> _sent = [];
    private long _quietUs = run.Network.NowUs;
    private long _activeMost;
    private long _retryingBefore;

    /// <summary>A request shows on an upstream connection.</summary>
    public Attempt OnSent(RequestPlan plan, OriginConnection origin, bool isReused, long answersFrom)
    {
        var previous = plan.Current;
        var attempt = new Attempt(plan, plan.Attempts.Count + 1, previous is null ? plan.FirstAnswer : planner.Answer(plan.Method, plan.Body), origin)
        {
            IsReused = isReused,
            AnswersFrom = answersFrom,
            SentUs = run.Network.NowUs,
            IsStaleAgain = previous is { IsReused: true, AnyReceived: false } && !isReused && previous.Origin.Address.Equals(origin.Address),
        };
        if (previous is not null) CheckSentAgain(plan, previous, attempt);
        if (!attempt.IsStaleAgain) CheckAvailable(attempt);
        plan.Attempts.Add(attempt);
        _sent.Add(attempt);
        return attempt;
    }

    /// <summary>Its whole head was sent.</summary>
    public void OnHeadSent(Attempt attempt, Dictionary<string, string> fields)
    {
        var plan = attempt.Plan;
        attempt.IsRescue = fields.GetValueOrDefault("X-Canary-Rescued") == "1";
        CheckId(plan, fields.GetValueOrDefault("X-Request-ID"));
        CheckPlace(attempt);
        var feature = fields.GetValueOrDefault(Services.FeatureField);
        if (!Began(plan).Any(model => Services.FeatureOf(model, plan) == feature)) run.Break($"law 2: {plan.Token:x6} of user {plan.User} carries {feature} as its feature");
        if (feature == Services.FeatureOn) run.Coverage.Count("feature on");
    }

    /// <summary>The client has read the head of the answer to a request.</summary>
    public void OnAnswered(RequestPlan plan, ResponseReader reader)
    {
        // Of a head that did not come in time, the ID is not known either.
        if (reader is { IsOwn: true, Status: 408 } && plan.Attempts.Count == 0) return;
        if (plan.Id == IdKind.Valid ? reader.RequestId != plan.SentId : plan.IdAtOrigins is { } id && reader.RequestId != id)
            run.Break($"law 2: the answer has the ID {reader.RequestId}, its request {plan.SentId} and {plan.IdAtOrigins}");
        if (reader.RequestId is null) run.Break("an answer without an ID");
        if (!reader.IsOwn && reader.IsRescued) run.Coverage.Count("answer that the baseline gave for the canary");
        if (!reader.IsOwn && plan.Attempts.Exists(static each => each.Number > 1 && !each.IsStaleAgain)) run.Coverage.Count("answer to a request that was sent again");
    }

    /// <summary>A client that reads at once was told that no connection became free in time: nobody who came later had one meanwhile.</summary>
    public void OnQueueTimedOut(RequestPlan plan)
    {
        run.Coverage.Count("wait that ended by time");
        if (run.Profile.EndpointsAreEjected || plan.Attempts.Count > 0 || Began(plan).Count() != 1) return;
        var service = services.Live;
        var version = Services.Decided(service, plan) ?? Array.FindIndex([.. service.Versions], static each => each.Weight > 0);
        if (Services.Decided(service, plan) is null && service.Versions.Count(static each => each.Weight > 0) > 1) return;
        run.Coverage.Count("wait that ended by time, looked at by order");
        var nowUs = run.Network.NowUs;
        var sinceUs = nowUs - (service.Queue.TimeoutMs * 1000L);
        for (var i = _sent.Count - 1; i >= 0 && _sent[i].SentUs > sinceUs; i--)
        {
            var other = _sent[i];
            // Who began within the time that a request may take to be seen may have come first.
            if (other.Origin.Version != version || other.Number > 1 || other.Plan.BegunUs <= sinceUs + AnswerUs || other.SentUs >= nowUs - AnswerUs) continue;
            run.Break($"law 5: {plan.Token:x6} waited in vain, and {other.Plan.Token:x6} came later and had its turn");
        }
    }

    /// <summary>Whether FastCanary may answer this by itself, though nothing is wrong with the request or its upstreams.</summary>
    public bool MayAnswer(RequestPlan plan, int status)
    {
        foreach (var model in Began(plan))
        {
            if (model.Fault is { } fault && fault.Status == status && plan.Attempts.Count == 0) return true;
            // Also one that was sent, where it goes again.
            if (status == 503 && model.Versions.Any(static version => version.HasConnectionsMax) && (plan.Attempts.Count == 0 || model.Retry is not null)) return true;
        }

        return false;
    }

    public void AfterStep()
    {
        var service = services.Live;
        var (active, retrying) = plane.LoadOf(service);
        _activeMost = Math.Max(_activeMost, active);
        if (active == 0) _quietUs = run.Network.NowUs;
        if (retrying > _retryingBefore) CheckBudget(retrying);
        _retryingBefore = retrying;
        if (!run.Profile.ConnectionsAreBounded && !run.Profile.Drills) return;
        CheckWaits();
        if (!run.Profile.ConnectionsAreBounded) return;
        foreach (var version in service.Versions)
        {
            if (!version.HasConnectionsMax) continue;
            CheckQueue(version);
            foreach (var endpoint in version.Endpoints)
                if (endpoint.ConnectionsMax > 0) CheckConnections(version, endpoint);
        }
    }

    /// <summary>Nobody asks for anything any more: nothing is held.</summary>
    public void AtEnd()
    {
        if (plane.LoadOf(services.Live) is var load && load != (0, 0)) run.Break($"law 5: {load.Active} requests count as under way, {load.Retrying} as sent again, and there are none");
        if (loop.WaitsLeftMs.Any()) run.Break("law 5: a wait is under way, and there are no sessions");
        foreach (var model in services.All)
        {
            foreach (var version in model.Versions)
            {
                if (version.HasConnectionsMax && plane.QueueOf(version).Count != 0) run.Break($"law 5: {plane.QueueOf(version).Count} wait for {version.Name}, and there are no sessions");
                foreach (var endpoint in version.Endpoints)
                {
                    if (endpoint.State.Connections != 0) run.Break($"law 5: {endpoint.State.Connections} connections to {endpoint.Name} count as in use, and there are no sessions");
                    if (model == services.Live) run.Coverage.Count("ejection", endpoint.State.Ejections);
                }

                if (model == services.Live) Count(plane.CountersOf(version));
            }
        }

    }

    /// <summary>Nobody is connected any more: every request was counted once, for one version.</summary>
    public void AtRest(IReadOnlyCollection<RequestPlan> plans)
    {
        var counted = 0L;
        var totals = new VersionTotals();
        foreach (var version in services.All.SelectMany(static model => model.Versions).DistinctBy(static version => version.State))
        {
            if (plane.UpstreamConnectionsOf(version) is var connections && connections != (0, 0)) run.Break($"{connections} connections of {version.Name} count as active and idle, and there are none");
            plane.Read(version, totals);
            counted += totals.Requests;
            var statuses = totals.Statuses.Sum();
            if (statuses > totals.Requests || totals.Latency.Sum() > statuses) run.Break($"{totals.Requests} requests of {version.Name} have {statuses} statuses and {totals.Latency.Sum()} latencies");
            var evidence = totals.Evidence0 + totals.Evidence1;
            if (evidence.Requests > totals.Requests || evidence.Failures > totals.Failures || evidence.FirstFailures > evidence.Failures || totals.Failures > totals.Requests)
                run.Break($"{totals.Requests} requests and {totals.Failures} failures of {version.Name} are {evidence}");
        }

        // What never showed at an origin may have been refused before it had a version, or failed on it.
        var (least, most) = (plans.Count(static plan => plan.Attempts.Count > 0), plans.Count(static plan => plan.WasBegun));
        if (counted < least || counted > most) run.Break($"{counted} requests are counted, and origins have seen {least} of the {most} that clients have begun");
    }

    // Those that a request which is under way may have begun with.
    private IEnumerable<ServiceModel> UnderWay => services.Since(_quietUs - BeforeItCountsUs);

    private IEnumerable<ServiceModel> Began(RequestPlan plan) => services.Since(plan.BegunUs);

    private void Count(in VersionCounters counters)
    {
        run.Coverage.Count("request diverted", counters.Diverted);
        run.Coverage.Count("request sent again within its version", counters.Retries);
        run.Coverage.Count("request rescued", counters.Rescued);
        run.Coverage.Count("request over the budget", counters.OverBudget);
        run.Coverage.Count("request queued", counters.Queued);
        run.Coverage.Count("request drilled", counters.Faults);
    }

    private void CheckSentAgain(RequestPlan plan, Attempt previous, Attempt attempt)
    {
        run.Coverage.Count("request sent again");
        if (!plan.IsIdempotent) run.Break($"law 4: a {plan.Method} was sent again");
        if (plan.HasAnswerBegun) run.Break("law 4: a request was sent again whose answer the client has begun to read");
        if (attempt.IsStaleAgain) return;
        if (previous.IsRescue) run.Break("law 4: a request was sent again that the baseline had for the canary");
        var tries = 1 + plan.Attempts.Count(static each => !each.IsStaleAgain);
        if (!Began(plan).Any(model => model.Retry is { } retry && tries <= 1 + retry.AttemptsMax + (retry.Rescue ? 1 : 0) && (run.Profile.OriginsSayMoreLater || MayFail(retry, previous))))
        {
            run.Break(string.Create(
                CultureInfo.InvariantCulture,
                $"law 4: try {tries} of {plan.Token:x6}, behind {previous.Answer}, received {previous.AnyReceived}, head {previous.HeadReceived}"));
        }
    }

    // Whether the answer to a try allows another one. Not told by the answer alone where an origin's stray bytes may come before it on a kept connection: the two are malformed then.
    private static bool MayFail(RetryModel retry, Attempt attempt)
    {
        if (!attempt.HeadReceived || attempt.Answer.Ending == Ending.IsMalformed) return true;
        var cause = attempt.Answer.Status switch
        {
            500 => RetryCauses.Status500,
            502 => RetryCauses.Status502,
            503 => RetryCauses.Status503,
            504 => RetryCauses.Status504,
            > 500 => RetryCauses.StatusOther5xx,
            _ => RetryCauses.None,
        };
        return cause != RetryCauses.None && (retry.Rescue || (retry.Causes & cause) != 0);
    }

    private void CheckId(RequestPlan plan, string? id)
    {
        plan.IdAtOrigins ??= id;
        if (id is null) run.Break("a request without an ID");
        else if (plan.Id == IdKind.Valid ? id != plan.SentId : id.Length != 36 || id[14] != '7' || !Guid.TryParseExact(id, "D", out _)) run.Break($"law 2: {id} instead of the ID {plan.SentId}");
        else if (id != plan.IdAtOrigins) run.Break($"law 2: {plan.Token:x6} is {id}, and was {plan.IdAtOrigins}");
    }

    // Whose turn it was by rule or key; the baseline may stand in.
    private void CheckPlace(Attempt attempt)
    {
        var plan = attempt.Plan;
        var canFail = false;
        var isTurn = false;
        var rescues = false;
        foreach (var model in Began(plan))
        {
            var decided = Services.Decided(model, plan);
            if (decided is not null) run.Coverage.Count("request with a version of its own");
            isTurn |= decided is null ? model.Versions[attempt.Origin.Version].Weight > 0 : decided == attempt.Origin.Version;
            canFail |= model.Outlier is not null;
            rescues |= model.Retry is { Rescue: true };
        }

        if (attempt.IsRescue)
        {
            if (!rescues || attempt.Origin.Version != Services.Baseline) run.Break($"law 4: {plan.Token:x6} goes to {Services.VersionName(attempt.Origin.Version)} as a rescue");
        }
        else if (!isTurn && !(attempt.Origin.Version == Services.Baseline && (canFail || run.Services.All.Any(static model => model.Outlier is not null))))
        {
            run.Break($"law 2: {plan.Token:x6} goes to {Services.VersionName(attempt.Origin.Version)}, and it is another's turn");
        }
        else if (attempt.Origin.Version == Services.Baseline && plan.Attempts.Exists(each => each != attempt && each.Origin.Version != Services.Baseline))
        {
            if (!run.Services.All.Any(static model => model.Outlier is not null)) run.Break($"law 3: {plan.Token:x6} comes from the canary, and the baseline is not told");
            run.Coverage.Count("request diverted behind a failed try");
        }
    }

    // At the moment of the choice, which is when a connection was begun or, where it was there already, now.
    private void CheckAvailable(Attempt attempt)
    {
        if (!run.Profile.EndpointsAreEjected) return;
        var atMs = attempt.IsReused ? loop.NowMs : attempt.Origin.BegunUs / 1000;
        foreach (var model in Began(attempt.Plan))
        {
            var version = model.Versions[attempt.Origin.Version];
            if (version.Endpoints.FirstOrDefault(each => each.Address.Equals(attempt.Origin.Address)) is not { } endpoint) continue;
            if (!WasOut(endpoint, atMs)) return;
            if (!version.Endpoints.Any(each => WasIn(each, atMs)) && !model.Baseline.Endpoints.Any(each => WasIn(each, atMs)))
            {
                run.Coverage.Count("request to an ejected endpoint, because all are");
                return;
            }
        }

        run.Break($"law 5: {attempt.Plan.Token:x6} goes to {attempt.Origin.Address}, which is ejected");
    }

    // Only what is known for sure: of an endpoint that was ejected again since, it is not.
    private static bool WasOut(EndpointModel endpoint, long atMs)
    {
        var state = endpoint.State;
        return atMs < state.EjectedUntilMs && state.EjectedUntilMs - state.EjectedForMs < atMs - PassesMs;
    }

    private static bool WasIn(EndpointModel endpoint, long atMs) => endpoint.Weight > 0 && endpoint.State.EjectedUntilMs < atMs - PassesMs;

    private void CheckBudget(long retrying)
    {
        var most = 0L;
        foreach (var model in UnderWay)
            if (model.Retry is { } retry) most = Math.Max(most, Math.Max(RetryModel.AlwaysWithinBudget, _activeMost * retry.BudgetBasisPoints / 10_000));
        if (retrying > most) run.Break($"law 5: {retrying} requests are sent again at a time, of {_activeMost} at most; the budget has {most}");
    }

    private void CheckWaits()
    {
        var longestMs = -1L;
        foreach (var leftMs in loop.WaitsLeftMs)
        {
            if (longestMs < 0)
            {
                foreach (var model in UnderWay) longestMs = Math.Max(longestMs, Math.Max(model.Queue.TimeoutMs, model.Fault?.DelayMaxMs ?? 0));
            }

            if (leftMs < -LateMs) run.Break($"law 5: a wait is {-leftMs} ms late");
            if (leftMs > longestMs) run.Break($"law 5: a wait has {leftMs} ms to go, and none is longer than {longestMs} ms");
        }
    }

    private void CheckQueue(VersionModel version)
    {
        var waiting = plane.QueueOf(version).Count;
        if (waiting == 0) return;
        var isOnly = true;
        var most = 0;
        foreach (var model in UnderWay)
        {
            isOnly &= model == services.Live;
            most = Math.Max(most, model.Queue.CountMax);
        }

        if (waiting > most) run.Break($"law 5: {waiting} requests wait for {version.Name}, and {most} may");
        if (!isOnly || loop.IsBusy) return;
        foreach (var endpoint in version.Endpoints)
        {
            // One that comes back wakes nobody: it is the next request, or the next connection given back, that finds it.
            if (endpoint.State.EjectedUntilMs != 0) continue;
            if (endpoint.ConnectionsMax == 0 || endpoint.State.Connections < endpoint.ConnectionsMax) run.Break($"law 5: {waiting} requests wait for {version.Name}, and {endpoint.Name} has a connection to spare");
        }
    }

    private void CheckConnections(VersionModel version, EndpointModel endpoint)
    {
        var inUse = loop.CountInUse(endpoint.Address);
        if (inUse <= endpoint.ConnectionsMax) return;
        var most = 0;
        foreach (var model in UnderWay)
        {
            foreach (var each in model.Versions[version.Index].Endpoints)
            {
                if (each.State != endpoint.State) continue;
                if (each.ConnectionsMax == 0) return;
                most = Math.Max(most, each.ConnectionsMax);
            }
        }

        if (inUse > most) run.Break($"law 5: {inUse} connections to {endpoint.Name} are in use, and {most} may be");
    }
}
