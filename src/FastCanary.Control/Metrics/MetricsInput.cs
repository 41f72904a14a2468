using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>All that one scrape tells, gathered by the control plane. Held by nobody after <see cref="MetricsText.Write"/> but for the snapshot.</summary>
internal sealed record MetricsInput
{
    /// <summary>The program's version.</summary>
    public required string Version { get; init; }

    /// <summary>The transport backend's name.</summary>
    public required string Transport { get; init; }

    /// <summary>The live configuration. Labels are prepared once for each.</summary>
    public required Snapshot Snapshot { get; init; }

    /// <summary>The data plane's counters.</summary>
    public required ITrafficCounters Traffic { get; init; }

    /// <summary>One for each service of <see cref="Snapshot"/>, in its order.</summary>
    public required IReadOnlyList<ServiceMetrics> Services { get; init; }

    /// <summary>Reloads that were applied.</summary>
    public long ReloadsSucceeded { get; init; }

    /// <summary>Reloads that changed nothing, for an error.</summary>
    public long ReloadsFailed { get; init; }

    /// <summary>Lines of the access log that were dropped because its buffer was full.</summary>
    public long AccessLogDropped { get; init; }
}
