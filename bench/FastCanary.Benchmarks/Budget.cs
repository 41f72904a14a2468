namespace FastCanary.Benchmarks;

/// <summary>What one operation may cost, from <c>bench/budgets.json</c>.</summary>
/// <param name="AllocatedBytes">Managed bytes; exceeding it fails the gate.</param>
/// <param name="Nanoseconds">Median time on the machine the budgets were set on; reported, never a failure: time depends on who else is running.</param>
internal sealed record Budget(long AllocatedBytes, double Nanoseconds);
