using FastCanary.Transport;

namespace FastCanary.Simulation;

/// <summary>A script's end of a connection to a loop. Nothing blocks: it is told by <see cref="Changed"/> and looks.</summary>
internal sealed class SimulatedPeer(SimulatedNetwork network, SimulatedSocket socket)
{
    public SimulatedNetwork Network => network;

    public SimulatedSocket Socket => socket;

    public int Id => socket.Id;

    /// <summary>Called when bytes, room or an end have come.</summary>
    public Action? Changed
    {
        get => socket.Changed;
        set => socket.Changed = value;
    }

    /// <summary>Bytes that are there to receive.</summary>
    public int Available => socket.Arrived;

    /// <summary>All was received, and behind it the other side's orderly end.</summary>
    public bool HasEnded => socket.FinArrived && socket.Arrived == 0;

    /// <summary>Refused, reset or broken; nothing is left to receive.</summary>
    public bool IsBroken => socket.IsDead && socket.Arrived == 0 && !socket.FinArrived;

    /// <summary>The other side has ended or broken it; there may be something left to receive.</summary>
    public bool IsEnding => socket.FinArrived || socket.IsDead;

    public bool IsClosed => socket.IsClosed;

    public bool CanSend => socket is { IsConnected: true, IsDead: false, OutputShut: false, IsClosed: false };

    /// <summary>Takes what is there, up to the buffer's length.</summary>
    /// <returns>0 where nothing is there.</returns>
    public int Receive(Span<byte> to) => socket.Arrived == 0 ? 0 : socket.Receive(to, out _);

    /// <summary>Sends what there is room for; more room is told by <see cref="Changed"/>.</summary>
    /// <returns>Bytes taken.</returns>
    public int Send(ReadOnlySpan<byte> bytes) => bytes.IsEmpty || !CanSendAtAll ? 0 : Math.Max(0, socket.Send(bytes, default, out _));

    /// <summary>FIN; receiving goes on.</summary>
    public void Finish() => socket.Shutdown();

    public void Close() => socket.Close(reset: false);

    public void Reset() => socket.Close(reset: true);

    private bool CanSendAtAll => !socket.IsDead && !socket.OutputShut && !socket.IsClosed;
}
