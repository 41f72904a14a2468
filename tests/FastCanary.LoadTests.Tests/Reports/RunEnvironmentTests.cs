using System.Diagnostics;
using FastCanary.EndToEnd.Tests.Kit;
using FastCanary.LoadTests.Reports;

namespace FastCanary.LoadTests.Tests.Reports;

public sealed class RunEnvironmentTests
{
    [Fact]
    public void The_commit_says_whether_the_sources_have_changed()
    {
        using var folder = new TempFolder();
        Assert.Equal("unknown", RunEnvironment.ReadCommit(folder.Path));
        Git(folder, "init", "-q");
        Directory.CreateDirectory(folder.File("src"));
        folder.Write("src/a.cs", "1");
        Git(folder, "add", ".");
        Git(folder, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "-m", "first");
        string commit = RunEnvironment.ReadCommit(folder.Path);
        Assert.Matches("^[0-9a-f]{40}$", commit);
        // A report is no source.
        Directory.CreateDirectory(folder.File("docs"));
        folder.Write("docs/load.md", "2");
        Assert.Equal(commit, RunEnvironment.ReadCommit(folder.Path));
        folder.Write("src/b.cs", "3");
        Assert.Equal(commit + ", with changes", RunEnvironment.ReadCommit(folder.Path));
    }

    [Theory]
    [InlineData("processor\t: 0\nvendor_id\t: X\nmodel\t\t: 49\nmodel name\t: Some CPU @ 2.00GHz\n\nprocessor\t: 1\nmodel name\t: Some CPU @ 2.00GHz\n", "Some CPU @ 2.00GHz")]
    [InlineData("processor\t: 0\nCPU part\t: 0xd0b\n\nRevision\t: c04170\nModel\t\t: Raspberry Pi 5 Model B Rev 1.0\n", "Raspberry Pi 5 Model B Rev 1.0")]
    [InlineData("processor\t: 0\nmodel name\t:\n", null)]
    public void The_processor_is_named_as_the_system_names_it(string cpuinfo, string? model) => Assert.Equal(model, RunEnvironment.CpuIn(cpuinfo));

    [Fact]
    public void The_machine_is_described()
    {
        RunEnvironment environment = RunEnvironment.Read();
        Assert.Equal(Environment.ProcessorCount, environment.Cores);
        Assert.InRange(environment.MemoryBytes, 64L << 20, 1L << 50);
        Assert.All([environment.System, environment.Kernel, environment.Cpu, environment.Commit], text => Assert.NotEmpty(text));
        Assert.StartsWith(".NET ", environment.Runtime, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_is_not_there_or_fails_says_nothing()
    {
        Assert.Null(ProgramOutput.Read(new ProcessStartInfo("no-such-program-anywhere")));
        Assert.Null(ProgramOutput.Read(new ProcessStartInfo("git", ["no-such-verb"])));
        Assert.StartsWith("git version", ProgramOutput.Read(new ProcessStartInfo("git", ["--version"])), StringComparison.Ordinal);
    }

    private static void Git(TempFolder folder, params string[] arguments)
    {
        using Process git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = folder.Path })!;
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }
}
