namespace FastCanary.Control;

/// <summary>What became of a change, and why, where it was not made. Whatever is not <see cref="ChangeOutcome.Done"/> has changed nothing.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Detail">For who asked: what is wrong and what would be right; empty where it is done.</param>
internal readonly record struct ChangeResult(ChangeOutcome Outcome, string Detail)
{
    /// <summary>It is journalled and in force.</summary>
    public static ChangeResult Done { get; } = new(ChangeOutcome.Done, "");

    /// <summary>There is no such service.</summary>
    public static ChangeResult NotFound { get; } = new(ChangeOutcome.NotFound, "");

    /// <summary>It asks for what cannot be.</summary>
    public static ChangeResult Invalid(string detail) => new(ChangeOutcome.Invalid, detail);

    /// <summary>Not in the state that things are in.</summary>
    public static ChangeResult Conflict(string detail) => new(ChangeOutcome.Conflict, detail);

    /// <summary>It could not be put in force, though it was right.</summary>
    public static ChangeResult Failed(string detail) => new(ChangeOutcome.Failed, detail);
}
