namespace FastCanary.Traffic;

/// <summary>
/// What became of the requests that were mirrored to one version: counts, and the last few differences. All loops and the comparing thread add; the control plane reads.
/// Any thread.
/// </summary>
public sealed class MirrorCounters
{
    /// <summary>How many differences are kept, of noise and of others each.</summary>
    public const int DifferencesMax = 8;

    private const int CountsTotal = (int)MirrorCount.SkippedIncomplete + 1;

    private readonly long[] _counts = new long[CountsTotal];
    private MirrorDifference[] _differences = [];
    private MirrorDifference[] _noise = [];

    /// <summary>The last differences that are not noise, the newest first.</summary>
    public IReadOnlyList<MirrorDifference> Differences => Volatile.Read(ref _differences);

    /// <summary>The last differences that are noise, the newest first: candidates for what to ignore.</summary>
    public IReadOnlyList<MirrorDifference> Noise => Volatile.Read(ref _noise);

    /// <summary>The count for a kind and a verdict.</summary>
    public static MirrorCount Of(MirrorDifferenceKind kind, MirrorVerdict verdict) =>
        (MirrorCount)((int)MirrorCount.StatusChanged + (3 * (int)verdict) + (int)kind);

    /// <summary>How often this happened.</summary>
    public long this[MirrorCount what] => Volatile.Read(ref _counts[(int)what]);

    /// <summary>All differences of a kind, whatever they turned out to be.</summary>
    public long this[MirrorDifferenceKind kind] =>
        this[Of(kind, MirrorVerdict.Changed)] + this[Of(kind, MirrorVerdict.Noise)] + this[Of(kind, MirrorVerdict.Unconfirmed)];

    /// <summary>Counts one.</summary>
    public void Add(MirrorCount what) => Interlocked.Increment(ref _counts[(int)what]);

    /// <summary>Counts a difference and keeps it in place of the oldest. The comparing thread only.</summary>
    public void Add(MirrorDifference difference)
    {
        ref MirrorDifference[] kept = ref difference.Verdict == MirrorVerdict.Noise ? ref _noise : ref _differences;
        MirrorDifference[] before = kept;
        var after = new MirrorDifference[Math.Min(before.Length + 1, DifferencesMax)];
        after[0] = difference;
        Array.Copy(before, 0, after, 1, after.Length - 1);
        Volatile.Write(ref kept, after);
        Add(Of(difference.Kind, difference.Verdict));
    }
}
