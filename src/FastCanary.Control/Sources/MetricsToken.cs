namespace FastCanary.Control;

/// <summary>What <see cref="MetricsReader.Read"/> came to.</summary>
internal enum MetricsToken : byte
{
    /// <summary>A sample.</summary>
    Sample,

    /// <summary>The end of the text.</summary>
    End,

    /// <summary>Something that is not in the format; nothing behind it is read.</summary>
    Invalid,
}
