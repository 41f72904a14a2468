using System.CommandLine;
using System.Text.Json;
using FastCanary.Control;
using FastCanary.Release;
using FastCanary.Reports;

namespace FastCanary.Verbs;

/// <summary>Decides a recorded rollout again.</summary>
internal static class ReplayVerb
{
    public static Command Create(ProgramEnvironment environment)
    {
        var journal = new Argument<string[]>("JOURNAL") { Description = "The journal's files, oldest first, or the folder that they are in", Arity = ArgumentArity.OneOrMore };
        var config = new Option<string?>("--config", "-c") { Description = "Decide by this configuration's plans instead of the recorded ones", HelpName = "FILE" };
        var service = new Option<string?>("--service") { Description = "This service only", HelpName = "SERVICE" };
        var command = new Command("replay", "Decide a recorded rollout again: the same looks and commands must give the same decisions; with --config, show what another plan would have decided")
        {
            journal, config, service,
        };
        command.SetAction(parsed => Replay(parsed.GetRequiredValue(journal), parsed.GetValue(config), parsed.GetValue(service), environment));
        return command;
    }

    private static int Replay(string[] paths, string? config, string? onlyService, ProgramEnvironment environment)
    {
        var services = new SortedDictionary<string, List<ReplayRecord>>(StringComparer.Ordinal);
        try
        {
            var check = JournalCheck.Run(paths, entry =>
            {
                if (entry.Service.Length == 0 || (onlyService is not null && !string.Equals(entry.Service, onlyService, StringComparison.Ordinal))) return;
                if (!services.TryGetValue(entry.Service, out var records)) services.Add(entry.Service, records = []);
                records.Add(new ReplayRecord(entry.N, entry.Kind, entry.Body));
            });
            if (check.Fault is { } fault)
            {
                environment.Errors.WriteLine($"the journal is damaged: {fault}");
                return ExitCode.Failed;
            }
        }
        catch (IOException unreadable)
        {
            environment.Errors.WriteLine(unreadable.Message);
            return ExitCode.Failed;
        }

        var isSame = true;
        foreach (var (name, records) in services)
        {
            RolloutPlan? plan = null;
            if (config is not null)
            {
                plan = SimulateVerb.Load(config, name, environment.Errors);
                if (plan is null) return ExitCode.WrongUsage;
            }

            try
            {
                var decisions = RolloutReplay.Run(records, plan);
                isSame &= Print(environment.Output, name, decisions, isComparison: plan is not null);
            }
            catch (JsonException unreadable)
            {
                environment.Errors.WriteLine($"{name}: {unreadable.Message}");
                return ExitCode.Failed;
            }
        }

        if (services.Count == 0) environment.Output.WriteLine("nothing to replay");
        return isSame || config is not null ? ExitCode.Done : ExitCode.Failed;
    }

    private static bool Print(TextWriter output, string service, IReadOnlyList<ReplayedDecision> decisions, bool isComparison)
    {
        var same = decisions.Count(static decision => decision.IsSame);
        output.WriteLine($"{service}: {decisions.Count} decisions, {same} the same");
        foreach (var decision in decisions)
        {
            if (decision.IsSame)
            {
                output.WriteLine($"  {decision.N,6}  same      {Text(decision.Recorded!)}");
                continue;
            }

            if (decision.Recorded is { } recorded) output.WriteLine($"  {decision.N,6}  {(isComparison ? "was     " : "RECORDED")}  {Text(recorded)}");
            if (decision.Replayed is { } replayed) output.WriteLine($"          {(isComparison ? "would be" : "REPLAYED")}  {Text(replayed)}");
        }

        return same == decisions.Count;
    }

    private static string Text(RecordedDecision decision) => $"{Figures.Moment(decision.At)}  {decision.Kind,-10} {decision.Phase}, step {decision.Step}: {decision.Reason}";
}
