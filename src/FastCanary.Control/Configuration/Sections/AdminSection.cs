using System.Net;

namespace FastCanary.Control;

/// <summary><c>admin</c>.</summary>
internal static class AdminSection
{
    public const string Off = "off";

    public static readonly Section<AdminConfig> Keys = new(
        "admin",
        new("address", ReadAddress),
        new("tokens", (reader, node, config) => AdminTokensSection.Read(reader, node, config)),
        new("allowedOrigins", ReadOrigins));

    public static void Read(ConfigReader reader, ConfigNode node, AdminConfig config)
    {
        config.IsWritten = true;
        config.AddressPosition = node.Position;
        Keys.Read(reader, node, config);
        if (config.BindTo is not { } bindTo || IPAddress.IsLoopback(bindTo.Address) || config.OperatorToken.Length > 0 || reader.HasErrorUnder("admin.tokens"))
            return;
        reader.Error(
            config.AddressPosition,
            $"{config.Address} is no loopback address, so it is refused without \"tokens.operator\": anybody could move traffic; set a token, or listen on 127.0.0.1");
    }

    private static void ReadAddress(ConfigReader reader, ConfigNode node, AdminConfig config)
    {
        const string Expected = "an IP address and a port from 1 to 65535, such as 127.0.0.1:9901 or \"[::1]:9901\", or off";
        IPAddress? address = null;
        HostPort hostPort = default;
        string? text = reader.Text(
            node, Expected, text => text == Off || HostPort.TryParse(text, out hostPort) && IPAddress.TryParse(hostPort.Host, out address));
        if (text is null)
            return;
        config.Address = text;
        config.AddressPosition = node.Position;
        config.BindTo = address is null ? null : new IPEndPoint(address, hostPort.Port);
    }

    private static void ReadOrigins(ConfigReader reader, ConfigNode node, AdminConfig config)
    {
        var origins = new List<string>();
        foreach (ConfigNode item in reader.List(node, "origin", mayBeEmpty: true))
        {
            if (reader.Origin(item) is { } origin)
                origins.Add(origin);
        }
        config.AllowedOrigins = origins;
    }
}
