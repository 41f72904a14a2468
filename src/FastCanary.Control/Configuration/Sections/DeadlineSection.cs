using FastCanary.Release;

namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.deadlines.step</c> and <c>.pause</c>.</summary>
internal static class DeadlineSection
{
    private static readonly TimeSpan AfterMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterMax = TimeSpan.FromHours(8760);

    public static readonly Section<DeadlineConfig> Keys = new(
        "deadline",
        new("after", (reader, node, config) => config.After = reader.Duration(node, AfterMin, AfterMax) ?? config.After),
        new("outcome", (reader, node, config) => config.Outcome = reader.Choice(
            node,
            ("pause", DeadlineOutcome.Pause), ("promote", DeadlineOutcome.Promote), ("abort", DeadlineOutcome.Abort), ("wait", DeadlineOutcome.Wait)) ?? config.Outcome));
}
