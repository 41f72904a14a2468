namespace FastCanary.Release;

/// <summary>What happens when a guard finds the canary worse.</summary>
public enum FailureAction
{
    /// <summary>The baseline gets everything.</summary>
    Rollback,

    /// <summary>The share stays, and a person decides.</summary>
    Hold,
}
