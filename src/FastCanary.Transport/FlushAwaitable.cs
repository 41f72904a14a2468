using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace FastCanary.Transport;

/// <summary>What <see cref="ConnectionWriter.SendAsync()"/> gives to await; awaited once.</summary>
public readonly struct FlushAwaitable : ICriticalNotifyCompletion, IEquatable<FlushAwaitable>
{
    private readonly ConnectionWriter _writer;

    internal FlushAwaitable(ConnectionWriter writer) => _writer = writer;

    /// <summary>The result is there: awaiting it does not suspend.</summary>
    public bool IsCompleted => _writer.IsSettled;

    public FlushAwaitable GetAwaiter() => this;

    public FlushResult GetResult() => _writer.TakeResult();

    public void OnCompleted(Action continuation) => _writer.SetWaiter(continuation);

    public void UnsafeOnCompleted(Action continuation) => _writer.SetWaiter(continuation);

    public bool Equals(FlushAwaitable other) => _writer == other._writer;

    public override bool Equals(object? obj) => obj is FlushAwaitable other && Equals(other);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(_writer);

    public static bool operator ==(FlushAwaitable left, FlushAwaitable right) => left.Equals(right);

    public static bool operator !=(FlushAwaitable left, FlushAwaitable right) => !left.Equals(right);

    internal void SetWaiter(Continuation continuation) => _writer.SetWaiter(continuation);
}
