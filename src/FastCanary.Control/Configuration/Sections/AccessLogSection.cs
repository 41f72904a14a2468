using FastCanary.Proxy;

namespace FastCanary.Control;

/// <summary><c>log.access</c>.</summary>
internal static class AccessLogSection
{
    public static readonly Section<AccessLogConfig> Keys = new(
        "accessLog",
        new("path", (reader, node, config) =>
            config.Path = reader.Text(node, "the path of a file, or \"-\" for standard output", StateSection.IsPath) ?? config.Path),
        new("format", (reader, node, config) =>
            config.Format = reader.Choice(node, ("json", AccessLogFormat.Json), ("combined", AccessLogFormat.Combined)) ?? config.Format),
        new("sample", (reader, node, config) => config.SampleBasisPoints = reader.Share(node) ?? config.SampleBasisPoints),
        new("query", (reader, node, config) => config.Query = reader.Boolean(node) ?? config.Query));
}
