using System.CommandLine;
using System.Text;
using FastCanary.Client;
using FastCanary.Reports;

namespace FastCanary.Verbs;

internal static class StatusVerb
{
    public static Command Create(ProgramEnvironment environment)
    {
        var service = ClientVerb.OptionalService();
        var watch = new Option<bool>("--watch", "-w") { Description = "Show it anew every second until Ctrl-C" };
        var json = new Option<bool>("--json") { Description = "Print the admin API's answer as it is" };
        var wait = new Option<bool>("--wait") { Description = "Follow the rollout of SERVICE until it ends: exit 0 when it was promoted, 3 when it was aborted" };
        var command = new Command("status", "Show splits, live shares, health, rollouts and their evidence") { service, watch, json, wait };
        command.Validators.Add(result =>
        {
            if (result.GetValue(json) && (result.GetValue(watch) || result.GetValue(wait))) result.AddError("--json: not together with --watch or --wait");
            if (result.GetValue(wait) && result.GetValue(service) is null) result.AddError("--wait: name the SERVICE whose rollout is waited for");
        });
        return ClientVerb.Complete(command, environment, async (parsed, client, cancel) =>
        {
            var name = parsed.GetValue(service);
            if (parsed.GetValue(watch)) return await new StatusWatch(client, name, environment).Run(parsed.GetValue(wait), cancel);
            if (parsed.GetValue(wait)) return await new RolloutFollower(client, name!, environment).Follow(now: null, cancel);
            if (parsed.GetValue(json))
            {
                var text = await client.GetText(StatusWatch.PathOf(name), "read the status", cancel);
                environment.Output.Write(text.EndsWith('\n') ? text : $"{text}\n");
            }
            else Print(await StatusWatch.Read(client, name, cancel), environment);
            return ExitCode.Done;
        });
    }

    private static void Print(StatusReport report, ProgramEnvironment environment)
    {
        var text = new StringBuilder();
        foreach (var line in StatusText.Lines(report, environment.Time.GetUtcNow(), environment.Terminal()?.Columns ?? int.MaxValue))
        {
            line.WriteTo(text, environment.Colour);
            text.Append('\n');
        }

        environment.Output.Write(text);
    }
}
