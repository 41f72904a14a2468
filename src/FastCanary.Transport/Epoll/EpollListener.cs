using System.Net;

namespace FastCanary.Transport.Epoll;

/// <summary>
/// One loop's SO_REUSEPORT socket of a listening address. Level-triggered: what a pass does not accept is reported again. Without room for a
/// connection (the limit, or no descriptors) accepting pauses for <see cref="ConnectionLimit.RetryMs"/> ms.
/// </summary>
internal sealed class EpollListener(EpollLoop loop, int descriptor, IPEndPoint address, ConnectionLimit limit, Action<Connection> onAccepted) : Listener, IEventSource
{
    // The connections that exist get their turn between two batches of new ones.
    private const int AcceptsPerPass = 64;

    private readonly Pause _pause = new(loop);
    private bool _closed;

    public IPEndPoint Address { get; } = address;

    public ConnectionLimit Limit { get; } = limit;

    public Action<Connection> OnAccepted { get; } = onAccepted;

    public int Descriptor { get; } = descriptor;

    public int Slot { get; set; }

    public void OnEvents(int events) => loop.AcceptLater(this);

    /// <summary>Accepts what waits, up to a pass's share.</summary>
    public void Accept()
    {
        if (!_closed) Accept(AcceptsPerPass);
    }

    public override void Drain()
    {
        loop.AssertCurrent();
        IsDraining = true;
        if (!_closed)
        {
            // What the kernel has accepted for us would be reset by the close.
            Accept(int.MaxValue);
            Close();
        }

        loop.CancelIdle(this);
    }

    public void Close()
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

            loop.Accept(accepted, this, SocketAddress.Read(new ReadOnlySpan<byte>(bytes, SocketAddress.BytesMax)));
        }
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
