using System.Runtime.ExceptionServices;
using FastCanary.LoadTests.Measuring;

namespace FastCanary.LoadTests.Engine;

/// <summary>Runs the single steps of a load and counts how they end. A step that throws for a reason of its own stops the load: a fault of the instrument is no figure.</summary>
internal sealed class StepPlayer : IDisposable
{
    private readonly AsyncLoadSettings _settings;
    private readonly Func<StepContext, Task<StepOutcome>> _step;
    private readonly StepRecorder _recorder;
    private readonly CancellationTokenSource _stop;
    private Exception? _fault;
    private string? _firstFailure;

    /// <param name="settings">Bounds.</param>
    /// <param name="step">One iteration.</param>
    /// <param name="recorder">Counts.</param>
    /// <param name="cancel">Stops the load.</param>
    public StepPlayer(AsyncLoadSettings settings, Func<StepContext, Task<StepOutcome>> step, StepRecorder recorder, CancellationToken cancel)
    {
        (_settings, _step, _recorder) = (settings, step, recorder);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
    }

    /// <summary>The load's time.</summary>
    public Clock Clock { get; } = new();

    /// <summary>Whether nothing more is to begin.</summary>
    public bool Stopped => _stop.IsCancellationRequested;

    /// <summary>What the first failure that has a message says.</summary>
    public string? FirstFailure => Volatile.Read(ref _firstFailure);

    /// <summary>Runs a step and counts it. Throws nothing.</summary>
    /// <param name="number">Of the step.</param>
    /// <param name="copy">Of the copy, or -1.</param>
    /// <param name="from">From when its latency counts, in seconds of <see cref="Clock"/>.</param>
    public async Task PlayAsync(long number, int copy, double from)
    {
        double left = _settings.TimeOutSeconds - (Clock.Seconds - from);
        if (left <= 0)
        {
            _recorder.Fail(Failures.TimeOut, VersionNames.Unknown);
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(TimeSpan.FromSeconds(left));
        try
        {
            StepOutcome outcome = await _step(new StepContext(number, copy, limit.Token));
            if (outcome.Failure is null) _recorder.Succeed((long)((Clock.Seconds - from) * 1e6), outcome.Version, outcome.Bytes);
            else _recorder.Fail(outcome.Failure, outcome.Version);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The load was broken off, not the step.
        }
        catch (Exception e) when (Failures.Of(e) is { } kind)
        {
            _recorder.Fail(kind, (e as StepFailedException)?.Version ?? VersionNames.Unknown);
            Interlocked.CompareExchange(ref _firstFailure, $"{kind}: {e.Message}{(e.InnerException is null ? "" : $" ({e.GetBaseException().Message})")}", null);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _fault, e, null);
            await _stop.CancelAsync();
        }
    }

    /// <summary>Throws what a step threw for a reason of its own.</summary>
    public void ThrowFault()
    {
        if (_fault is not null) ExceptionDispatchInfo.Throw(_fault);
    }

    public void Dispose() => _stop.Dispose();
}
