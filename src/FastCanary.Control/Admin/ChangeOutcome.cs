namespace FastCanary.Control;

/// <summary>What became of a change.</summary>
internal enum ChangeOutcome : byte
{
    /// <summary>It is journalled and in force.</summary>
    Done,

    /// <summary>There is no such service: 404.</summary>
    NotFound,

    /// <summary>It asks for what cannot be: 400.</summary>
    Invalid,

    /// <summary>Not in the state that things are in: 409.</summary>
    Conflict,

    /// <summary>It could not be put in force, though it was right: 500.</summary>
    Failed,
}
