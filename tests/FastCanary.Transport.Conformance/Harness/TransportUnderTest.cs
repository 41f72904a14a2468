namespace FastCanary.Transport.Conformance;

/// <summary>A transport with one loop, and peers to talk to: real sockets, or simulated ones on a virtual clock.</summary>
public abstract class TransportUnderTest : IDisposable
{
    public abstract string Name { get; }

    public abstract EventLoop Loop { get; }

    /// <summary>The transport can be made to run out of descriptors by the process's limit.</summary>
    public virtual bool CanRunOutOfDescriptors => true;

    /// <summary>Runs <paramref name="work"/> on the loop to its end. A real transport waits; a simulated one pumps the network.</summary>
    public abstract T Run<T>(Func<Task<T>> work);

    /// <summary>Begins <paramref name="work"/> on the loop.</summary>
    public abstract Pending<T> Begin<T>(Func<Task<T>> work);

    /// <summary>A peer that has connected to a listener of the loop, and the loop's side of it.</summary>
    public abstract (Peer Peer, Connection Connection) Accepted();

    /// <summary>A peer that the loop has connected to, and the loop's side of it; established.</summary>
    public abstract (Peer Peer, Connection Connection) Connected();

    /// <summary>Returns when <paramref name="condition"/>, asked on the loop, holds; fails where it does not in a while.</summary>
    public abstract void Until(Func<bool> condition);

    /// <summary>Lets time pass.</summary>
    public abstract void Advance(int milliseconds);

    /// <summary>Runs <paramref name="work"/>, which does not wait, on the loop.</summary>
    public T Call<T>(Func<T> work) => Run(() => Task.FromResult(work()));

    public void Call(Action work) => Run(() =>
    {
        work();
        return Task.FromResult(0);
    });

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
