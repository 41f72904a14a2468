using FastCanary.Http;

namespace FastCanary.Proxy;

/// <summary>What one loop's requests draw from. Not thread-safe.</summary>
internal sealed class Randomness
{
    /// <summary>Seeded by the system.</summary>
    public Randomness()
    {
        Random = new Random();
        Ids = new RequestIdGenerator();
    }

    /// <summary>Repeats itself: for the simulation.</summary>
    public Randomness(int seed)
    {
        Random = new Random(seed);
        Ids = new RequestIdGenerator((ulong)seed);
    }

    /// <summary>For drills.</summary>
    public Random Random { get; }

    /// <summary>Makes request IDs and affinity keys.</summary>
    public RequestIdGenerator Ids { get; }
}
