using FastCanary.LoadTests.Measuring;

namespace FastCanary.LoadTests.Engine;

/// <summary>Puts a load on a target whose steps are more than one HTTP exchange: an upload, a message in a tunnel, a connection. Steps run on the thread pool.</summary>
internal static class AsyncLoad
{
    /// <summary>
    /// Runs the simulations one after another. In an open stretch a step begins when it is due, whatever became of those before, and its latency runs from then on;
    /// in a closed one each copy begins its next step when it has ended the one before.
    /// </summary>
    /// <param name="settings">Bounds.</param>
    /// <param name="step">One iteration; what it throws is a failure where it tells of the target or the network, and ends the load where it is a fault of the step itself.</param>
    /// <param name="simulations">When.</param>
    /// <param name="recorder">Counts.</param>
    /// <param name="cancel">Begins nothing more, and cancels what is under way: that counts neither way.</param>
    /// <returns>What the first failure that has a message says; null if there is none. Ends when every step has.</returns>
    public static async Task<string?> RunAsync(
        AsyncLoadSettings settings, Func<StepContext, Task<StepOutcome>> step, IReadOnlyList<LoadSimulation> simulations, StepRecorder recorder, CancellationToken cancel)
    {
        recorder.Simulates(simulations);
        using var player = new StepPlayer(settings, step, recorder, cancel);
        using var loop = new AsyncLoop(settings, player, simulations, recorder);
        await loop.RunAsync();
        player.ThrowFault();
        return player.FirstFailure;
    }

    /// <summary>Runs a number of steps by a number of copies, as NBomber's IterationsForConstant.</summary>
    /// <param name="settings">Bounds.</param>
    /// <param name="step">As in <see cref="RunAsync"/>.</param>
    /// <param name="iterations">How many steps in all.</param>
    /// <param name="copies">How many at a time.</param>
    /// <param name="recorder">Counts.</param>
    /// <param name="cancel">As in <see cref="RunAsync"/>.</param>
    /// <returns>As in <see cref="RunAsync"/>.</returns>
    public static async Task<string?> IterateAsync(
        AsyncLoadSettings settings, Func<StepContext, Task<StepOutcome>> step, long iterations, int copies, StepRecorder recorder, CancellationToken cancel)
    {
        recorder.Simulates($"{iterations} iterations by {copies} copies");
        using var player = new StepPlayer(settings, step, recorder, cancel);
        long next = -1;
        await Task.WhenAll(Enumerable.Range(0, copies).Select(copy => Task.Run(async () =>
        {
            for (long number = Interlocked.Increment(ref next); number < iterations && !player.Stopped; number = Interlocked.Increment(ref next))
                await player.PlayAsync(number, copy, player.Clock.Seconds);
        })));
        player.ThrowFault();
        return player.FirstFailure;
    }
}
