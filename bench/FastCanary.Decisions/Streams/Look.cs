namespace FastCanary.Decisions.Streams;

/// <summary>What happened since the look before, or in a minute. A stream has one, and fills it anew each time.</summary>
internal sealed class Look
{
    /// <summary>The baseline's requests.</summary>
    public Counts Baseline;

    /// <summary>The canary's.</summary>
    public Counts Canary;

    /// <summary>When, from the beginning of the run.</summary>
    public int Second { get; set; }

    /// <summary>The canary's share meanwhile.</summary>
    public int CanaryBasisPoints { get; set; }

    /// <summary>For latency, at the end of a minute: the 99th percentile of the minute in microseconds; 0: no response.</summary>
    public long BaselineP99 { get; set; }

    /// <inheritdoc cref="BaselineP99"/>
    public long CanaryP99 { get; set; }

    public bool EndsMinute => Second % 60 == 0;

    public void Clear() => (Baseline, Canary) = (default, default);

    /// <summary>Takes a later look in.</summary>
    public void Add(Look later)
    {
        Baseline.Add(later.Baseline);
        Canary.Add(later.Canary);
        (Second, CanaryBasisPoints, BaselineP99, CanaryP99) = (later.Second, later.CanaryBasisPoints, later.BaselineP99, later.CanaryP99);
    }
}
