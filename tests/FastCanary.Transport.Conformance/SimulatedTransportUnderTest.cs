using System.Net;
using FastCanary.Simulation;

namespace FastCanary.Transport.Conformance;

/// <summary>A loop in a simulated network that disturbs nothing. Whoever waits here lets virtual time pass.</summary>
internal sealed class SimulatedTransportUnderTest : TransportUnderTest
{
    private const long PatienceUs = 60_000_000;

    // What two kernels hold of one direction after they have tuned it, as the suite's bodies expect.
    private const int BufferBytes = 6 << 20;

    // Longer than anything is under way.
    private const int SendUs = 100;

    private readonly SimulatedNetwork _network;
    private readonly IPEndPoint _address = new(new IPAddress([10, 0, 0, 1]), 80);
    private readonly IPEndPoint _target = new(new IPAddress([10, 1, 0, 1]), 80);
    private readonly Queue<Connection> _accepted = new();
    private readonly Queue<SimulatedPeer> _targets = new();
    private readonly List<Peer> _peers = [];
    private bool _disposed;

    public SimulatedTransportUnderTest(long blockBytesMax)
    {
        // Continuations of the work belong on the loop, not where the test framework would post them.
        SynchronizationContext.SetSynchronizationContext(null);
        _network = new SimulatedNetwork(1, new NetworkOptions { BufferBytes = (BufferBytes, BufferBytes), CanSplice = true, PipeBytes = 256 << 10 });
        Loop = new SimulatedBackend(_network).CreateLoop("test", blockBytesMax);
        Loop.Listen(_address, new ConnectionLimit(), _accepted.Enqueue);
        _network.Serve(_target, _targets.Enqueue);
    }

    public override string Name => "simulated";

    public override EventLoop Loop { get; }

    public override bool CanRunOutOfDescriptors => false;

    public override T Run<T>(Func<Task<T>> work) => Begin(work).Get();

    public override Pending<T> Begin<T>(Func<Task<T>> work) => new(work(), task => Pump(() => task.IsCompleted));

    public override (Peer Peer, Connection Connection) Accepted()
    {
        var peer = _network.Connect(_address);
        Pump(() => _accepted.Count > 0 && peer.CanSend);
        return (Adopt(peer), _accepted.Dequeue());
    }

    public override (Peer Peer, Connection Connection) Connected()
    {
        var connection = Loop.Connect(_target);
        var flushed = Run(async () => await connection.Output.FlushAsync());
        Assert.False(flushed.IsCompleted, $"{connection.Failure}");
        return (Adopt(_targets.Dequeue()), connection);
    }

    public override void Until(Func<bool> condition) => Pump(condition);

    public override void Advance(int milliseconds) => AdvanceUs(1000L * milliseconds);

    protected override void Dispose(bool disposing)
    {
        if (_disposed) return;
        _disposed = true;
        foreach (var peer in _peers) peer.Dispose();
        Loop.Stop();
        Assert.Equal(0, Loop.ConnectionCount);
        Assert.Equal(0, Loop.BlocksRented);
        Assert.Equal(0, Loop.PipesRented);
        Loop.Dispose();
    }

    private ScriptedPeer Adopt(SimulatedPeer peer)
    {
        var adopted = new ScriptedPeer(this, peer);
        _peers.Add(adopted);
        return adopted;
    }

    private void AdvanceUs(long us)
    {
        var over = false;
        _network.After(us, () => over = true);
        Pump(() => over);
    }

    private void Pump(Func<bool> condition)
    {
        var until = _network.NowUs + PatienceUs;
        while (!condition())
        {
            Assert.True(_network.NowUs < until, "not within a virtual minute");
            Assert.True(_network.Step(), "nothing will ever happen again");
        }
    }

    private sealed class ScriptedPeer(SimulatedTransportUnderTest under, SimulatedPeer peer) : Peer
    {
        private bool _isReset;

        public override bool IsReset => _isReset;

        public override void Send(ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                var sent = peer.Send(bytes);
                bytes = bytes[sent..];
                if (bytes.IsEmpty) break;
                if (sent == 0 && !peer.CanSend) throw new IOException("sent after the end");
                under.Pump(() => !peer.CanSend || peer.Socket.RoomToSend > 0);
            }

            // On loopback what was sent has arrived when the call returns; the suite's steps rely on it.
            under.AdvanceUs(SendUs);
        }

        public override byte[] Receive(int count)
        {
            var bytes = new byte[count];
            for (var at = 0; at < count;)
            {
                under.Pump(() => peer.Available > 0 || peer.IsEnding);
                var received = peer.Receive(bytes.AsSpan(at));
                if (received == 0) throw new EndOfStreamException($"the end after {at} of {count} bytes");
                at += received;
            }

            return bytes;
        }

        public override byte[] ReceiveToEnd()
        {
            using var all = new MemoryStream();
            var buffer = new byte[64 << 10];
            while (true)
            {
                under.Pump(() => peer.Available > 0 || peer.IsEnding);
                var received = peer.Receive(buffer);
                if (received == 0) break;
                all.Write(buffer, 0, received);
            }

            _isReset = peer.IsBroken;
            return all.ToArray();
        }

        public override void ShutdownSend() => peer.Finish();

        public override void Reset() => peer.Reset();

        public override void Close() => peer.Close();

        protected override void Dispose(bool disposing) => peer.Close();
    }
}
