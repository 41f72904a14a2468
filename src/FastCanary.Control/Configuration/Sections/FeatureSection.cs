namespace FastCanary.Control;

/// <summary>An item of <c>services.NAME.features</c>.</summary>
internal static class FeatureSection
{
    public static readonly Section<FeatureConfig> Keys = new(
        "feature",
        new("name", (reader, node, config) =>
            (config.Name, config.NamePosition) = (reader.Text(node, "1 to 63 letters, digits, \".\", \"_\" or \"-\"", ConfigReader.IsName) ?? "", node.Position), Required: true),
        new("percent", (reader, node, config) => config.BasisPoints = reader.Share(node) ?? config.BasisPoints, Required: true),
        new("header", ReadHeader, Required: true),
        new("value", (reader, node, config) =>
            config.Value = reader.Text(node, "text without control characters and without white space around it, at least one character", IsValue) ?? config.Value));

    // What FastCanary reads, removes or writes itself. X-Forwarded- and X-Canary- begin more of them.
    private static readonly HashSet<string> OwnFields = new(StringComparer.Ordinal)
    {
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection", "proxy-authorization", "proxy-authenticate",
        "proxy-authentication-info", "te", "upgrade", "http2-settings", "expect", "max-forwards", "trailer", "date", "via", "forwarded", "x-request-id",
        "traceparent", "tracestate", "cookie",
    };

    public static FeatureConfig Read(ConfigReader reader, ConfigNode node)
    {
        var config = new FeatureConfig();
        Keys.Read(reader, node, config);
        return config;
    }

    /// <summary>Lower case, hyphens for underscores: what many a back end takes for the same field.</summary>
    public static string Folded(string field) => field.ToLowerInvariant().Replace('_', '-');

    private static void ReadHeader(ConfigReader reader, ConfigNode node, FeatureConfig config)
    {
        if (reader.Text(node, $"a field's name: {RuleSection.ExpectedToken}", ConfigReader.IsToken) is not { } header)
            return;
        string folded = Folded(header);
        if (OwnFields.Contains(folded) || folded.StartsWith("x-forwarded-", StringComparison.Ordinal) || folded.StartsWith("x-canary-", StringComparison.Ordinal))
            reader.Error(node.Position, $"{header} is a field that FastCanary handles itself; expected one of the feature's own, such as X-Feature-New-Ranking");
        (config.Header, config.HeaderPosition) = (header, node.Position);
    }

    private static bool IsValue(string text) => text.Length > 0 && ConfigReader.IsPlain(text) && text.Trim() == text;
}
