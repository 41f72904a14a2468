namespace FastCanary.Release;

/// <summary>An entry of a journal.</summary>
/// <param name="N">Its number.</param>
/// <param name="Kind"><see cref="Begin"/>, <see cref="Observation"/>, <see cref="Command"/>, <see cref="Decision"/>; others are passed over.</param>
/// <param name="Body">Its JSON.</param>
public readonly record struct ReplayRecord(long N, string Kind, ReadOnlyMemory<byte> Body)
{
    /// <summary>A rollout's plan and state from here on.</summary>
    public const string Begin = "begin";

    /// <summary>A look.</summary>
    public const string Observation = "observation";

    /// <summary>What someone asked for.</summary>
    public const string Command = "command";

    /// <summary>What was decided.</summary>
    public const string Decision = "decision";
}
