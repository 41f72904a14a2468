using System.Net;
using FastCanary.Transport;

namespace FastCanary.Simulation;

/// <summary>A listening address. Level-triggered; without room for a connection accepting pauses, as on the other backends.</summary>
internal sealed class SimulatedListener : Listener
{
    private const int AcceptsPerPass = 4;

    private readonly SimulatedLoop _loop;
    private readonly Queue<(SimulatedSocket Socket, PeerAddress Peer)> _backlog = new();
    private readonly Pause _pause;
    private bool _closed;

    public SimulatedListener(SimulatedLoop loop, IPEndPoint address, ConnectionLimit limit, Action<Connection> onAccepted)
        : base(loop, address, limit, onAccepted)
    {
        _loop = loop;
        _pause = new Pause(this);
    }

    public IPEndPoint BoundTo => Address;

    internal bool HasArrivals => _backlog.Count > 0 && !_closed && !_pause.IsOn;

    /// <summary>A handshake is complete.</summary>
    internal void Arrived(SimulatedSocket socket, in PeerAddress peer) => _backlog.Enqueue((socket, peer));

    internal override void Accept()
    {
        if (!_closed) Accept(AcceptsPerPass);
    }

    internal override void Close()
    {
        if (_closed) return;
        _closed = true;
        _loop.Deadlines.Remove(_pause);
        while (_backlog.TryDequeue(out var waiting)) waiting.Socket.Close(reset: true);
        _loop.Forget(this);
    }

    private protected override void AcceptAll()
    {
        if (!_closed) Accept(int.MaxValue);
    }

    private void Accept(int countMax)
    {
        for (var i = 0; i < countMax && _backlog.Count > 0; i++)
        {
            if (!Limit.TryEnter())
            {
                _pause.IsOn = true;
                _loop.Deadlines.Set(_pause, _loop.NowMs + ConnectionLimit.RetryMs);
                return;
            }

            var (socket, peer) = _backlog.Dequeue();
            Joined();
            _loop.Network.Trace.Add(_loop.Network.NowUs, "accept", socket.Id);
            _loop.Accepted(socket, this, peer);
        }
    }

    private sealed class Pause(SimulatedListener listener) : Deadline
    {
        public bool IsOn { get; set; }

        internal override void Fire() => listener._pause.IsOn = false;
    }
}
