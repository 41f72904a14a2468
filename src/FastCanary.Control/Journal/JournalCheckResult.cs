namespace FastCanary.Control;

/// <summary>What a check of a journal's files found.</summary>
/// <param name="Count">How many entries are right, from the first on.</param>
/// <param name="Fault">The first place that is not; null if there is none.</param>
/// <param name="TornBytes">How many bytes at the end of the last file are no whole entry: one that is just being written, or whose writing was interrupted. No fault.</param>
public sealed record JournalCheckResult(long Count, JournalFault? Fault, long TornBytes);
