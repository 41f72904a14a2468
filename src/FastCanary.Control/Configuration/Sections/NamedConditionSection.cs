using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>What a rule asks of a value: its text, or a mapping with one way to compare it.</summary>
internal static class NamedConditionSection
{
    public const int FileBytesMax = 64 * 1024 * 1024;
    public const int FileValuesMax = 1_000_000;

    private const string ExpectedValue = "text without control characters";

    public static readonly Section<NamedConditionConfig> Keys = new(
        "condition",
        new("exact", (reader, node, config) => Set(config, ConditionKind.Exact, reader.Text(node, ExpectedValue, ConfigReader.IsPlain))),
        new("prefix", (reader, node, config) =>
            Set(config, ConditionKind.Prefix, reader.Text(node, $"{ExpectedValue}, at least one character", text => text.Length > 0 && ConfigReader.IsPlain(text)))),
        new("present", ReadPresent),
        new("in", ReadIn),
        new("inFile", ReadInFile));

    /// <summary>Reads a mapping of names to conditions.</summary>
    /// <param name="what">Of what: <c>header</c>, <c>cookie</c>.</param>
    /// <param name="isName">Whether there can be one of that name.</param>
    /// <param name="expectedName">What a name is, to follow "expected".</param>
    /// <param name="names">Which names are the same.</param>
    public static IReadOnlyList<NamedConditionConfig> ReadAll(
        ConfigReader reader, ConfigNode node, string what, Predicate<string> isName, string expectedName, StringComparer names)
    {
        if (node is not MappingNode mapping)
        {
            reader.Error(node.Position, $"expected a mapping of {what} names to what their values must be, got {node.Description}");
            return [];
        }
        if (mapping.Entries.Count is 0 or > ConfigReader.ItemsMax)
            reader.Error(node.Position, $"expected 1 to {ConfigReader.ItemsMax} {what} names, got {mapping.Entries.Count}");
        var conditions = new List<NamedConditionConfig>();
        var lines = new Dictionary<string, int>(names);
        foreach (MappingEntry entry in mapping.Entries)
        {
            if (!isName(entry.Key))
                reader.Error(entry.KeyPosition, $"{ScalarNode.Quote(entry.Key)} is no {what}'s name; expected {expectedName}");
            else if (!lines.TryAdd(entry.Key, entry.KeyPosition.Line))
                reader.Error(entry.KeyPosition, $"the {what} {entry.Key} is listed already, at line {lines[entry.Key]}; case does not count");
            conditions.Add(Read(reader, entry));
        }
        return conditions;
    }

    private static NamedConditionConfig Read(ConfigReader reader, MappingEntry entry)
    {
        var config = new NamedConditionConfig { Name = entry.Key };
        if (entry.Value is not MappingNode mapping)
        {
            Set(config, ConditionKind.Exact, reader.Text(entry.Value, $"{ExpectedValue}, or a mapping with one of {string.Join(", ", Keys.Keys)}", ConfigReader.IsPlain));
            return config;
        }
        int errors = reader.Errors.Count;
        Keys.Read(reader, mapping, config);
        if (mapping.Entries.Count != 1 && reader.Errors.Count == errors)
            reader.Error(mapping.Position, $"expected exactly one of {string.Join(", ", Keys.Keys)}, got {mapping.Entries.Count} keys");
        return config;
    }

    private static void Set(NamedConditionConfig config, ConditionKind kind, string? value) => (config.Kind, config.Values) = (kind, [value ?? ""]);

    private static void ReadPresent(ConfigReader reader, ConfigNode node, NamedConditionConfig config)
    {
        (config.Kind, config.Values) = (ConditionKind.Present, []);
        if (reader.Boolean(node) == false)
            reader.Error(node.Position, "expected true; no rule asks for what is not there, so put a rule for what is there ahead");
    }

    private static void ReadIn(ConfigReader reader, ConfigNode node, NamedConditionConfig config)
    {
        var values = new List<string>();
        foreach (ConfigNode item in reader.List(node, "value"))
        {
            if (reader.Text(item, ExpectedValue, ConfigReader.IsPlain) is { } value)
                values.Add(value);
        }
        (config.Kind, config.Values) = (ConditionKind.OneOf, values);
    }

    private static void ReadInFile(ConfigReader reader, ConfigNode node, NamedConditionConfig config)
    {
        (config.Kind, config.Values) = (ConditionKind.OneOf, []);
        if (reader.Text(node, "the path of a file with one value per line", IsPath) is not { } path)
            return;
        if (TextFile.Read(reader.PathBeside(path), FileBytesMax, out string why) is not { } text)
        {
            reader.Error(node.Position, $"{ScalarNode.Quote(path)}: {why}{(Path.IsPathRooted(path) ? "" : "; it is looked for beside the configuration file")}");
            return;
        }
        List<string> values = Lines(text);
        if (values.Count > FileValuesMax)
            reader.Error(node.Position, $"{ScalarNode.Quote(path)}: expected at most {FileValuesMax} values, got {values.Count}");
        else if (values.Count == 0)
            reader.Warning(node.Position, $"{ScalarNode.Quote(path)} holds no value, so this rule never matches");
        config.Values = values;
    }

    private static bool IsPath(string text) => text.Length > 0 && ConfigReader.IsPlain(text);

    // White space around a value, blank lines and comments do not count.
    private static List<string> Lines(ReadOnlySpan<char> text)
    {
        var values = new List<string>();
        foreach (Range line in text.Split('\n'))
        {
            ReadOnlySpan<char> value = text[line].Trim();
            if (value.Length > 0 && value[0] != '#')
                values.Add(value.ToString());
        }
        return values;
    }
}
