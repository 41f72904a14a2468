namespace FastCanary.Control;

/// <summary>What a state file was found to be.</summary>
internal enum StateFileCondition
{
    /// <summary>There is none: the first start, or one without a folder for it.</summary>
    Missing,

    /// <summary>It is whole, and what was written.</summary>
    Good,

    /// <summary>It is there and cannot be trusted.</summary>
    Damaged,
}
