namespace FastCanary.LoadTests.Engine;

/// <summary>What a step knows of the load that it is part of.</summary>
/// <param name="Number">From 0: of this step among all of the load.</param>
/// <param name="Copy">From 0: of the copy that runs it, in a closed stretch; -1 in an open one.</param>
/// <param name="Cancel">The step's time is over, or the load is.</param>
internal readonly record struct StepContext(long Number, int Copy, CancellationToken Cancel);
