using FastCanary.Reports;

namespace FastCanary.Client;

/// <summary>Follows a service's rollout until it ends, with a line for each change of its phase or step.</summary>
internal sealed class RolloutFollower(AdminClient client, string service, ProgramEnvironment environment)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // A restart of the server takes less.
    private static readonly TimeSpan RetryFor = TimeSpan.FromSeconds(30);

    private (string Phase, long Step)? _told;

    /// <summary>The exit code that a phase ends with; null: the rollout has not ended.</summary>
    public static int? Outcome(string phase) => phase switch
    {
        RolloutPhase.Promoted or RolloutPhase.Idle => ExitCode.Done,
        RolloutPhase.Aborted => ExitCode.RolloutAborted,
        _ => null,
    };

    /// <param name="now">What is known already; null: it is asked for.</param>
    /// <returns>The exit code of how the rollout ended.</returns>
    /// <exception cref="ClientException">The server says no, or cannot be reached for 30 s.</exception>
    public async Task<int> Follow(RolloutReport? now, CancellationToken cancel)
    {
        now ??= (await client.GetService(service, $"follow {service}", cancel)).Rollout;
        while (true)
        {
            if (now is null) throw new ClientException($"cannot wait for {service}: no rollout is configured for it");
            Tell(now);
            if (Outcome(now.Phase) is { } code) return code;
            await Task.Delay(Interval, environment.Time, cancel);
            now = await Ask(cancel);
        }
    }

    private async Task<RolloutReport?> Ask(CancellationToken cancel)
    {
        long? lostAt = null;
        while (true)
        {
            try
            {
                return (await client.GetService(service, $"follow {service}", cancel)).Rollout;
            }
            catch (ClientException e) when (e.IsConnectionLoss && (lostAt is null || environment.Time.GetElapsedTime(lostAt.Value) < RetryFor))
            {
                if (lostAt is null) environment.Errors.WriteLine($"{e.Message} (trying again for {RetryFor.TotalSeconds:0} s)");
                lostAt ??= environment.Time.GetTimestamp();
                await Task.Delay(Interval, environment.Time, cancel);
            }
        }
    }

    private void Tell(RolloutReport now)
    {
        if (_told == (now.Phase, now.Step)) return;
        var paused = now.Phase == RolloutPhase.Paused && _told?.Phase != RolloutPhase.Paused;
        _told = (now.Phase, now.Step);
        var reason = string.IsNullOrEmpty(now.Reason) ? "" : $": {now.Reason}";
        environment.Output.WriteLine($"{Figures.Clock(environment.Time.GetUtcNow())} {service}: {StatusText.PhaseAndStep(now)}{reason}");
        if (paused) environment.Output.WriteLine($"  it waits; fastcanary {(now.IsAtGate ? "" : $"resume {service} or ")}promote {service} lets it go on");
        environment.Output.Flush();
    }
}
