namespace FastCanary.Control;

/// <summary><c>runtime</c>.</summary>
internal static class RuntimeSection
{
    public const int LoopsMax = 1024;

    public static readonly Section<RuntimeConfig> Keys = new(
        "runtime",
        new("transport", (reader, node, config) => config.Transport = Transport(reader, node, OperatingSystem.IsLinux()) ?? config.Transport),
        new("loops", (reader, node, config) => config.Loops = reader.Whole(node, 0, LoopsMax) ?? config.Loops));

    public static TransportChoice? Transport(ConfigReader reader, ConfigNode node, bool hasEpoll)
    {
        TransportChoice? choice = reader.Choice(node, ("auto", TransportChoice.Auto), ("epoll", TransportChoice.Epoll), ("sockets", TransportChoice.Sockets));
        if (choice == TransportChoice.Epoll && !hasEpoll)
            reader.Error(node.Position, "\"epoll\" is there on Linux only; expected auto or sockets");
        return choice;
    }
}
