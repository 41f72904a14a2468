using FastCanary.EndToEnd.Tests.Kit;
using FastCanary.LoadTests.Command;
using FastCanary.LoadTests.Reports;

namespace FastCanary.LoadTests.Tests.Reports;

public sealed class ReportFilesTests : IDisposable
{
    private static readonly string[] Names = ["load.csv", "load.html", "load.md"];

    private readonly TempFolder _folder = new();

    [Fact]
    public void All_forms_are_written_into_a_folder_that_is_made()
    {
        string folder = _folder.File("a/b");
        ReportFiles.Prepare(folder);
        Assert.Empty(Directory.GetFiles(folder));
        // Nor is a run lost whose folder went away meanwhile.
        Directory.Delete(folder);
        ReportFiles.Write(Sample.Report(Sample.Scenario("split", Sample.Step("one", 0, 3))), folder);
        Assert.Equal(Names, Files(folder));
        Assert.StartsWith("# FastCanary load report\n", File.ReadAllText(Path.Combine(folder, "load.md")), StringComparison.Ordinal);
        Assert.StartsWith("scenario,step,second,metric,value\n", File.ReadAllText(Path.Combine(folder, "load.csv")), StringComparison.Ordinal);
        Assert.StartsWith("<!DOCTYPE html>", File.ReadAllText(Path.Combine(folder, "load.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_takes_the_place_of_the_one_before()
    {
        foreach (string name in Names) _folder.Write(name, new string('x', 100_000));
        ReportFiles.Write(Sample.Report(), _folder.Path);
        Assert.Equal(Names, Files(_folder.Path));
        Assert.All(Names, name => Assert.DoesNotContain("xxx", File.ReadAllText(_folder.File(name)), StringComparison.Ordinal));
    }

    [Fact]
    public void What_fails_midway_leaves_the_report_before_and_nothing_else()
    {
        _folder.Write("load.md", "before");
        _folder.Write("load.csv", "before");
        // No file can be written where a folder is.
        Directory.CreateDirectory(_folder.File("load.html.new"));
        Assert.ThrowsAny<Exception>(() => ReportFiles.Write(Sample.Report(), _folder.Path));
        Assert.Equal(["load.csv", "load.md"], Files(_folder.Path));
        Assert.Equal("before", File.ReadAllText(_folder.File("load.md")));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_named_before_the_run()
    {
        string folder = Path.Combine(_folder.Write("file", ""), "reports");
        UsageException wrong = Assert.Throws<UsageException>(() => ReportFiles.Prepare(folder));
        Assert.Contains($"--report: the folder \"{folder}\" cannot be written", wrong.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static string[] Files(string folder) => [.. Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
}
