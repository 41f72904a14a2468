using System.Collections.Immutable;

namespace FastCanary.Traffic;

/// <summary>Ejects an endpoint that fails again and again, for a while. Pure: time comes in as a value. Any loop; never waits.</summary>
public static class OutlierDetection
{
    private const int BasisPointsOfAll = 10_000;

    /// <summary>An exchange with the endpoint went well.</summary>
    public static void OnSuccess(EndpointModel endpoint) => endpoint.State.ClearFailures();

    /// <summary>An exchange with the endpoint failed in a way that counts.</summary>
    /// <param name="outlier">When it is ejected.</param>
    /// <param name="version">Whose endpoint it is.</param>
    /// <param name="endpoint">Which failed.</param>
    /// <param name="nowMs">The loops' clock.</param>
    /// <returns>Whether this failure ejected it.</returns>
    public static bool OnFailure(OutlierModel outlier, VersionModel version, EndpointModel endpoint, long nowMs)
    {
        EndpointState state = endpoint.State;
        // Requests that were under way when it was ejected say nothing new.
        if (state.IsEjected(nowMs) || state.AddFailure() < outlier.ConsecutiveFailures || !version.State.TryBeginEjecting()) return false;
        bool ejects = !state.IsEjected(nowMs) && MayEject(outlier, version.Endpoints, nowMs);
        if (ejects)
        {
            state.Eject(nowMs, NextEjectionMs(outlier, state, nowMs), outlier.ConsecutiveFailures);
            version.State.ChangeAvailability();
        }

        version.State.EndEjecting();
        return ejects;
    }

    // One may be out always: the only endpoint of a version too, whose share then goes to the baseline.
    private static bool MayEject(OutlierModel outlier, ImmutableArray<EndpointModel> endpoints, long nowMs)
    {
        int ejected = 0;
        foreach (EndpointModel endpoint in endpoints)
        {
            if (endpoint.State.IsEjected(nowMs)) ejected++;
        }

        return ejected < Math.Max(1, (long)endpoints.Length * outlier.EjectedMaxBasisPoints / BasisPointsOfAll);
    }

    // Twice the last one, unless the endpoint has been well for as long as it was out.
    private static long NextEjectionMs(OutlierModel outlier, EndpointState state, long nowMs)
    {
        bool inARow = state.EjectedUntilMs != 0 && nowMs - state.EjectedUntilMs <= state.EjectedForMs;
        return inARow ? Math.Min(state.EjectedForMs * 2, (long)outlier.EjectMs * OutlierModel.EjectTimesMax) : outlier.EjectMs;
    }
}
