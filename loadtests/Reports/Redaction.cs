using System.Text.RegularExpressions;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Scenarios;

namespace FastCanary.LoadTests.Reports;

/// <summary>Takes out of a result's texts what a published report is not to have: they hold messages and log lines, which name folders, hosts and whatever else.</summary>
internal sealed class Redaction
{
    private static readonly TimeSpan TimeOut = TimeSpan.FromSeconds(1);

    private readonly (Regex What, string With)[] _replaced;

    /// <param name="replaced">What is replaced where it is not a part of a longer word, and with what.</param>
    public Redaction(IEnumerable<(string What, string With)> replaced) =>
        // The longest first: a folder inside another one of them is still recognised. A single character is no name: the root folder.
        _replaced = [.. replaced.Where(pair => pair.What.Length > 1).OrderByDescending(pair => pair.What.Length)
            .Select(pair => (new Regex($"(?<![A-Za-z0-9]){Regex.Escape(pair.What)}(?![A-Za-z0-9])", RegexOptions.CultureInvariant, TimeOut), pair.With))];

    /// <summary>The folders of this machine.</summary>
    /// <param name="repository">The one of the repository, if there is one.</param>
    public static IEnumerable<(string What, string With)> Folders(string? repository)
    {
        (string, string) Folder(string path, string name) => (Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), name);
        if (repository is not null) yield return Folder(repository, "REPOSITORY");
        yield return Folder(Path.GetTempPath(), "TEMP");
        yield return Folder(Environment.CurrentDirectory, "FOLDER");
        if (Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home) yield return Folder(home, "HOME");
    }

    public string Apply(string text)
    {
        foreach ((Regex what, string with) in _replaced) text = what.Replace(text, with);
        return text;
    }

    public ScenarioResult Apply(ScenarioResult result) => result with
    {
        Problem = Apply(result.Problem),
        Thresholds = [.. result.Thresholds.Select(threshold => threshold with { Name = Apply(threshold.Name), Value = Apply(threshold.Value), Limit = Apply(threshold.Limit) })],
        Figures = [.. result.Figures.Select(figure => (Apply(figure.Name), Apply(figure.Value)))],
        Steps = [.. result.Steps.Select(Apply)],
    };

    // The names of steps and versions stay: what was intended refers to them.
    private StepResult Apply(StepResult step) => step with
    {
        Simulations = [.. step.Simulations.Select(Apply)],
        Failures = step.Failures.GroupBy(kind => Apply(kind.Key), StringComparer.Ordinal).ToDictionary(kinds => kinds.Key, kinds => kinds.Sum(kind => kind.Value), StringComparer.Ordinal),
    };
}
