namespace FastCanary.Release;

/// <summary>A decision as it was, and as it comes out again.</summary>
/// <param name="N">Its number in the journal; 0 where it is not there.</param>
/// <param name="Recorded">As it was; null where none was taken.</param>
/// <param name="Replayed">As it comes out; null where none does.</param>
public sealed record ReplayedDecision(long N, RecordedDecision? Recorded, RecordedDecision? Replayed)
{
    /// <summary>It came out as it was.</summary>
    public bool IsSame => Recorded == Replayed;
}
