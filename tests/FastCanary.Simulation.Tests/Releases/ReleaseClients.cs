using System.Net;

namespace FastCanary.Simulation.Tests.Releases;

/// <summary>Clients that ask at drawn moments, whatever the answers do: each request on a connection that is free, or on a new one.</summary>
internal sealed class ReleaseClients(SimulatedNetwork network, IPEndPoint address, ulong seed)
{
    private const int SecondUs = 1_000_000;

    private static readonly byte[] Request = "GET / HTTP/1.1\r\nHost: s.example\r\n\r\n"u8.ToArray();

    private readonly Prng _random = new(seed);
    private readonly Stack<SimulatedPeer> _free = new();

    /// <summary>Requests sent so far.</summary>
    public int Asked { get; private set; }

    /// <summary>Answers that came.</summary>
    public int Answered { get; private set; }

    /// <summary>Answers with status 500.</summary>
    public int Failed { get; private set; }

    /// <summary>Asks so often in the second that begins now.</summary>
    public void Ask(int requests)
    {
        for (var i = 0; i < requests; i++) network.After(_random.Below(SecondUs), Ask);
    }

    private void Ask()
    {
        Asked++;
        while (_free.TryPop(out var idle))
        {
            if (!idle.IsEnding && idle.Send(Request) == Request.Length) return;
            idle.Close();
        }

        var peer = network.Connect(address);
        var sent = false;
        peer.Changed = () =>
        {
            if (!sent && peer.CanSend) sent = peer.Send(Request) == Request.Length;
            OnChanged(peer);
        };
    }

    private void OnChanged(SimulatedPeer peer)
    {
        Span<byte> input = stackalloc byte[4096];
        int read;
        while ((read = peer.Receive(input)) > 0)
        {
            Assert.True(input[..read].EndsWith("\r\n\r\n"u8), "an answer arrives whole");
            Answered++;
            if (input[..read].StartsWith("HTTP/1.1 500 "u8)) Failed++;
            _free.Push(peer);
        }
    }
}
