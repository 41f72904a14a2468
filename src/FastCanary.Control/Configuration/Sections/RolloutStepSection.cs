namespace FastCanary.Control;

/// <summary>An item of <c>services.NAME.rollout.steps</c>.</summary>
internal static class RolloutStepSection
{
    /// <summary>Of a hold, a pause and a watch: a week.</summary>
    public static readonly TimeSpan HoldMax = TimeSpan.FromHours(168);

    public static readonly Section<RolloutStepConfig> Keys = new(
        "rolloutStep",
        new("weight", (reader, node, config) =>
            (config.WeightBasisPoints, config.WeightPosition) = (reader.Share(node, 1, ConfigReader.ShareMax) ?? 0, node.Position)),
        new("hold", (reader, node, config) => config.Hold = reader.Duration(node, ConfigReader.DurationMin, HoldMax) ?? config.Hold),
        new("pause", ReadPause));

    public static void ReadAll(ConfigReader reader, ConfigNode node, RolloutConfig config)
    {
        int errors = reader.Errors.Count;
        var steps = new List<RolloutStepConfig>();
        int weight = 0;
        foreach (ConfigNode item in reader.List(node, "step"))
        {
            RolloutStepConfig step = Read(reader, item);
            if (step.WeightBasisPoints is > 0 and var share)
            {
                if (share < weight)
                {
                    reader.Error(
                        step.WeightPosition,
                        $"expected at least {ConfigReader.WrittenShare(weight)}, what a step before has, got {ConfigReader.WrittenShare(share)}: a rollout's weights never fall");
                }
                weight = Math.Max(weight, share);
            }
            steps.Add(step);
        }
        config.Steps = steps;
        if (weight == 0 && reader.Errors.Count == errors)
            reader.Error(node.Position, "expected at least one step with a \"weight\": with pauses alone the canary gets nothing");
    }

    private static RolloutStepConfig Read(ConfigReader reader, ConfigNode node)
    {
        var config = new RolloutStepConfig();
        Keys.Read(reader, node, config);
        if (node is not MappingNode mapping)
            return config;
        MappingEntry? pause = mapping.Find("pause");
        if (pause is null && mapping.Find("weight") is null && !reader.HasErrorUnder(mapping.Position.Path))
            reader.Error(mapping.Position, "a step needs \"weight\" or \"pause\"");
        if (pause is null)
            return config;
        if (mapping.Find("weight") is not null)
            reader.Error(pause.KeyPosition, "a step has either \"weight\" or \"pause\", not both; make the pause a step of its own, behind this one");
        else if (mapping.Find("hold") is { } hold)
            reader.Error(hold.KeyPosition, "has no meaning in a pause; a pause that ends by itself is written \"pause: 5m\"");
        return config;
    }

    // The one boolean is true; anything else is meant to be a time.
    private static void ReadPause(ConfigReader reader, ConfigNode node, RolloutStepConfig config)
    {
        config.IsPause = true;
        if (node is ScalarNode { Kind: ScalarKind.Boolean } scalar)
        {
            if (reader.Boolean(scalar) == false)
                reader.Error(node.Position, "expected true or a time such as 5m, got false; leave the step away");
            return;
        }
        config.Hold = reader.Duration(node, ConfigReader.DurationMin, HoldMax, orElse: "true, or ") ?? config.Hold;
    }
}
