using System.Runtime.InteropServices;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>
/// The FastCanary that is tested: the one FASTCANARY_BINARY names; else the native one of this repository, if it is newer than every source;
/// else the one that was built together with these tests.
/// </summary>
internal static class ProgramUnderTest
{
    private static readonly Lazy<(string File, string[] Arguments, string Description)> Chosen = new(Choose);

    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>The executable to start.</summary>
    public static string File => Chosen.Value.File;

    /// <summary>What comes before FastCanary's own arguments.</summary>
    public static IReadOnlyList<string> Arguments => Chosen.Value.Arguments;

    public static string Description => Chosen.Value.Description;

    /// <summary>Compiled ahead of time: it starts at once.</summary>
    public static bool IsNative => Arguments.Count == 0 && !System.IO.File.Exists(Path.ChangeExtension(File, ".dll")) && !System.IO.File.Exists(File + ".dll");

    private static (string File, string[] Arguments, string Description) Choose()
    {
        if (Environment.GetEnvironmentVariable("FASTCANARY_BINARY") is { Length: > 0 } named)
        {
            var path = Path.GetFullPath(named, RepositoryRoot);
            if (!System.IO.File.Exists(path)) throw new FileNotFoundException($"FASTCANARY_BINARY names {path}, which is not there");
            return (path, [], $"{path} (FASTCANARY_BINARY)");
        }

        var architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        var native = Path.Combine(RepositoryRoot, "artifacts", $"linux-{architecture}", "fastcanary");
        if (System.IO.File.Exists(native) && System.IO.File.GetLastWriteTimeUtc(native) > NewestSource()) return (native, [], $"{native} (native)");

        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var built = Path.Combine(RepositoryRoot, "src", "FastCanary", "bin", configuration, "net10.0", "fastcanary.dll");
        if (!System.IO.File.Exists(built)) throw new FileNotFoundException($"no FastCanary to test: {built} is not there; build the solution first");
        var why = System.IO.File.Exists(native) ? "the native one is older than the sources" : "there is no native one";
        return (DotnetHost(), [built], $"{built} (JIT; {why})");
    }

    private static string DotnetHost() => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";

    private static DateTime NewestSource() =>
        Directory.EnumerateFiles(Path.Combine(RepositoryRoot, "src"), "*", SearchOption.AllDirectories)
            .Where(static file => Path.GetExtension(file) is ".cs" or ".csproj" or ".props" or ".targets")
            .Where(static file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .Max(System.IO.File.GetLastWriteTimeUtc);

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (System.IO.File.Exists(Path.Combine(directory.FullName, "FastCanary.sln"))) return directory.FullName;
        throw new DirectoryNotFoundException($"no FastCanary.sln above {AppContext.BaseDirectory}");
    }
}
