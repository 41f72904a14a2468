using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary><c>services.NAME.retry</c>: when a request is sent again.</summary>
public sealed class RetryConfig
{
    /// <summary>How often a request is sent again within its version, at most.</summary>
    public int Attempts { get; internal set; } = 1;

    /// <summary>How many of the service's active requests may be retries, in hundredths of a percent.</summary>
    public int BudgetBasisPoints { get; internal set; } = 2000;

    /// <summary>Whether what failed on another version is sent to the baseline.</summary>
    public bool Rescue { get; internal set; }

    /// <summary>What a request is sent again for within its version.</summary>
    public RetryCauses Causes { get; internal set; } = RetryCauses.Connect | RetryCauses.Reset | RetryCauses.Timeout;

    internal ConfigPosition Position { get; set; }

    internal ConfigPosition RescuePosition { get; set; }
}
