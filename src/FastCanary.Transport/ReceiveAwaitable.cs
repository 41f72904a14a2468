using System.Runtime.CompilerServices;

namespace FastCanary.Transport;

/// <summary>What <see cref="ConnectionReader.ReceiveAsync"/> gives to await; awaited once.</summary>
public readonly struct ReceiveAwaitable : ICriticalNotifyCompletion, IEquatable<ReceiveAwaitable>
{
    private readonly ConnectionReader _reader;

    internal ReceiveAwaitable(ConnectionReader reader) => _reader = reader;

    /// <summary>The result is there: awaiting it does not suspend.</summary>
    public bool IsCompleted => _reader.IsSettled;

    public ReceiveAwaitable GetAwaiter() => this;

    public Received GetResult() => _reader.TakeReceived();

    public void OnCompleted(Action continuation) => _reader.SetWaiter(continuation);

    public void UnsafeOnCompleted(Action continuation) => _reader.SetWaiter(continuation);

    public bool Equals(ReceiveAwaitable other) => _reader == other._reader;

    public override bool Equals(object? obj) => obj is ReceiveAwaitable other && Equals(other);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(_reader);

    public static bool operator ==(ReceiveAwaitable left, ReceiveAwaitable right) => left.Equals(right);

    public static bool operator !=(ReceiveAwaitable left, ReceiveAwaitable right) => !left.Equals(right);

    internal void SetWaiter(Continuation continuation) => _reader.SetWaiter(continuation);
}
