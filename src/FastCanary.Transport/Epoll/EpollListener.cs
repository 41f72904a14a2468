using System.Net;

namespace FastCanary.Transport.Epoll;

/// <summary>
/// One loop's SO_REUSEPORT socket of a listening address. Level-triggered: what a pass does not accept is reported again. Without room for a
/// connection (the limit, or no descriptors) accepting pauses for <see cref="ConnectionLimit.RetryMs"/> ms.
/// </summary>
internal sealed class EpollListener(EpollLoop loop, int descriptor, IPEndPoint address, ConnectionLimit limit, Action<Connection> onAccepted)
    : Listener(loop, address, limit, onAccepted)
{
    // The connections that exist get their turn between two batches of new ones.
    private const int AcceptsPerPass = 64;

    private readonly Pause _pause = new(loop);
    private bool _closed;

    public int Descriptor { get; } = descriptor;

    internal override void Accept()
    {
        if (!_closed) Accept(AcceptsPerPass);
    }

    private protected override void AcceptAll()
    {
        if (!_closed) Accept(int.MaxValue);
    }

    internal override void Close()
    {
        if (_closed) return;
        _closed = true;
        loop.Deadlines.Remove(_pause);
        loop.Release(this);
    }

    private unsafe void Accept(int countMax)
    {
        var bytes = stackalloc byte[SocketAddress.BytesMax];
        for (var i = 0; i < countMax; i++)
        {
            if (!Limit.TryEnter())
            {
                PauseAccepting();
                return;
            }

            var length = SocketAddress.BytesMax;
            var accepted = Libc.Accept(Descriptor, bytes, &length, Libc.SocketNonBlockCloseOnExec);
            if (accepted < 0)
            {
                var errno = Libc.LastError;
                Limit.Leave();
                if (errno is Errno.Interrupted or Errno.ConnectionAborted) continue;
                if (errno != Errno.Again) PauseAccepting();
                return;
            }

            var chosen = (EpollListener)Choose();
            chosen.Joined();
            var peer = SocketAddress.Read(new ReadOnlySpan<byte>(bytes, SocketAddress.BytesMax));
            if (chosen == this) loop.Adopt(accepted, this, peer);
            else HandOver(accepted, chosen, peer);
        }
    }

    private static void HandOver(int accepted, EpollListener chosen, PeerAddress peer)
    {
        var owner = (EpollLoop)chosen.Loop;
        owner.Post(() => owner.Adopt(accepted, chosen, peer));
    }

    private void PauseAccepting()
    {
        if (_closed) return;
        loop.SetListening(this, on: false);
        _pause.Listener = this;
        loop.Deadlines.Set(_pause, loop.NowMs + ConnectionLimit.RetryMs);
    }

    private sealed class Pause(EpollLoop loop) : Deadline
    {
        public EpollListener? Listener { get; set; }

        internal override void Fire() => loop.SetListening(Listener!, on: true);
    }
}
