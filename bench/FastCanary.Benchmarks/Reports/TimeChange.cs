namespace FastCanary.Benchmarks.Reports;

/// <summary>What became of a benchmark's time since the last result.</summary>
internal enum TimeChange : byte
{
    /// <summary>The last result does not have it.</summary>
    New,

    /// <summary>No change that noise could not have made.</summary>
    WithinNoise,

    Faster,

    Slower,
}
