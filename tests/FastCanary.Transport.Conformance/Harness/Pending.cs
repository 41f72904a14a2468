namespace FastCanary.Transport.Conformance;

/// <summary>Work that runs on a loop while the test goes on.</summary>
/// <param name="work">What was begun.</param>
/// <param name="wait">Returns when it has ended, or throws after a while.</param>
public sealed class Pending<T>(Task<T> work, Action<Task> wait)
{
    public bool IsCompleted => work.IsCompleted;

    public T Get()
    {
        wait(work);
        return work.GetAwaiter().GetResult();
    }
}
