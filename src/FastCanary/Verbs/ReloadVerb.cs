using System.CommandLine;
using FastCanary.Reports;

namespace FastCanary.Verbs;

internal static class ReloadVerb
{
    public static Command Create(ProgramEnvironment environment)
    {
        var command = new Command("reload", "Let a running FastCanary read its configuration again; an error changes nothing");
        return ClientVerb.Complete(command, environment, async (_, client, cancel) =>
        {
            using var answer = await client.Post("/api/v1/reload", body: null, "reload the configuration", cancel);
            foreach (var warning in answer.RootElement.Texts("warnings")) environment.Errors.WriteLine($"warning: {warning}");
            var services = answer.RootElement.Count("services") is { } count ? $": {Figures.Count(count)} service{(count == 1 ? "" : "s")}" : "";
            environment.Output.WriteLine($"configuration reloaded{services}");
            return ExitCode.Done;
        });
    }
}
