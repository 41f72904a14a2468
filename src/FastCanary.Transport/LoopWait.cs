using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace FastCanary.Transport;

/// <summary>
/// What code of a loop waits for that is no connection's: a turn, or a time. Awaited once for each <see cref="Begin"/>, and used again. Loop's thread only.
/// </summary>
public sealed class LoopWait(EventLoop loop) : Deadline, ICriticalNotifyCompletion, IHangupWatcher
{
    private object? _waiter;
    private LoopWaitResult _result;

    /// <summary>The wait has ended: awaiting it does not suspend.</summary>
    public bool IsCompleted => _result != LoopWaitResult.None;

    /// <summary>In the loop's list of those that are under way.</summary>
    internal LoopWait? NextWait { get; set; }

    internal LoopWait? PreviousWait { get; set; }

    /// <summary>Begins to wait.</summary>
    /// <param name="timeoutMs">For this long at most; above 0.</param>
    public void Begin(int timeoutMs)
    {
        Debug.Assert(_waiter is null, "one wait at a time");
        loop.AssertCurrent();
        _result = LoopWaitResult.None;
        loop.Add(this);
        loop.Deadlines.Set(this, loop.NowMs + timeoutMs);
    }

    /// <summary>Ends the wait. One that has ended already stays as it ended.</summary>
    public void Signal() => End(LoopWaitResult.Signalled);

    /// <inheritdoc/>
    public void OnHangup() => End(LoopWaitResult.Cancelled);

    public LoopWait GetAwaiter() => this;

    public LoopWaitResult GetResult() => _result;

    public void OnCompleted(Action continuation) => _waiter = continuation;

    public void UnsafeOnCompleted(Action continuation) => _waiter = continuation;

    internal void SetWaiter(Continuation continuation) => _waiter = continuation;

    /// <summary>Runs what waited. By the loop's ready queue: it may still hold this from a wait that nobody had to be woken from, while another one is under way.</summary>
    internal void Run()
    {
        if (!IsCompleted || _waiter is not { } waiter) return;
        _waiter = null;
        Continuation.Run(waiter);
    }

    internal override void Fire() => End(LoopWaitResult.TimedOut);

    private void End(LoopWaitResult result)
    {
        if (_result != LoopWaitResult.None) return;
        _result = result;
        loop.Deadlines.Remove(this);
        loop.Remove(this);
        loop.RunSoon(this);
    }
}
