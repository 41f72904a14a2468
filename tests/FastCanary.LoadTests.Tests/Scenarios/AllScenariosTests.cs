using FastCanary.LoadTests.Scenarios;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Tests.Scenarios;

/// <summary>What has to be there beside a scenario.</summary>
public sealed class AllScenariosTests
{
    private const string Preamble = "Scenario: ";

    private static readonly string Root = Repository.Root!;

    public static TheoryData<string> Names => [.. AllScenarios.List.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_is_documented(string name) => Assert.Contains($"| `{name}` |", File.ReadAllText(Path.Combine(Root, "docs", "load-testing.md")), StringComparison.Ordinal);

    [Fact]
    public void Each_has_a_way_in_which_the_proxy_is_broken_and_none_is_for_a_scenario_that_is_not()
    {
        string[] broken = [.. Directory.GetFiles(Path.Combine(Root, "loadtests", "broken"), "*.patch")
            .Select(file => Assert.Single(File.ReadLines(file).TakeWhile(line => !line.StartsWith("diff ", StringComparison.Ordinal)), line => line.StartsWith(Preamble, StringComparison.Ordinal))[Preamble.Length..])];
        // The generator measures no proxy.
        Assert.Equal(AllScenarios.List.Select(scenario => scenario.Name).Where(name => name != "generator").Order(StringComparer.Ordinal), broken.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Together_they_take_less_than_ten_minutes() => Assert.InRange(AllScenarios.List.Sum(scenario => scenario.DefaultSeconds), 60, 500);
}
