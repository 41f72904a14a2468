namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.analysis.resources</c>: what the canary's processes may use.</summary>
public sealed class ResourcesConfig
{
    /// <summary>The most CPU, in hundredths of a percent of one core; null: not judged.</summary>
    public int? CpuBasisPoints { get; internal set; }

    /// <summary>The most memory, in hundredths of a percent of what there is; null: not judged.</summary>
    public int? MemoryBasisPoints { get; internal set; }

    /// <summary>The one place that tells what is used, in Prometheus' text format; null: each of the canary's endpoints is asked.</summary>
    public Uri? Url { get; internal set; }

    /// <summary>Where each of the canary's endpoints tells it; meaningless where there is <see cref="Url"/>.</summary>
    public string Path { get; internal set; } = "/metrics";

    /// <summary>The port at which each of them does; 0: the endpoint's own.</summary>
    public int Port { get; internal set; }

    /// <summary>How much memory there is for one of the canary's processes, in bytes; 0: what is asked tells that.</summary>
    public long MemoryLimitBytes { get; internal set; }
}
