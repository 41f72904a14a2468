namespace FastCanary.Control;

/// <summary><c>state.journal</c>: how much of the journal is kept.</summary>
public sealed class JournalConfig
{
    /// <summary>How large a file grows before the next is begun, in bytes.</summary>
    public long FileBytes { get; internal set; } = 16 * 1024 * 1024;

    /// <summary>How many files there are at most, with the one that is written to; the oldest goes.</summary>
    public int Files { get; internal set; } = 8;
}
