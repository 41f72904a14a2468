namespace FastCanary.Proxy.Tests;

/// <summary>A value that one thread gives and another waits for.</summary>
public sealed class BlockingValue<T> : IDisposable
{
    private readonly ManualResetEventSlim _set = new();
    private T? _value;

    public void Set(T value)
    {
        _value = value;
        _set.Set();
    }

    public T Get()
    {
        Assert.True(_set.Wait(Wire.PatienceMs), "the other side never came to the point");
        return _value!;
    }

    public void Dispose() => _set.Dispose();
}
