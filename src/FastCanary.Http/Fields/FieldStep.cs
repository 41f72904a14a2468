namespace FastCanary.Http;

/// <summary>Why the reading of a field section paused.</summary>
internal enum FieldStep : byte
{
    /// <summary>The bytes so far end within a line.</summary>
    NeedMore,

    /// <summary>A line of a known field was read: it is the last line.</summary>
    Known,

    /// <summary>The empty line was read.</summary>
    End,

    /// <summary>The section is refused.</summary>
    Invalid,
}
