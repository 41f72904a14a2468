namespace FastCanary.Control;

/// <summary>How a state file was found.</summary>
/// <param name="Condition">Whether its content may be used.</param>
/// <param name="Reason">What is wrong with a damaged one, with its path, in words for the log; else empty.</param>
/// <param name="KeptAs">Where a copy of a damaged one is kept; null if there is none, or it could not be read or copied.</param>
internal readonly record struct StateFileRecovery(StateFileCondition Condition, string Reason, string? KeptAs);
