using System.Globalization;

namespace FastCanary.Benchmarks;

/// <summary>What the gate found about one benchmark.</summary>
/// <param name="Name"><see cref="BenchmarkSet.NameOf"/>.</param>
/// <param name="AllocatedBytes">Managed bytes per operation; null where it was not measured.</param>
/// <param name="Nanoseconds">Median per operation; null where the benchmark threw.</param>
/// <param name="Budget">null where the benchmark has none.</param>
internal sealed record BudgetResult(string Name, long? AllocatedBytes, double? Nanoseconds, Budget? Budget)
{
    internal bool ExceedsAllocation => Budget is not null && AllocatedBytes > Budget.AllocatedBytes;

    /// <summary>Why the gate fails; null where the benchmark keeps its budget.</summary>
    internal string? Failure =>
        Budget is null ? "no budget"
        : Nanoseconds is null ? "ended with an error"
        : AllocatedBytes is null ? "its allocation was not measured"
        : ExceedsAllocation ? string.Create(CultureInfo.InvariantCulture, $"{AllocatedBytes} bytes per operation, budget {Budget.AllocatedBytes}")
        : null;

    /// <summary>This with the allocation that was measured again: the most of all cases of the name.</summary>
    internal BudgetResult Again(IEnumerable<BudgetResult> again) => this with { AllocatedBytes = again.Max(static result => result.AllocatedBytes) };
}
