using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace FastCanary.Transport;

/// <summary>What the compiler drives a <see cref="LoopTask"/> method with.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "used by the compiler alone")]
public struct LoopTaskMethodBuilder
{
    private Continuation? _box;

    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "the compiler's pattern")]
    public readonly LoopTask Task => default;

    public static LoopTaskMethodBuilder Create() => default;

    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "the compiler's pattern")]
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "the compiler's pattern")]
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
        // Of the days when the compiler boxed state machines.
    }

    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "the compiler's pattern")]
    public readonly void SetResult()
    {
        // Nobody waits.
    }

    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "the compiler's pattern")]
    public readonly void SetException(Exception exception) => Environment.FailFast("an exception left a loop's task", exception);

    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine => awaiter.OnCompleted(BoxOf(ref stateMachine).RunAction);

    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine
    {
        var box = BoxOf(ref stateMachine);
        if (typeof(TAwaiter) == typeof(ReceiveAwaitable)) Unsafe.As<TAwaiter, ReceiveAwaitable>(ref awaiter).SetWaiter(box);
        else if (typeof(TAwaiter) == typeof(FlushAwaitable)) Unsafe.As<TAwaiter, FlushAwaitable>(ref awaiter).SetWaiter(box);
        else if (typeof(TAwaiter) == typeof(LoopWait)) Unsafe.As<TAwaiter, LoopWait>(ref awaiter).SetWaiter(box);
        else awaiter.UnsafeOnCompleted(box.RunAction);
    }

    // At the first suspension the state machine moves off the stack; from then on the one passed in is the box's own.
    private Box<TStateMachine> BoxOf<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
    {
        if (_box is not null) return Unsafe.As<Box<TStateMachine>>(_box);
        var box = new Box<TStateMachine>();
        _box = box;
        box.StateMachine = stateMachine;
        return box;
    }

    private sealed class Box<TStateMachine> : Continuation
        where TStateMachine : IAsyncStateMachine
    {
        private Action? _runAction;

        public TStateMachine StateMachine = default!;

        /// <summary>For awaiters that know delegates only; made once.</summary>
        public Action RunAction => _runAction ??= Run;

        public override void Run() => StateMachine.MoveNext();
    }
}
