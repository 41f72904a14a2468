namespace FastCanary.LoadTests.Stage;

/// <summary>What FastCanary's process uses, as its own metrics tell.</summary>
/// <param name="CpuSeconds">Of all cores since its start, user and system.</param>
/// <param name="ResidentBytes">Memory.</param>
/// <param name="OpenDescriptors">Sockets and files.</param>
internal readonly record struct ProcessUse(double CpuSeconds, long ResidentBytes, int OpenDescriptors);
