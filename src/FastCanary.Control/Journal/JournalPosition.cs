namespace FastCanary.Control;

/// <summary>Where an entry is.</summary>
/// <param name="N">Its number.</param>
/// <param name="FileFirst">The number of the first entry of its file.</param>
/// <param name="Offset">Where its line begins there.</param>
/// <param name="Length">The line's bytes, its line feed not counted.</param>
internal readonly record struct JournalPosition(long N, long FileFirst, long Offset, int Length);
