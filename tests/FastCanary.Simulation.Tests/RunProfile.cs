namespace FastCanary.Simulation.Tests;

/// <summary>What may go wrong in one run. Every run has some kinds of trouble and not others, so that none hides another.</summary>
internal sealed record RunProfile
{
    public required NetworkOptions Network { get; init; }

    public bool ClientsMisbehave { get; private init; }

    public bool RequestsAreMalformed { get; private init; }

    public bool OriginsMisbehave { get; private init; }

    public bool OriginsCloseIdle { get; private init; }

    public bool OriginsSayMoreLater { get; private init; }

    public bool Reloads { get; private init; }

    /// <summary>Reloads take a second listener away and bring it back.</summary>
    public bool ListenersComeAndGo { get; private init; }

    /// <summary>Some endpoint has nobody behind it.</summary>
    public bool HasDeadEndpoint { get; private init; }

    /// <summary>Requests are sent again, within their version and on the baseline.</summary>
    public bool Retries { get; private init; }

    public bool EndpointsAreEjected { get; private init; }

    public bool StartsSlowly { get; private init; }

    /// <summary>Endpoints have a bound for their connections, and requests queue.</summary>
    public bool ConnectionsAreBounded { get; private init; }

    public bool Drills { get; private init; }

    /// <summary>Rules and users' keys come before the split, features go along.</summary>
    public bool RequestsDecide { get; private init; }

    public int Clients { get; private init; }

    public int Requests { get; private init; }

    /// <summary>Bodies of more than some tens of KiB.</summary>
    public bool LargeBodies { get; private init; }

    /// <summary>The network breaks nothing, and memory is never short.</summary>
    public bool IsGentle =>
        !HasDeadEndpoint && Network is { Refused: 0, Unanswered: 0, OutOfDescriptors: 0, Broken: 0, BlockBytesMax: 0 };

    public static RunProfile Of(int seed, Prng random)
    {
        var badPeers = (seed & 1) != 0;
        var badNetwork = (seed & 2) != 0;
        bool Some(bool at) => at && random.Chance(500);
        int Rate(int most) => random.Chance(500) ? random.Skewed(most) : 0;
        int Fault(int most) => badNetwork && random.Chance(350) ? random.Skewed(most) : 0;
        (int, int)[] buffers = [(300, 3000), (4 << 10, 16 << 10), (16 << 10, 64 << 10), (128 << 10, 256 << 10), (128 << 10, 256 << 10)];
        (int, int)[] delays = [(1, 2), (10, 60), (10, 1500), (1, 8000)];
        var network = new NetworkOptions
        {
            DelayUs = random.Pick<(int, int)>(delays),
            BufferBytes = random.Pick<(int, int)>(buffers),
            ShortReceive = Rate(400),
            ShortSend = Rate(400),
            SendBlocks = Rate(300),
            Cut = Rate(500),
            LateEvent = Rate(400),
            SpuriousEvent = Rate(200),
            Interrupted = Rate(100),
            SlowPass = Rate(20),
            Refused = Fault(120),
            Unanswered = Fault(60),
            OutOfDescriptors = Fault(60),
            Broken = Fault(30),
            CanSplice = random.Chance(600),
            PipeRefused = Rate(500),
            PipeBytes = 1024 << random.Below(8),
            BlockBytesMax = badNetwork && random.Chance(250) ? 4096 * random.Between(1, 12) : 0,
        };
        var plain = random.Chance(200);
        bool Feature(int perMille) => !plain && random.Chance(perMille);
        return new RunProfile
        {
            Retries = Feature(600),
            EndpointsAreEjected = Feature(500),
            StartsSlowly = Feature(400),
            ConnectionsAreBounded = Feature(400),
            Drills = Feature(200),
            RequestsDecide = Feature(400),
            Network = network,
            ClientsMisbehave = Some(badPeers),
            RequestsAreMalformed = Some(badPeers),
            OriginsMisbehave = Some(badPeers),
            OriginsCloseIdle = Some(badPeers),
            OriginsSayMoreLater = badPeers && random.Chance(150),
            Reloads = random.Chance(500),
            ListenersComeAndGo = random.Chance(300),
            HasDeadEndpoint = badNetwork && random.Chance(200),
            Clients = random.Between(2, 12),
            Requests = random.Between(30, 200),
            LargeBodies = random.Chance(300),
        };
    }
}
