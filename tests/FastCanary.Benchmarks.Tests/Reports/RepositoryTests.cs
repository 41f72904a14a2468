using System.Diagnostics;
using FastCanary.Benchmarks.Reports;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.Benchmarks.Tests.Reports;

public sealed class RepositoryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Figures_are_those_of_the_last_commit_whatever_the_tree_has()
    {
        Repository repository = Make();
        Assert.Null(repository.CommittedFigures());
        Put("docs/reports/benchmarks.csv", "not committed\n");
        Assert.Null(repository.CommittedFigures());
        Put("docs/reports/benchmarks.csv", "committed\n");
        Commit();
        Put("docs/reports/benchmarks.csv", "changed\n");
        Assert.Equal("committed\n", repository.CommittedFigures());
        File.Delete(Path.Combine(_folder.Path, "docs/reports/benchmarks.csv"));
        Assert.Equal("committed\n", repository.CommittedFigures());
    }

    [Fact]
    public void A_change_of_the_tree_is_told_behind_the_commit_and_a_written_report_is_none()
    {
        Repository repository = Make();
        string clean = repository.Commit;
        Assert.Matches("^[0-9a-f]{12}$", clean);
        IReadOnlyList<string> written = repository.Write("page", "figures", "plot");
        Assert.Equal(["page", "figures", "plot"], written.Select(path => File.ReadAllText(Path.Combine(_folder.Path, path))));
        Assert.Equal(clean, repository.Commit);
        Put("source.cs", "changed\n");
        Assert.Equal(clean + " with changes", repository.Commit);
        Commit();
        Assert.Matches("^[0-9a-f]{12}$", repository.Commit);
        Assert.NotEqual(clean, repository.Commit);
    }

    [Fact]
    public void A_folder_below_the_root_finds_the_repository()
    {
        Make();
        Put("bench/inner/file", "\n");
        Put("docs/reports/benchmarks.csv", "committed\n");
        Commit();
        Assert.Equal("committed\n", Repository.Find(Path.Combine(_folder.Path, "bench/inner")).CommittedFigures());
    }

    [Fact]
    public void A_repository_of_something_else_is_refused()
    {
        Git("init", "--quiet");
        var refused = Assert.Throws<InvalidOperationException>(() => Repository.Find(_folder.Path));
        Assert.Contains("is not FastCanary's repository", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_in_no_repository_is_refused_with_what_git_says()
    {
        _ = Tool.Git();
        var refused = Assert.Throws<InvalidOperationException>(() => Repository.Find(_folder.Path));
        Assert.Contains("not a git repository", refused.Message, StringComparison.Ordinal);
    }

    private Repository Make()
    {
        Git("init", "--quiet");
        Put("FastCanary.sln", "\n");
        Put("source.cs", "\n");
        Commit();
        return Repository.Find(_folder.Path);
    }

    private void Put(string path, string text)
    {
        string full = Path.Combine(_folder.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    private void Commit()
    {
        Git("add", "--all");
        Git("-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false", "commit", "--quiet", "--message", "test");
    }

    private void Git(params string[] arguments)
    {
        using Process git = Process.Start(new ProcessStartInfo(Tool.Git(), arguments) { WorkingDirectory = _folder.Path })!;
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }
}
