using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary><c>services.NAME.mirror.compare</c>, as a mapping.</summary>
internal static class MirrorCompareSection
{
    public static readonly Section<MirrorCompareConfig> Keys = new(
        "mirrorCompare",
        new("headers", ReadHeaders),
        new("body", (reader, node, config) => config.Body = reader.Choice(
            node, ("exact", MirrorBodyComparison.Exact), ("json", MirrorBodyComparison.Json), ("none", MirrorBodyComparison.None)) ?? config.Body),
        new("ignore", ReadIgnored),
        new("limit", (reader, node, config) => config.BodyBytesMax = (int?)reader.Size(node, 0, MirrorSection.BodyBytesMax) ?? config.BodyBytesMax));

    public static MirrorCompareConfig Read(ConfigReader reader, ConfigNode node)
    {
        var config = new MirrorCompareConfig();
        Keys.Read(reader, node, config);
        if (config.Body != MirrorBodyComparison.Json && config.IgnoredPaths.Count > 0)
            reader.Error(((MappingNode)node).Find("ignore")!.KeyPosition, "has no meaning unless \"body\" is json");
        return config;
    }

    /// <summary>Whether the text is <c>$</c> and then members (<c>.name</c>) and items (<c>[0]</c>, <c>[*]</c>), at least one.</summary>
    internal static bool IsJsonPath(string text)
    {
        if (text.Length < 2 || text[0] != '$')
            return false;
        ReadOnlySpan<char> rest = text.AsSpan(1);
        while (rest.Length > 0)
        {
            int length = rest[0] switch
            {
                '.' => MemberLength(rest),
                '[' => ItemLength(rest),
                _ => 0,
            };
            if (length == 0)
                return false;
            rest = rest[length..];
        }
        return true;
    }

    private static int MemberLength(ReadOnlySpan<char> text)
    {
        int end = 1;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '-' or '$' || text[end] > '\x7F'))
            end++;
        return end == 1 ? 0 : end;
    }

    private static int ItemLength(ReadOnlySpan<char> text)
    {
        int close = text.IndexOf(']');
        if (close < 0)
            return 0;
        ReadOnlySpan<char> item = text[1..close];
        return item is "*" || item.Length < 10 && ConfigReader.TryParseDigits(item, out _) ? close + 1 : 0;
    }

    private static void ReadHeaders(ConfigReader reader, ConfigNode node, MirrorCompareConfig config)
    {
        var headers = new List<string>();
        foreach (ConfigNode item in reader.List(node, "field", mayBeEmpty: true))
        {
            if (reader.Text(item, $"a field's name: {RuleSection.ExpectedToken}", ConfigReader.IsToken) is { } header)
                headers.Add(header.ToLowerInvariant());
        }
        config.Headers = headers;
    }

    private static void ReadIgnored(ConfigReader reader, ConfigNode node, MirrorCompareConfig config)
    {
        var paths = new List<string>();
        foreach (ConfigNode item in reader.List(node, "path", mayBeEmpty: true))
        {
            if (reader.Text(item, "the path of a JSON value, such as $.time or $.items[*].id", IsJsonPath) is { } path)
                paths.Add(path);
        }
        config.IgnoredPaths = paths;
    }
}
