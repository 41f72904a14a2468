using System.Runtime.InteropServices;
using FastCanary.Transport;

namespace FastCanary.Simulation;

/// <summary>A loop's end of a simulated connection.</summary>
internal sealed class SimulatedConnection : Connection
{
    private readonly SimulatedLoop _loop;
    private readonly SimulatedSocket? _socket;

    /// <param name="loop">Its owner.</param>
    /// <param name="socket">Null where the system gave none.</param>
    /// <param name="peer">The other end.</param>
    /// <param name="listener">Null where this side began it.</param>
    public SimulatedConnection(SimulatedLoop loop, SimulatedSocket? socket, in PeerAddress peer, SimulatedListener? listener)
        : base(loop, peer, listener)
    {
        _loop = loop;
        _socket = socket;
    }

    public override bool CanSplice => _loop.Network.Options.CanSplice;

    public SimulatedSocket Socket => _socket!;

    /// <summary>It is parked, or lingers.</summary>
    public bool IsUnattended => ParkedIn is not null || IsLingering;

    /// <summary>The same as <see cref="Connection.Loop"/>.</summary>
    internal SimulatedLoop SimulatedLoop => _loop;

    /// <summary>An edge is noted that was not reported yet.</summary>
    internal bool IsNoted { get; set; }

    internal override int Receive(ref byte to, int bytesMax) => Result(Socket.Receive(MemoryMarshal.CreateSpan(ref to, bytesMax), out var failure), failure);

    internal override int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, bool more) => Result(Socket.Send(first, second, out var failure), failure);

    internal override int SpliceIn(KernelPipe pipe, int bytesMax) => ((SimulatedPipe)pipe).FillFrom(this, bytesMax);

    internal override int SpliceOut(KernelPipe pipe) => ((SimulatedPipe)pipe).DrainTo(this);

    private protected override int SocketDiscard() => Result(Socket.Discard(int.MaxValue, out var failure), failure);

    private protected override bool SocketHasUnread() => Socket.HasUnread;

    private protected override bool SocketFinishConnecting()
    {
        if (!Socket.TakeError(out var failure)) return true;
        Fail(failure);
        return false;
    }

    private protected override PeerAddress SocketLocal()
    {
        if (_socket is null) return default;
        if (AcceptedFrom is { } listener) return new PeerAddress(listener.Address.Address.GetAddressBytes(), listener.Address.Port);
        // Whatever a system gives that has many connections to one address: no two have the same.
        return new PeerAddress([10, 2, 0, 1], 1024 + (_socket.Id % 60_000));
    }

    private protected override void SocketShutdown() => Socket.Shutdown();

    private protected override void SocketClose(bool reset)
    {
        if (_socket is null) return;
        _loop.Forget(this);
        _loop.Network.Trace.Add(_loop.Network.NowUs, "proxy closes", _socket.Id, reset ? 1 : 0, _socket.Arrived);
        _socket.Close(reset);
    }

    private int Result(int result, ConnectionFailure failure)
    {
        if (result == Transfer.Failed) Fail(failure == ConnectionFailure.None ? ConnectionFailure.Closed : failure);
        return result;
    }
}
