using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>An endpoint that is checked, and what came of it. <see cref="HealthChecker"/> guards it by its lock.</summary>
internal sealed class EndpointCheck(EndpointModel endpoint)
{
    /// <summary>The endpoint as the newest snapshot has it: its name may stand for another address by now.</summary>
    public EndpointModel Endpoint { get; set; } = endpoint;

    /// <summary>How it is checked; null before it is.</summary>
    public HealthModel? Health { get; set; }

    /// <summary>Ends the loop that checks it; a loop that is not this one's has no say any more.</summary>
    public CancellationTokenSource? Loop { get; set; }

    public EndpointHealth Found { get; set; } = new(Up: true, "", LastCheck: null, 0, 0);

    /// <summary>Takes a result in.</summary>
    /// <returns>Whether the endpoint is up now and was not, or the other way round.</returns>
    public bool Settle(HealthResult result, DateTimeOffset at)
    {
        // As HAProxy and Envoy do: before the first result nothing is known, so it decides alone.
        bool isFirst = Found.LastCheck is null;
        int successes = result.Passed ? Found.ConsecutiveSuccesses + 1 : 0;
        int failures = result.Passed ? 0 : Found.ConsecutiveFailures + 1;
        bool up = Found.Up ? failures < (isFirst ? 1 : Health!.Fall) : successes >= Health!.Rise;
        bool changed = up != Found.Up;
        Found = new EndpointHealth(up, result.Text, at, successes, failures);
        return changed;
    }
}
