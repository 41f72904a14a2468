namespace FastCanary.Control;

/// <summary>How a journal was found when it was opened.</summary>
/// <param name="TornBytes">How much was cut off the live file's end: an entry whose writing was interrupted, and that nobody was told to be durable. 0: nothing.</param>
/// <param name="Fault">What was wrong besides; null if nothing was.</param>
/// <param name="KeptAs">Where the damaged file is kept; null if none was damaged, or it is missing.</param>
internal sealed record JournalRecovery(long TornBytes, JournalFault? Fault, string? KeptAs)
{
    /// <summary>Whether entries are missing, or may not be what was written; a new chain began then, with an entry of the kind "broken".</summary>
    public bool IsBroken => Fault is not null;
}
