namespace FastCanary.Control;

/// <summary><c>services.NAME.queue</c>.</summary>
internal static class QueueSection
{
    public const int SizeMax = 1_000_000;

    public static readonly Section<QueueConfig> Keys = new(
        "queue",
        new("size", (reader, node, config) => config.Size = reader.Whole(node, 0, SizeMax) ?? config.Size),
        new("timeout", (reader, node, config) => config.Timeout = reader.Duration(node) ?? config.Timeout));
}
