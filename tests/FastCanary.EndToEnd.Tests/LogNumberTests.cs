using System.Globalization;
using System.Text.RegularExpressions;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>The numbers by which alerts on the log tell its lines apart.</summary>
public sealed partial class LogNumberTests
{
    [Fact]
    public void Each_line_of_the_log_has_a_number_of_its_own_and_is_in_the_documentation()
    {
        var numbers = Directory.EnumerateFiles(Path.Combine(ProgramUnderTest.RepositoryRoot, "src"), "*Log.cs", SearchOption.AllDirectories)
            .SelectMany(static file => Message().Matches(File.ReadAllText(file)))
            .Select(static match => int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture))
            .Order()
            .ToArray();
        Assert.True(numbers.Length > 30, "the numbers are not found");
        Assert.Empty(numbers.GroupBy(static number => number).Where(static group => group.Count() > 1).Select(static group => group.Key));
        var documented = Row().Matches(File.ReadAllText(Path.Combine(ProgramUnderTest.RepositoryRoot, "docs", "operations.md"))).Select(static match => int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture)).ToArray();
        Assert.Empty(numbers.Except(documented));
    }

    [GeneratedRegex(@"\[LoggerMessage\((?<number>[0-9]+),", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Message();

    [GeneratedRegex(@"^\| (?<number>[0-9]+) \| (?:info|warn|error|critical) \|", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Row();
}
