namespace FastCanary.Control;

/// <summary><c>services.NAME.limits</c>.</summary>
internal static class ServiceLimitsSection
{
    public const long BodyBytesMax = 1L << 40;

    public static readonly Section<ServiceLimitsConfig> Keys = new(
        "serviceLimits",
        new("requestBody", (reader, node, config) => config.RequestBodyBytes = reader.Size(node, 0, BodyBytesMax) ?? config.RequestBodyBytes),
        new("responseHead", (reader, node, config) =>
            config.ResponseHeadBytes = (int?)reader.Size(node, ListenerLimitsSection.HeadBytesMin, ListenerLimitsSection.HeadBytesMax) ?? config.ResponseHeadBytes));
}
