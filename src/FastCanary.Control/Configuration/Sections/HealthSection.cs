namespace FastCanary.Control;

/// <summary><c>services.NAME.health</c>.</summary>
internal static class HealthSection
{
    public const int ChecksMax = 1000;
    public const int JitterMax = 5000;
    public const int BodyLengthMax = 1024;

    private static readonly TimeSpan IntervalMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan IntervalMax = TimeSpan.FromHours(1);

    public static readonly Section<HealthConfig> Keys = new(
        "health",
        new("path", (reader, node, config) =>
            config.Path = reader.Text(node, "a path that begins with \"/\", with or without a query, such as /health", IsTarget) ?? config.Path),
        new("interval", (reader, node, config) => config.Interval = reader.Duration(node, IntervalMin, IntervalMax) ?? config.Interval),
        new("timeout", (reader, node, config) => config.Timeout = reader.Duration(node, ConfigReader.DurationMin, IntervalMax) ?? config.Timeout),
        new("rise", (reader, node, config) => config.Rise = reader.Whole(node, 1, ChecksMax) ?? config.Rise),
        new("fall", (reader, node, config) => config.Fall = reader.Whole(node, 1, ChecksMax) ?? config.Fall),
        new("status", (reader, node, config) => config.Statuses = reader.Statuses(node) ?? config.Statuses),
        new("body", (reader, node, config) =>
            config.Body = reader.Text(node, $"text of at most {BodyLengthMax} characters", text => text.Length <= BodyLengthMax) ?? config.Body),
        new("jitter", (reader, node, config) => config.JitterBasisPoints = reader.Share(node, 0, JitterMax) ?? config.JitterBasisPoints),
        new("port", (reader, node, config) => config.Port = reader.Whole(node, 0, 65535) ?? config.Port),
        new("host", (reader, node, config) =>
            config.Host = reader.Text(node, "a host with or without a port, such as shop.example, or \"\" for the endpoint's address", IsHost) ?? config.Host));

    // What only an answer has, or a request that asks for one.
    private static readonly string[] HttpKeys = ["status", "body", "host"];

    public static HealthConfig Read(ConfigReader reader, ConfigNode node)
    {
        var config = new HealthConfig();
        int errors = reader.Errors.Count;
        Keys.Read(reader, node, config);
        if (node is not MappingNode mapping)
            return config;
        if (mapping.Find("path") is null)
        {
            foreach (MappingEntry entry in mapping.Entries.Where(entry => HttpKeys.Contains(entry.Key, StringComparer.Ordinal)))
            {
                if (!reader.HasErrorUnder(entry.KeyPosition.Path))
                    reader.Error(entry.KeyPosition, "has no meaning without \"path\": the check is a connection then, and asks nothing");
            }
        }
        if (config.Timeout <= config.Interval || reader.Errors.Count > errors)
            return config;
        if (mapping.Find("timeout") is { } timeout)
            reader.Error(timeout.Value.Position, $"expected at most {ConfigReader.Written(config.Interval)}, what interval is, got {ConfigReader.Written(config.Timeout)}");
        else
            config.Timeout = config.Interval;
        return config;
    }

    /// <summary>Whether it can be asked for: visible ASCII (RFC 9112, section 3.2), without a fragment, which is never sent.</summary>
    public static bool IsTarget(string text) => text.StartsWith('/') && !text.AsSpan().ContainsAnyExceptInRange('!', '~') && !text.Contains('#', StringComparison.Ordinal);

    private static bool IsHost(string text) => text.Length == 0 || HostPort.TryParse(text, out _) || HostPort.TryParse($"{text}:80", out _);
}
