using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>What came of a reload.</summary>
/// <param name="Cause">Why it was tried, as the caller put it.</param>
/// <param name="Config">The configuration that now holds; null if there were errors.</param>
/// <param name="Snapshot">What was applied; null if there were errors.</param>
/// <param name="Errors">Every error; with any, nothing was changed.</param>
/// <param name="Warnings">Every warning of the file, whether it holds now or not.</param>
public sealed record ReloadResult(
    string Cause, FastCanaryConfig? Config, Snapshot? Snapshot, IReadOnlyList<ConfigError> Errors, IReadOnlyList<ConfigWarning> Warnings)
{
    /// <summary>Whether the file now holds.</summary>
    public bool Applied => Snapshot is not null;
}
