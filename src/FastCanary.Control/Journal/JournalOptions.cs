namespace FastCanary.Control;

/// <summary>How much a journal keeps.</summary>
internal sealed record JournalOptions
{
    /// <summary>A file that would become larger is closed, and the next one begun; an entry that is larger has a file to itself.</summary>
    public long SizeBytesMax { get; init; } = 16 << 20;

    /// <summary>How many files there are at most, the live one among them; 2 or more. The oldest is deleted when there is one more.</summary>
    public int FilesMax { get; init; } = 8;

    /// <summary>Dates what the journal tells by itself: that it was damaged.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
