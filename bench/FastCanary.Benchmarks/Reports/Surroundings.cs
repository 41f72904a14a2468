using System.Globalization;
using System.Reflection;
using System.Runtime;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Environments;
using BenchmarkDotNet.Running;

namespace FastCanary.Benchmarks.Reports;

/// <summary>Reads the circumstances of a run from this process and this machine.</summary>
internal static class Surroundings
{
    private const string Kernel = "/proc/sys/kernel/osrelease";

    internal static Circumstances Describe(string commit, ReportOptions options, RoundResult[] rounds)
    {
        RoundSettings round = options.Round;
        string count = options.Rounds == 1 ? "1 round" : $"{options.Rounds} rounds, a process each,";
        return new Circumstances(
            Date: DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
            commit,
            Runtime(),
            System: $"{RuntimeInformation.OSDescription}, {(File.Exists(Kernel) ? File.ReadAllText(Kernel).Trim() : Environment.OSVersion.VersionString)}",
            Cpu: HostEnvironmentInfo.GetCurrent().CpuInfo.Value?.ProcessorName ?? "unknown",
            Cores: Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
            BenchmarkDotNet: typeof(BenchmarkRunner).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown",
            Configuration: $"{count} of {round.Iterations} iterations of {round.IterationMs} ms behind {round.Warmups} that do not count",
            OthersCores: string.Join(", ", rounds.Select(static one => one.OthersCoresText)));
    }

    /// <summary>A round's process has the same settings as this one, but for those that <see cref="RoundProcess"/> sets.</summary>
    private static string Runtime()
    {
        string architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        string collector = (GCSettings.IsServerGC ? "server" : "workstation") + (GCSettings.LatencyMode == GCLatencyMode.Batch ? ", not concurrent" : ", concurrent");
        return $"{RuntimeInformation.FrameworkDescription} {architecture}, methods optimised at their first call, without a profile; garbage collector: {collector}";
    }
}
