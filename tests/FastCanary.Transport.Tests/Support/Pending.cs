namespace FastCanary.Transport.Tests;

/// <summary>Work that runs on a loop while the test goes on.</summary>
public sealed class Pending<T>(Task<T> work)
{
    public bool IsCompleted => work.IsCompleted;

    public T Get() => work.WaitAsync(TimeSpan.FromMilliseconds(LoopHost.PatienceMs)).GetAwaiter().GetResult();
}
