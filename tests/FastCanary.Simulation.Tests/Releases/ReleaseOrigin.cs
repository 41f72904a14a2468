using System.Net;

namespace FastCanary.Simulation.Tests.Releases;

/// <summary>One version's endpoint: answers each request after a drawn time, and fails as often as it is told.</summary>
internal sealed class ReleaseOrigin
{
    private static readonly byte[] Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray();
    private static readonly byte[] Failed = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"u8.ToArray();

    private readonly SimulatedNetwork _network;
    private readonly Prng _random;

    public ReleaseOrigin(SimulatedNetwork network, IPEndPoint address, ulong seed)
    {
        (_network, _random, Address) = (network, new Prng(seed), address);
        network.Serve(address, peer => peer.Changed = () => OnChanged(peer));
    }

    public IPEndPoint Address { get; }

    /// <summary>How many of a thousand requests it answers with 500.</summary>
    public int FailuresPerMille { get; set; }

    /// <summary>What its times are multiplied by.</summary>
    public double Slowness { get; set; } = 1;

    /// <summary>Requests that came.</summary>
    public int Requests { get; private set; }

    /// <summary>Requests that it failed.</summary>
    public int Failures { get; private set; }

    private void OnChanged(SimulatedPeer peer)
    {
        Span<byte> input = stackalloc byte[4096];
        int read;
        // A proxy sends a head at once, and the network of these runs cuts nothing; a second request comes behind the first one's answer.
        while ((read = peer.Receive(input)) > 0)
        {
            Assert.True(input[..read].EndsWith("\r\n\r\n"u8), "a request arrives whole");
            Answer(peer);
        }

        if (peer.IsEnding) peer.Close();
    }

    private void Answer(SimulatedPeer peer)
    {
        Requests++;
        var fails = _random.Chance(FailuresPerMille);
        if (fails) Failures++;
        // Half of the requests take 2 to 4 ms, half of the others up to 8 ms, and so on: a long tail, to 128 ms.
        var longest = 4000;
        while (longest < 128_000 && _random.Chance(500)) longest *= 2;
        _network.After((long)(Slowness * _random.Between(longest / 2, longest)), () => peer.Send(fails ? Failed : Ok));
    }
}
