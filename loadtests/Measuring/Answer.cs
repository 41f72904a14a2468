namespace FastCanary.LoadTests.Measuring;

/// <summary>What became of one request, with the times between which its version was chosen.</summary>
/// <param name="Number">Of the request in its load.</param>
/// <param name="SentAt">Seconds of the scenario's clock, just before it was sent.</param>
/// <param name="EndedAt">Just after its answer was whole, or it had failed.</param>
/// <param name="Version">The number of the version that answered, or <see cref="Engine.VersionNames.Unknown"/>.</param>
/// <param name="HasFailed">Whether the answer was not as expected, or there was none.</param>
internal readonly record struct Answer(long Number, double SentAt, double EndedAt, int Version, bool HasFailed);
