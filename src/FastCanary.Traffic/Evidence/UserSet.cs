namespace FastCanary.Traffic;

/// <summary>
/// Which users have been seen, by a bit of their key's hash: 2^20 bits, 128 KiB, whatever comes. Two users who share a bit are one; whose version they are on plays no part in that, so
/// what is lost is lost to all versions alike. Shared by all loops, never locked.
/// </summary>
internal sealed class UserSet
{
    /// <summary>How many bits there are.</summary>
    public const int Bits = 1 << 20;

    private readonly ulong[] _words = new ulong[Bits / 64];

    /// <summary>Adds a user.</summary>
    /// <param name="hash">Its low bits are taken: the high ones decide about the version (<see cref="AffinityModel.BucketOf"/>).</param>
    /// <returns>Whether it was not there before.</returns>
    public bool TryAdd(ulong hash)
    {
        uint place = (uint)hash & (Bits - 1);
        ref ulong word = ref _words[place >> 6];
        ulong bit = 1UL << (int)(place & 63);
        // Most often it is there already, and the line need not travel between cores.
        return (Volatile.Read(ref word) & bit) == 0 && (Interlocked.Or(ref word, bit) & bit) == 0;
    }

    /// <summary>Forgets everybody. Who is added meanwhile may be forgotten too.</summary>
    public void Clear() => Array.Clear(_words);
}
