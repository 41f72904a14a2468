namespace FastCanary.Control;

/// <summary><c>runtime</c>.</summary>
internal static class RuntimeSection
{
    public const int LoopsMax = 1024;

    public static readonly Section<RuntimeConfig> Keys = new(
        "runtime",
        new("transport", (reader, node, config) =>
            config.Transport = reader.Choice<TransportChoice>(
                node, ("auto", TransportChoice.Auto), ("epoll", TransportChoice.Epoll), ("sockets", null)) ?? config.Transport),
        new("loops", (reader, node, config) => config.Loops = reader.Whole(node, 0, LoopsMax) ?? config.Loops));
}
