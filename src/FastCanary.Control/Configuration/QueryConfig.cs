namespace FastCanary.Control;

/// <summary>An item of <c>services.NAME.rollout.analysis.queries</c>: a question to a Prometheus, whose answer has a bound.</summary>
public sealed class QueryConfig
{
    /// <summary>Letters, digits, dot, underscore, hyphen; at most 63. Unique in the rollout.</summary>
    public string Name { get; internal set; } = "";

    /// <summary>The Prometheus: absolute, http or https, without user name.</summary>
    public Uri? Prometheus { get; internal set; }

    /// <summary>In PromQL.</summary>
    public string Query { get; internal set; } = "";

    /// <summary>The largest answer that is fine; null exactly if there is <see cref="Min"/>.</summary>
    public double? Max { get; internal set; }

    /// <summary>The smallest answer that is fine; null exactly if there is <see cref="Max"/>.</summary>
    public double? Min { get; internal set; }

    /// <summary>How often it is asked.</summary>
    public TimeSpan Interval { get; internal set; } = TimeSpan.FromSeconds(15);

    internal ConfigPosition NamePosition { get; set; }
}
