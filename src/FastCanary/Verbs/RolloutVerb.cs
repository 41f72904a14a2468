using System.CommandLine;
using FastCanary.Client;
using FastCanary.Reports;

namespace FastCanary.Verbs;

/// <summary>The verbs that steer a rollout: one call of the admin API each, and the phase that it leads to.</summary>
internal static class RolloutVerb
{
    public static Command Start(ProgramEnvironment environment) => Create(environment, "start", "Begin a rollout at its first step", canWait: true);

    public static Command Pause(ProgramEnvironment environment) =>
        Create(environment, "pause", "Stop a rollout where it is; the analysis goes on and can still abort it");

    public static Command Resume(ProgramEnvironment environment) => Create(environment, "resume", "Let a paused rollout go on");

    public static Command Promote(ProgramEnvironment environment)
    {
        var full = new Option<bool>("--full") { Description = "To all of the traffic, past the steps that are left" };
        return Create(environment, "promote", "Take a rollout to its next step now", canWait: true, full);
    }

    public static Command Abort(ProgramEnvironment environment) =>
        Create(environment, "abort", "Give all traffic back to the baseline; it stays so until retry");

    public static Command Retry(ProgramEnvironment environment) => Create(environment, "retry", "Begin an aborted rollout anew");

    public static Command Undo(ProgramEnvironment environment) => Create(environment, "undo", "Take the last change of a rollout back");

    private static Command Create(ProgramEnvironment environment, string verb, string description, bool canWait = false, Option<bool>? full = null)
    {
        var service = ClientVerb.Service();
        var wait = canWait ? new Option<bool>("--wait") { Description = "Follow the rollout until it ends: exit 0 when it was promoted, 3 when it was aborted" } : null;
        var command = new Command(verb, description) { service };
        if (full is not null) command.Options.Add(full);
        if (wait is not null) command.Options.Add(wait);
        return ClientVerb.Complete(command, environment, async (parsed, client, cancel) =>
        {
            var name = parsed.GetRequiredValue(service);
            var body = full is not null && parsed.GetValue(full) ? """{"full":true}""" : null;
            using var answer = await client.Post($"{AdminClient.PathOf(name)}/rollout/{verb}", body, $"{verb} {name}", cancel);
            var rollout = RolloutReport.Read(answer.RootElement);
            if (wait is not null && parsed.GetValue(wait)) return await new RolloutFollower(client, name, environment).Follow(rollout, cancel);
            environment.Output.WriteLine($"{name}: {StatusText.PhaseAndStep(rollout)}{(string.IsNullOrEmpty(rollout.Reason) ? "" : $": {rollout.Reason}")}");
            return ExitCode.Done;
        });
    }
}
