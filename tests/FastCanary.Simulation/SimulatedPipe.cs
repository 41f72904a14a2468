using FastCanary.Transport;

namespace FastCanary.Simulation;

/// <summary>A pipe of the kernel.</summary>
internal sealed class SimulatedPipe : KernelPipe
{
    private readonly ByteQueue _bytes = new();
    private byte[] _passing = [];
    private bool _closed;

    public SimulatedPipe(int capacity) => Capacity = capacity;

    /// <summary>What splice(2) into the pipe returns.</summary>
    public int FillFrom(SimulatedConnection connection, int bytesMax)
    {
        AssertSane();
        var room = Math.Min(bytesMax, Capacity - _bytes.Count);
        if (room <= 0) return Transfer.WouldBlock;
        if (_passing.Length < room) _passing = new byte[room];
        var received = connection.Receive(ref _passing[0], room);
        if (received <= 0) return received;
        _bytes.Add(_passing.AsSpan(0, received));
        connection.SimulatedLoop.PipesFilled++;
        return received;
    }

    /// <summary>What splice(2) out of the pipe returns.</summary>
    public int DrainTo(SimulatedConnection connection)
    {
        AssertSane();
        var sent = connection.Send(_bytes.Peek(_bytes.Count), default, more: false);
        if (sent > 0) _bytes.Drop(sent);
        return sent;
    }

    internal override void Close() => _closed = true;

    private void AssertSane()
    {
        if (_closed) throw new InvalidOperationException("a pipe is used that was given back to the system");
        if (_bytes.Count != Length) throw new InvalidOperationException("a pipe holds something else than its user believes");
    }
}
