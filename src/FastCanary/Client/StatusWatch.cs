using System.Text;
using FastCanary.Reports;

namespace FastCanary.Client;

/// <summary>Shows the status once a second: on a terminal's alternate screen, elsewhere as plain blocks.</summary>
/// <param name="service">Null: all.</param>
internal sealed class StatusWatch(AdminClient client, string? service, ProgramEnvironment environment)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private StatusReport? _report;
    private string? _lost;

    /// <summary>Reads a status.</summary>
    public static async Task<StatusReport> Read(AdminClient client, string? service, CancellationToken cancel)
    {
        using var document = await client.Get(PathOf(service), "read the status", cancel);
        return service is null ? StatusReport.Read(document.RootElement) : StatusReport.ReadService(document.RootElement);
    }

    public static string PathOf(string? service) => service is null ? "/api/v1/status" : AdminClient.PathOf(service);

    /// <param name="untilEnd">Until the service's rollout has ended; else for ever.</param>
    /// <returns>The exit code of how the rollout ended.</returns>
    public async Task<int> Run(bool untilEnd, CancellationToken cancel)
    {
        // Before the screen is taken: what fails at once is told in a line that stays.
        _report = await Read(client, service, cancel);
        await using var output = environment.OpenOutput();
        int code;
        using (var screen = environment.Terminal() is null ? null : new Screen(output))
        {
            while (true)
            {
                Show(screen, output);
                if (untilEnd && Outcome() is { } outcome)
                {
                    code = outcome;
                    break;
                }

                var interval = Task.Delay(Interval, environment.Time, cancel);
                await (screen is null ? interval : Task.WhenAny(interval, screen.Redraw));
                cancel.ThrowIfCancellationRequested();
                await Ask(cancel);
            }
        }

        environment.Output.WriteLine($"{service}: {StatusText.PhaseAndStep(_report.Services[0].Rollout!)}");
        return code;
    }

    private int? Outcome()
    {
        if (_lost is not null || _report!.Services is not [{ } only]) return null;
        return only.Rollout is { } rollout ? RolloutFollower.Outcome(rollout.Phase) : throw new ClientException($"cannot wait for {service}: no rollout is configured for it");
    }

    private async Task Ask(CancellationToken cancel)
    {
        try
        {
            _report = await Read(client, service, cancel);
            _lost = null;
        }
        catch (ClientException e) when (e.IsConnectionLoss)
        {
            _lost = $"{e.Message} (the figures below are old)";
        }
    }

    private void Show(Screen? screen, Stream output)
    {
        var now = environment.Time.GetUtcNow();
        if (screen is null)
        {
            output.Write(Encoding.UTF8.GetBytes(WatchFrame.Plain(WatchFrame.Lines(_report!, client.Address, now, _lost, int.MaxValue, int.MaxValue))));
            output.Flush();
            return;
        }

        var (columns, rows) = environment.Terminal() ?? (80, 24);
        screen.Draw(WatchFrame.ForTerminal(WatchFrame.Lines(_report!, client.Address, now, _lost, columns, rows), columns, environment.Colour));
    }
}
