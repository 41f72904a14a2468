using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Scenarios;

/// <summary>Plays scenarios one after another and tells how they go.</summary>
/// <param name="open">Gives each scenario its stage.</param>
/// <param name="settings">As the command line tells them.</param>
/// <param name="output">Gets the progress.</param>
internal sealed class Player(Func<Task<TestStage>> open, RunSettings settings, TextWriter output)
{
    /// <summary>Plays one.</summary>
    /// <param name="scenario">Which.</param>
    /// <param name="cancel">Ends it early: it has failed then.</param>
    public async Task<ScenarioResult> PlayAsync(IScenario scenario, CancellationToken cancel)
    {
        TestStage opened;
        try
        {
            opened = await open();
        }
        catch (Exception e) when (IsTrouble(e))
        {
            var broken = new ScenarioResult(scenario.Name, scenario.Summary, Outcome.Failed, e.Message, 0, [], [], [], []);
            Tell(broken);
            return broken;
        }

        await using TestStage stage = opened;
        if ((scenario.Needs & ~stage.Offers) is var lacking and not Needs.None)
        {
            ScenarioResult skipped = Skip(scenario, $"needs {Describe(lacking)}");
            output.WriteLine($"{scenario.Name,-12} SKIPPED: {skipped.Problem}");
            return skipped;
        }

        var run = new ScenarioRun(scenario, stage, settings, cancel);
        string problem = "";
        using (var progress = new Progress(output, run, scenario))
        {
            try
            {
                await scenario.PlayAsync(run);
                if (cancel.IsCancellationRequested) problem = "interrupted";
            }
            catch (Exception e) when (IsTrouble(e))
            {
                problem = e.Message;
            }
        }

        if (problem.Length > 0 && stage.Process is { HasExited: true } process) problem += $"; FastCanary has ended, its last words:\n{string.Join('\n', process.Log.TakeLast(20))}";
        ScenarioResult result = run.ToResult(problem);
        Tell(result);
        return result;
    }

    // Of the stage: what else is thrown is a mistake of this program, and ends it.
    private static bool IsTrouble(Exception e) => e is InvalidOperationException or IOException or HttpRequestException or InvalidDataException or TimeoutException or OperationCanceledException;

    private static ScenarioResult Skip(IScenario scenario, string why) => new(scenario.Name, scenario.Summary, Outcome.Skipped, why, 0, [], [], [], []);

    private static string Describe(Needs needs)
    {
        List<string> words = [];
        if (needs.HasFlag(Needs.Admin)) words.Add("the admin API (--admin URL)");
        if (needs.HasFlag(Needs.Origins)) words.Add("endpoints that it can disturb (--origins ADDRESS, or --self)");
        if (needs.HasFlag(Needs.Service)) words.Add("a service whose weights it may change (--service NAME, or --origins ADDRESS)");
        if (needs.HasFlag(Needs.Tcp)) words.Add("a TCP listener (--tcp HOST:PORT)");
        if (needs.HasFlag(Needs.Process) || needs.HasFlag(Needs.File)) words.Add("the process and its file (--self)");
        return string.Join(", ", words);
    }

    private void Tell(ScenarioResult result)
    {
        output.WriteLine($"{result.Name,-12} {(result.Outcome == Outcome.Passed ? "passed" : "FAILED")} in {result.Seconds:0.0} s");
        if (result.Problem.Length > 0) output.WriteLine($"    {result.Problem}");
        foreach (Threshold threshold in result.Thresholds) output.WriteLine($"    {(threshold.Holds ? "ok    " : "FAILED")} {threshold.Name}: {threshold.Value} ({threshold.Limit})");
        foreach ((string name, string value) in result.Figures) output.WriteLine($"           {name}: {value}");
    }
}
