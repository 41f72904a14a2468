namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.analysis.errors</c>: how failures are judged.</summary>
public sealed class ErrorsConfig
{
    /// <summary>Statuses that are failures. 5xx always are, whether they are in it or not.</summary>
    public StatusSet Statuses { get; internal set; } = StatusSet.Of(StatusSet.Class(5));

    /// <summary>The share of failures that the canary must not exceed, in hundredths of a percent; null: there is no such bound.</summary>
    public int? MaxRateBasisPoints { get; internal set; }

    /// <summary>Whether failures are compared with the baseline's.</summary>
    public bool Compare { get; internal set; } = true;
}
