using System.Diagnostics;
using System.Runtime.InteropServices;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Reports;

/// <summary>Where a run took place: the machine that loads, which with <c>--self</c> is the loaded one too.</summary>
/// <param name="Commit">Of the repository around this program, and whether what is built has changes since; <c>unknown</c> where there is no repository.</param>
/// <param name="System">The operating system with its architecture.</param>
/// <param name="Kernel">Its version.</param>
/// <param name="Cpu">The model.</param>
/// <param name="Cores">As many as the process may use.</param>
/// <param name="MemoryBytes">As much as the process may use.</param>
/// <param name="Runtime">.NET's, of this program.</param>
internal sealed record RunEnvironment(string Commit, string System, string Kernel, string Cpu, int Cores, long MemoryBytes, string Runtime)
{
    private const string Unknown = "unknown";

    // What the program and FastCanary are built from; a report in the tree is no change of it.
    private static readonly string[] Sources = ["src", "loadtests", "tests/FastCanary.EndToEnd.Tests/Kit", "Directory.Build.props", "Directory.Packages.props", "global.json"];

    public static RunEnvironment Read() => new(
        Repository.Root is { } root ? ReadCommit(root) : Unknown,
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}",
        OperatingSystem.IsWindows() ? Environment.OSVersion.VersionString : Environment.OSVersion.Version.ToString(),
        ReadCpu(),
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        RuntimeInformation.FrameworkDescription);

    /// <summary>The commit of a working tree.</summary>
    /// <param name="root">Its folder.</param>
    public static string ReadCommit(string root)
    {
        if (Git(root, "rev-parse", "HEAD") is not { Length: > 0 } commit) return Unknown;
        return Git(root, ["status", "--porcelain", "--", .. Sources]) is { Length: > 0 } ? commit + ", with changes" : commit;
    }

    /// <summary>The model in what Linux tells of its processors.</summary>
    /// <param name="cpuinfo">The text of <c>/proc/cpuinfo</c>.</param>
    /// <returns>Null where it names none.</returns>
    public static string? CpuIn(string cpuinfo)
    {
        // x86 has "model name" with every core; ARM boards have at most one "Model" or "Hardware" at the end.
        foreach (string name in (string[])["model name", "Model", "Hardware"])
        {
            foreach (string line in cpuinfo.Split('\n'))
            {
                int colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon > 0 && line.AsSpan(0, colon).Trim().SequenceEqual(name) && line.AsSpan(colon + 1).Trim() is { Length: > 0 } model) return model.ToString();
            }
        }

        return null;
    }

    private static string ReadCpu()
    {
        const string CpuInfo = "/proc/cpuinfo";
        if (File.Exists(CpuInfo)) return CpuIn(File.ReadAllText(CpuInfo)) ?? Unknown;
        if (OperatingSystem.IsMacOS()) return ProgramOutput.Read(new ProcessStartInfo("sysctl", ["-n", "machdep.cpu.brand_string"])) ?? Unknown;
        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? Unknown;
    }

    private static string? Git(string root, params string[] arguments) => ProgramOutput.Read(new ProcessStartInfo("git", ["--no-optional-locks", .. arguments]) { WorkingDirectory = root });
}
