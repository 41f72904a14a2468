namespace FastCanary.Decisions;

/// <summary>What the study must show.</summary>
/// <param name="Claim">In words.</param>
/// <param name="Found">What came out.</param>
/// <param name="Holds">Whether that is what is claimed.</param>
internal sealed record StudyCheck(string Claim, string Found, bool Holds);
