using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FastCanary.Client;
using FastCanary.Reports;

namespace FastCanary.Verbs;

internal static class ExplainVerb
{
    // The most that the admin API gives at once.
    private const int EntriesMax = 1000;

    public static Command Create(ProgramEnvironment environment)
    {
        var service = ClientVerb.Service();
        var id = new Option<long?>("--id")
        {
            Description = "The decision's number, as status shows it; without it, the last one",
            HelpName = "N",
            CustomParser = static result =>
            {
                if (long.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
                result.AddError($"--id: expected a decision's number, got \"{result.Tokens[0].Value}\"");
                return null;
            },
        };
        var command = new Command("explain", "Tell why a decision on a service was taken, in plain words with its figures") { service, id };
        return ClientVerb.Complete(command, environment, async (parsed, client, cancel) =>
        {
            var name = parsed.GetRequiredValue(service);
            var what = $"explain {name}";
            var now = await client.GetService(name, what, cancel);
            using var journal = await client.Get(string.Create(CultureInfo.InvariantCulture, $"{AdminClient.PathOf(name)}/journal?limit={EntriesMax}"), what, cancel);
            var decisions = Decisions(journal.RootElement, now);
            var (decision, later) = Choose(decisions, parsed.GetValue(id), name);
            foreach (var line in ExplainText.Lines(decision, later, now)) environment.Output.WriteLine(line);
            return ExitCode.Done;
        });
    }

    /// <summary>All decisions that are told, oldest first. The journal holds observations too, which may crowd out decisions that the status still has.</summary>
    private static List<DecisionReport> Decisions(JsonElement journal, ServiceReport now)
    {
        var decisions = new SortedDictionary<long, DecisionReport>();
        foreach (var decision in now.Decisions) decisions[decision.Id] = decision;
        foreach (var entry in journal.Items("entries"))
        {
            if (!string.Equals(entry.Text("kind"), "decision", StringComparison.Ordinal) || entry.Object("body") is not { } body) continue;
            var decision = DecisionReport.Read(body);
            decisions[decision.Id] = decision;
        }

        return [.. decisions.Values];
    }

    private static (DecisionReport Decision, List<DecisionReport> Later) Choose(List<DecisionReport> decisions, long? id, string service)
    {
        if (decisions.Count == 0) throw new ClientException($"cannot explain {service}: nothing has been decided yet");
        var at = id is null ? decisions.Count - 1 : decisions.FindIndex(decision => decision.Id == id);
        if (at < 0)
        {
            throw new ClientException(string.Create(
                CultureInfo.InvariantCulture,
                $"cannot explain {service}: decision {id} is not among those that the journal still tells ({decisions[0].Id} to {decisions[^1].Id})"));
        }

        return (decisions[at], decisions.GetRange(at + 1, decisions.Count - at - 1));
    }
}
