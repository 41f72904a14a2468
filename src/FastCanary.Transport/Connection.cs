using System.IO.Pipelines;

namespace FastCanary.Transport;

/// <summary>
/// One TCP connection, accepted or made. Everything about it happens on the thread of the <see cref="EventLoop"/> that owns it,
/// for its whole life; no member may be called from elsewhere.
/// </summary>
/// <remarks>
/// What a reader hands out is one contiguous segment on every backend, so that a parser works in place.
/// A connection that waits without bytes owns no buffer. After <see cref="Close"/>, <see cref="CloseGracefully"/> or <see cref="Abort"/>
/// neither pipe may be used.
/// </remarks>
public abstract class Connection : Deadline, IDuplexPipe
{
    /// <summary>Bytes from the peer. A result that is canceled means a deadline, a hang-up elsewhere or a request to stop: ask the properties here.</summary>
    public abstract PipeReader Input { get; }

    /// <summary>Bytes to the peer. A flush that completes has given everything to the kernel; a result that is completed means the peer no longer takes any.</summary>
    public abstract PipeWriter Output { get; }

    /// <summary>Why the connection broke; <see cref="ConnectionFailure.None"/> while it has not.</summary>
    public abstract ConnectionFailure Failure { get; }

    /// <summary>The peer's address and port.</summary>
    public abstract PeerAddress Peer { get; }

    /// <summary>The listener that accepted it; null where this side began it.</summary>
    public abstract Listener? AcceptedFrom { get; }

    /// <summary>Bytes that the kernel has taken so far, in all.</summary>
    public abstract long BytesSent { get; }

    /// <summary>The peer has sent FIN or reset; bytes that came before may still be unread.</summary>
    public abstract bool PeerFinished { get; }

    /// <summary>The connection is dead in both directions (reset, or an error on the socket).</summary>
    public abstract bool PeerGone { get; }

    /// <summary>Bytes of the peer, or its end, may be there that nobody has taken.</summary>
    public abstract bool HasInput { get; }

    /// <summary>Set by the owner while it waits for a new exchange without any byte of it: a drain ends such connections at once.</summary>
    public abstract bool IsIdle { get; set; }

    /// <summary>
    /// Another connection's reader that waits on this connection's behalf. When this peer hangs up or this deadline passes, and nobody reads here,
    /// that reader's pending read is cancelled, once.
    /// </summary>
    public abstract PipeReader? CancelOnHangup { get; set; }

    /// <summary>Arms the one deadline of this connection, <paramref name="milliseconds"/> from now; replaces an earlier one. It cancels what is pending.</summary>
    public abstract void SetDeadline(int milliseconds);

    /// <summary>Disarms the deadline.</summary>
    public abstract void ClearDeadline();

    /// <summary>The armed deadline has passed. Cleared by the next <see cref="SetDeadline"/> or <see cref="ClearDeadline"/>.</summary>
    public abstract bool DeadlinePassed { get; }

    /// <summary>Sends FIN after what was flushed; reading goes on.</summary>
    public abstract void ShutdownOutput();

    /// <summary>Closes now. The kernel still delivers what was flushed, unless input is unread: then it resets.</summary>
    public abstract void Close();

    /// <summary>Sends FIN, discards input for a bounded while, then closes: so that a peer that is still sending gets to read the answer (RFC 9112, 9.6).</summary>
    public abstract void CloseGracefully();

    /// <summary>Closes with a reset, so that the peer cannot take what it has got for complete.</summary>
    public abstract void Abort();

    /// <summary>Where this connection is parked; null while somebody uses it.</summary>
    internal IdleConnections? ParkedIn { get; set; }

    /// <summary>Neighbours in the list of <see cref="ParkedIn"/>.</summary>
    internal Connection? ParkedNewer { get; set; }

    internal Connection? ParkedOlder { get; set; }

    /// <summary>Nothing is buffered, pending or known to be waiting on the socket.</summary>
    internal abstract bool IsQuiet { get; }
}
