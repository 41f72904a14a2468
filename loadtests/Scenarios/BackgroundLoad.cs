using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Measuring;

namespace FastCanary.LoadTests.Scenarios;

/// <summary>A load at a constant rate that goes on while a scenario does something else, until it is stopped.</summary>
internal sealed class BackgroundLoad : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly StepRecorder _recorder;
    private readonly Task _load;

    /// <param name="run">Whose load.</param>
    /// <param name="name">The step's.</param>
    /// <param name="versions">Which answers are told apart.</param>
    /// <param name="settings">How the target is reached.</param>
    /// <param name="step">What is sent.</param>
    /// <param name="rate">Requests a second.</param>
    public BackgroundLoad(ScenarioRun run, string name, VersionNames versions, HttpLoadSettings settings, IHttpStep step, double rate)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(run.Cancel);
        _recorder = run.Step(name, versions);
        _load = HttpLoad.RunAsync(settings, step, [Simulation.Inject(rate, Simulation.UntilCancelled)], _recorder, _stop.Token);
    }

    /// <summary>Sends nothing more and waits for what is under way.</summary>
    /// <returns>What came of it.</returns>
    public async Task<StepResult> StopAsync()
    {
        await _stop.CancelAsync();
        await _load;
        return _recorder.ToResult();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested) await StopAsync();
        _stop.Dispose();
    }
}
