using System.Diagnostics;
using System.Runtime.InteropServices;
using FastCanary.LoadTests.Command;

namespace FastCanary.LoadTests.Stage;

/// <summary>The native binary of this repository.</summary>
internal static class NativeBinary
{
    /// <summary>Finds it, or builds it where it is not there or older than a source.</summary>
    /// <param name="named">As the command line names it; that one is taken as it is.</param>
    /// <param name="output">Told what is done.</param>
    /// <exception cref="UsageException">It is not there and cannot be built.</exception>
    public static async Task<string> FindAsync(string? named, TextWriter output)
    {
        if (named is not null) return File.Exists(named) ? Path.GetFullPath(named) : throw new UsageException($"--binary: {named} is not there");
        string root = Repository.Root ?? throw new UsageException("the repository is not around this program: say --binary FILE");
        string runtime = RuntimeInformation.RuntimeIdentifier;
        string folder = Path.Combine(root, "artifacts", runtime);
        string file = Path.Combine(folder, OperatingSystem.IsWindows() ? "fastcanary.exe" : "fastcanary");
        if (File.Exists(file) && File.GetLastWriteTimeUtc(file) > NewestSource(root)) return file;
        string[] command = ["publish", "src/FastCanary", "-c", "Release", "-r", runtime, "-p:NativeAot=true", "-o", folder];
        output.WriteLine($"building the native binary: dotnet {string.Join(' ', command)}");
        using Process build = Process.Start(new ProcessStartInfo("dotnet", command) { WorkingDirectory = root, UseShellExecute = false, RedirectStandardOutput = true })!;
        string said = await build.StandardOutput.ReadToEndAsync();
        await build.WaitForExitAsync();
        return build.ExitCode == 0 ? file : throw new UsageException($"the native binary cannot be built; --binary FILE names another (a fastcanary.dll too):\n{said}");
    }

    /// <summary>How the binary is started.</summary>
    /// <param name="binary">Its path; a <c>.dll</c> is run by <c>dotnet</c>.</param>
    /// <param name="arguments">For it.</param>
    public static ProcessStartInfo StartInfo(string binary, params string[] arguments)
    {
        bool isManaged = Path.GetExtension(binary) == ".dll";
        string[] all = isManaged ? [binary, .. arguments] : arguments;
        return new ProcessStartInfo(isManaged ? "dotnet" : binary, all) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
    }

    private static DateTime NewestSource(string root) =>
        Directory.EnumerateFiles(Path.Combine(root, "src"), "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".csproj" or ".props" or ".targets")
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .Max(File.GetLastWriteTimeUtc);
}
