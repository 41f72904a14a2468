using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace FastCanary.Benchmarks;

/// <summary>
/// Benchmarks run in this process: BenchmarkDotNet's generated projects would be built under this repository's analyzers and locked packages,
/// and its release knows no toolchain for net10.0.
/// </summary>
internal static class InProcess
{
    internal static IConfig Config(bool isShort)
    {
        Job job = isShort ? Job.ShortRun : Job.Default;
        return ManualConfig.Create(DefaultConfig.Instance).AddJob(job.WithToolchain(InProcessEmitToolchain.Instance));
    }

    /// <summary>No log and no exporters: for what tells the results itself.</summary>
    internal static ManualConfig Quiet(Job job) => ManualConfig.CreateEmpty()
        .AddJob(job.WithToolchain(InProcessEmitToolchain.Instance))
        .AddDiagnoser(MemoryDiagnoser.Default)
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .AddLogger(NullLogger.Instance)
        .WithOptions(ConfigOptions.DisableLogFile);
}
