using FastCanary.Release;

namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.analysis</c>: what is watched, and how sure one has to be.</summary>
public sealed class AnalysisConfig
{
    /// <summary>By what the share moves.</summary>
    public AnalysisPolicy Policy { get; internal set; } = AnalysisPolicy.Evidence;

    /// <summary>The chance that a release that is no worse is aborted, over the whole rollout, in hundredths of a percent.</summary>
    public int FalseAbortBasisPoints { get; internal set; } = 100;

    /// <summary>How many requests of a step the canary must have got before the next.</summary>
    public int MinRequests { get; internal set; } = 100;

    /// <summary>How failures are judged.</summary>
    public ErrorsConfig Errors { get; } = new();

    /// <summary>How latency is judged; null: it is not.</summary>
    public LatencyConfig? Latency { get; internal set; }

    /// <summary>What the canary's processes may use; null: it is not judged.</summary>
    public ResourcesConfig? Resources { get; internal set; }

    /// <summary>How business errors are judged; null: they are not.</summary>
    public BusinessConfig? Business { get; internal set; }

    /// <summary>Questions to a Prometheus; their names are unique.</summary>
    public IReadOnlyList<QueryConfig> Queries { get; internal set; } = [];

    /// <summary>What the canary may cost; null: there is no bound.</summary>
    public HarmConfig? Harm { get; internal set; }

    /// <summary>The thresholds of <see cref="AnalysisPolicy.Thresholds"/>.</summary>
    public ThresholdsConfig Thresholds { get; } = new();
}
