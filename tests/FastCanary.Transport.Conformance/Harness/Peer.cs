namespace FastCanary.Transport.Conformance;

/// <summary>The other end of a connection. Its calls wait for what they ask for.</summary>
public abstract class Peer : IDisposable
{
    /// <summary>What <see cref="ReceiveToEnd"/> ended with was a reset.</summary>
    public abstract bool IsReset { get; }

    /// <summary>Sends it all; waits where the connection does not take it.</summary>
    public abstract void Send(ReadOnlySpan<byte> bytes);

    /// <summary>Exactly <paramref name="count"/> bytes.</summary>
    public abstract byte[] Receive(int count);

    /// <summary>Everything up to the end, orderly or not.</summary>
    public abstract byte[] ReceiveToEnd();

    /// <summary>Sends FIN.</summary>
    public abstract void ShutdownSend();

    /// <summary>Sends RST and is gone.</summary>
    public abstract void Reset();

    /// <summary>Closes: FIN, or RST where bytes are unread.</summary>
    public abstract void Close();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
