using System.Collections.Immutable;

namespace FastCanary.Traffic;

/// <summary>
/// The order in which a version's available endpoints take their turns, as long as nothing changes: smooth weighted round-robin over those that are neither
/// ejected nor down, each at its weight, or at a part of it while it starts slowly. Immutable; made anew by whichever loop first finds it out of date.
/// </summary>
internal sealed class EndpointChoice
{
    // A slow start goes up in so many steps.
    private const int SlowStartSteps = 16;

    private readonly EndpointModel[] _endpoints;
    private readonly SplitTable? _split;

    private EndpointChoice(EndpointModel[] endpoints, SplitTable? split, int epoch, long untilMs)
    {
        _endpoints = endpoints;
        _split = split;
        Epoch = epoch;
        UntilMs = untilMs;
    }

    /// <summary>The version's epoch when the choice was made.</summary>
    public int Epoch { get; }

    /// <summary>When the next ejection or step of a slow start ends, on the loops' clock.</summary>
    public long UntilMs { get; }

    /// <summary>The endpoints that may be chosen.</summary>
    public ReadOnlySpan<EndpointModel> Available => _endpoints;

    /// <summary>The choice as it is now.</summary>
    public static EndpointChoice Make(ImmutableArray<EndpointModel> endpoints, int slowStartMs, int epoch, long nowMs)
    {
        long untilMs = long.MaxValue;
        var available = new List<EndpointModel>(endpoints.Length);
        int largest = 0;
        bool starting = false;
        foreach (EndpointModel endpoint in endpoints)
        {
            if (endpoint.State.IsEjected(nowMs))
            {
                untilMs = Math.Min(untilMs, endpoint.State.EjectedUntilMs);
                continue;
            }

            if (endpoint.State.IsDown || endpoint.Weight == 0) continue;
            available.Add(endpoint);
            largest = Math.Max(largest, endpoint.Weight);
            starting |= SlowStartStep(endpoint.State, slowStartMs, nowMs, ref untilMs) < SlowStartSteps;
        }

        if (available.Count == 0) return new EndpointChoice([], split: null, epoch, untilMs);
        // Small weights are scaled up, so that a sixteenth of one is a whole number; of large ones it is near enough.
        int scale = starting ? Math.Clamp(SplitTable.WeightMax / largest, 1, SlowStartSteps) : 1;
        var weights = new int[available.Count];
        for (int i = 0; i < weights.Length; i++)
        {
            int step = SlowStartStep(available[i].State, slowStartMs, nowMs, ref untilMs);
            weights[i] = Math.Max(1, (int)((long)available[i].Weight * scale * step / SlowStartSteps));
        }

        return new EndpointChoice([.. available], SplitTable.Compile(weights), epoch, untilMs);
    }

    /// <summary>Whose turn it is; null where no endpoint is available.</summary>
    public EndpointModel? Pick(SplitCounter counter)
    {
        if (_split is not { } split) return null;
        return _endpoints[split.Pick(split.CycleLength == 1 ? 0 : counter.Next())];
    }

    /// <summary>As <see cref="Pick"/>, but the turn is not taken.</summary>
    public EndpointModel? Peek(SplitCounter counter) => _split is { } split ? _endpoints[split.Pick(counter.Position)] : null;

    // From 1 to SlowStartSteps, which is the full weight.
    private static int SlowStartStep(EndpointState state, int slowStartMs, long nowMs, ref long untilMs)
    {
        long sinceMs = state.BackSinceMs(nowMs);
        // Another loop's clock may be a moment ahead.
        long elapsedMs = Math.Max(0, nowMs - sinceMs);
        if (sinceMs == 0 || elapsedMs >= slowStartMs) return SlowStartSteps;
        long step = (elapsedMs * SlowStartSteps / slowStartMs) + 1;
        untilMs = Math.Min(untilMs, sinceMs + (((step * slowStartMs) + SlowStartSteps - 1) / SlowStartSteps));
        return (int)step;
    }
}
