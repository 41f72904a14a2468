using FastCanary.LoadTests.Measuring;

namespace FastCanary.LoadTests.Engine;

/// <summary>Puts an HTTP load on a target.</summary>
internal static class HttpLoad
{
    /// <summary>Runs the simulations one after another on threads of their own.</summary>
    /// <param name="settings">How the target is reached.</param>
    /// <param name="step">What is sent, and what is expected.</param>
    /// <param name="simulations">When it is sent.</param>
    /// <param name="recorder">Counts.</param>
    /// <param name="cancel">Sends nothing more; what is under way is waited for.</param>
    /// <returns>Ends when every request that was sent has been answered or has failed.</returns>
    public static Task RunAsync(HttpLoadSettings settings, IHttpStep step, IReadOnlyList<LoadSimulation> simulations, StepRecorder recorder, CancellationToken cancel)
    {
        recorder.Simulates(simulations);
        return Task.WhenAll(Enumerable.Range(0, settings.Threads).Select(index => Task.Factory.StartNew(
            () =>
            {
                using var loop = new HttpLoop(settings, index, step, simulations, recorder);
                loop.Run(cancel);
                recorder.Spend(ThreadCpu.Seconds);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
    }
}
