namespace FastCanary.Transport;

/// <summary>Code that waits for a connection and is run by the loop's ready queue: what a <see cref="LoopTask"/> suspends to.</summary>
internal abstract class Continuation
{
    public abstract void Run();

    /// <summary>Runs what waited: a <see cref="Continuation"/>, or the delegate of an ordinary async method.</summary>
    public static void Run(object waiter)
    {
        if (waiter.GetType() == typeof(Action)) ((Action)waiter)();
        else System.Runtime.CompilerServices.Unsafe.As<Continuation>(waiter).Run();
    }

    /// <summary>What <see cref="System.Threading.Tasks.Sources.IValueTaskSource"/> is given: for callers that come through the pipes' own interface.</summary>
    public sealed class OfCallback(Action<object?> callback, object? state) : Continuation
    {
        public override void Run() => callback(state);
    }
}
