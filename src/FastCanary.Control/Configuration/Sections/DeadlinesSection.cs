namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.deadlines</c>.</summary>
internal static class DeadlinesSection
{
    public static readonly Section<DeadlinesConfig> Keys = new(
        "deadlines",
        new("step", (reader, node, config) => DeadlineSection.Keys.Read(reader, node, config.Step)),
        new("pause", (reader, node, config) => DeadlineSection.Keys.Read(reader, node, config.Pause)));
}
