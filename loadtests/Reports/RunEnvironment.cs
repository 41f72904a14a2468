using System.Runtime.InteropServices;

namespace FastCanary.LoadTests.Reports;

/// <summary>Where a run took place.</summary>
internal sealed record RunEnvironment(string Commit, string System, string Cpu, int Cores, string Runtime)
{
    public static RunEnvironment Read() => new("unknown", RuntimeInformation.OSDescription, "unknown", Environment.ProcessorCount, RuntimeInformation.FrameworkDescription);
}
