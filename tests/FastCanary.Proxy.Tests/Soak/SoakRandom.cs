namespace FastCanary.Proxy.Tests.Soak;

/// <summary>SplitMix64: the same numbers for the same seed on every system and every version of .NET.</summary>
internal sealed class SoakRandom(ulong seed)
{
    public const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state = seed;

    /// <summary>The finalizer of SplitMix64: any two inputs give unrelated outputs, and no two the same.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    public ulong Next() => Mix(_state += Golden);

    /// <summary>From 0 to <paramref name="bound"/> - 1.</summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);

    /// <summary>From <paramref name="from"/> to <paramref name="to"/>, both included.</summary>
    public int Between(int from, int to) => from + Below(to - from + 1);

    public bool OneIn(int count) => Below(count) == 0;

    /// <summary>A size whose magnitude is what is uniform: small ones are as likely as large ones.</summary>
    public int Size(int from, int to)
    {
        var size = Between(from, to);
        while (size / 2 > from && OneIn(2)) size /= 2;
        return size;
    }

    /// <summary>One whose numbers do not depend on how many were drawn here.</summary>
    public static SoakRandom Of(ulong seed, int stream) => new(Mix(seed + ((ulong)stream * 0xD1342543DE82EF95)));
}
