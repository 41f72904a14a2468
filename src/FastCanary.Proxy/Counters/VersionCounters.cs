namespace FastCanary.Proxy;

/// <summary>What happened to the requests whose turn was one version's, beyond being answered. Plain adds of one loop; others read it.</summary>
public record struct VersionCounters
{
    /// <summary>Tries that failed: no connection, a time-out, a reset, a truncated or malformed response, a status from 500 to 599. A request that was sent again has more than one.</summary>
    public long Failures { get; set; }

    /// <summary>Requests that went to the baseline because none of the version's endpoints was available.</summary>
    public long Diverted { get; set; }

    /// <summary>Requests that were sent again within the version.</summary>
    public long Retries { get; set; }

    /// <summary>Requests that failed here and were sent to the baseline.</summary>
    public long Rescued { get; set; }

    /// <summary>Requests that would have been sent again, but for the budget.</summary>
    public long OverBudget { get; set; }

    /// <summary>Requests that waited for a connection.</summary>
    public long Queued { get; set; }

    /// <summary>Requests that a fault drill delayed or answered.</summary>
    public long Faults { get; set; }

    /// <summary>Both together.</summary>
    public static VersionCounters operator +(VersionCounters left, VersionCounters right) => new()
    {
        Failures = left.Failures + right.Failures,
        Diverted = left.Diverted + right.Diverted,
        Retries = left.Retries + right.Retries,
        Rescued = left.Rescued + right.Rescued,
        OverBudget = left.OverBudget + right.OverBudget,
        Queued = left.Queued + right.Queued,
        Faults = left.Faults + right.Faults,
    };

    /// <inheritdoc cref="op_Addition"/>
    public static VersionCounters Add(VersionCounters left, VersionCounters right) => left + right;
}
