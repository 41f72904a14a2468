namespace FastCanary.Decisions;

/// <summary>Which columns a table has.</summary>
internal enum TableShape
{
    /// <summary>The canary is no worse: how often is it aborted?</summary>
    FalseAborts,

    /// <summary>The canary is worse: how often is that found, when, and at what cost?</summary>
    Detection,

    /// <summary>A whole plan, on a canary that is no worse.</summary>
    GoodPlan,

    /// <summary>A whole plan, on a canary that is worse.</summary>
    BadPlan,
}
