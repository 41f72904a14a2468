namespace FastCanary.Control;

/// <summary>An item of <c>services.NAME.rollout.notify</c>.</summary>
internal static class NotifySection
{
    public static readonly Section<NotifyConfig> Keys = new(
        "notify",
        new("webhook", (reader, node, config) => (config.Target, config.Url) = (NotifyTarget.Webhook, reader.Url(node, "https://hooks.example/x"))),
        new("alertmanager", (reader, node, config) => (config.Target, config.Url) = (NotifyTarget.Alertmanager, reader.Url(node, "http://127.0.0.1:9093"))),
        new("on", ReadOn));

    // The kinds of decisions that there are to tell, as the journal calls them.
    private static readonly string[] Kinds = ["started", "advanced", "paused", "held", "promoted", "aborted", "undone", "completed"];

    public static NotifyConfig Read(ConfigReader reader, ConfigNode node)
    {
        var config = new NotifyConfig();
        Keys.Read(reader, node, config);
        if (node is not MappingNode mapping)
            return config;
        if (mapping.Find("webhook") is not null && mapping.Find("alertmanager") is { } second)
            reader.Error(second.KeyPosition, "a notifier has either \"webhook\" or \"alertmanager\", not both; list two");
        else if (mapping.Find("webhook") is null && mapping.Find("alertmanager") is null)
            reader.Error(mapping.Position, "a notifier needs \"webhook\" or \"alertmanager\"");
        return config;
    }

    private static void ReadOn(ConfigReader reader, ConfigNode node, NotifyConfig config)
    {
        var on = new List<string>();
        foreach (ConfigNode item in reader.List(node, "decision"))
        {
            if (reader.Choice(item, [.. Kinds.Select((kind, index) => (kind, index))]) is { } index && !on.Contains(Kinds[index], StringComparer.Ordinal))
                on.Add(Kinds[index]);
        }
        config.On = on;
    }
}
