namespace FastCanary.LoadTests.Scenarios;

/// <summary>How a scenario ended.</summary>
internal enum Outcome
{
    /// <summary>Every threshold held.</summary>
    Passed,

    /// <summary>One did not, or the scenario broke off.</summary>
    Failed,

    /// <summary>The target lacks something that it needs; it was not played.</summary>
    Skipped,
}
