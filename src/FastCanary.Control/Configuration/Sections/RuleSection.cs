using System.Net;

namespace FastCanary.Control;

/// <summary>An item of <c>services.NAME.rules</c>.</summary>
internal static class RuleSection
{
    public const string ExpectedToken = "letters, digits and any of !#$%&'*+-.^_`|~";

    public static readonly Section<RuleConfig> Keys = new(
        "rule",
        new("header", (reader, node, config) =>
            config.Headers = NamedConditionSection.ReadAll(reader, node, "header", ConfigReader.IsToken, ExpectedToken, StringComparer.OrdinalIgnoreCase)),
        new("cookie", (reader, node, config) =>
            config.Cookies = NamedConditionSection.ReadAll(reader, node, "cookie", ConfigReader.IsToken, ExpectedToken, StringComparer.Ordinal)),
        new("query", (reader, node, config) =>
            config.Query = NamedConditionSection.ReadAll(reader, node, "parameter", IsParameter, "text without control characters", StringComparer.Ordinal)),
        new("method", ReadMethods),
        new("host", (reader, node, config) => config.Host = RouteSection.ReadHost(reader, node)),
        new("path", (reader, node, config) => config.Path = RouteSection.ReadPath(reader, node)),
        new("country", ReadCountries),
        new("network", ReadNetworks),
        new("version", (reader, node, config) => (config.Version, config.VersionPosition) = (VersionSection.ReadName(reader, node) ?? "", node.Position), Required: true));

    // What a connection without HTTP has none of.
    private static readonly string[] HttpKeys = ["header", "cookie", "query", "method", "host", "path"];

    public static RuleConfig Read(ConfigReader reader, ConfigNode node)
    {
        var config = new RuleConfig { Position = node.Position };
        int errors = reader.Errors.Count;
        Keys.Read(reader, node, config);
        config.IsWhole = reader.Errors.Count == errors;
        return config;
    }

    /// <summary>The keys of a rule that only a request can fulfil.</summary>
    public static IEnumerable<string> KeysOfRequests(RuleConfig config)
    {
        bool[] used = [config.Headers.Count > 0, config.Cookies.Count > 0, config.Query.Count > 0, config.Methods.Count > 0, config.Host is not null, config.Path is not null];
        return HttpKeys.Where((_, index) => used[index]);
    }

    public static bool IsParameter(string text) => text.Length > 0 && ConfigReader.IsPlain(text);

    private static void ReadMethods(ConfigReader reader, ConfigNode node, RuleConfig config)
    {
        var methods = new List<string>();
        foreach (ConfigNode item in reader.OneOrList(node, "method"))
        {
            // Methods are case-sensitive (RFC 9110, section 9.1), and those that there are are in upper case.
            if (reader.Text(item, "a method in upper case, such as GET", text => ConfigReader.IsToken(text) && !text.Any(char.IsAsciiLetterLower)) is { } method)
                methods.Add(method);
        }
        config.Methods = methods;
    }

    private static void ReadCountries(ConfigReader reader, ConfigNode node, RuleConfig config)
    {
        config.CountryPosition = node.Position;
        var countries = new List<string>();
        foreach (ConfigNode item in reader.OneOrList(node, "country"))
        {
            if (reader.Text(item, "a country's two letters by ISO 3166-1, such as DE", CountryCodes.Contains) is { } country)
                countries.Add(country.ToUpperInvariant());
        }
        config.Countries = countries;
    }

    private static void ReadNetworks(ConfigReader reader, ConfigNode node, RuleConfig config)
    {
        var networks = new List<IPNetwork>();
        foreach (ConfigNode item in reader.OneOrList(node, "network"))
        {
            if (reader.Network(item) is { } network)
                networks.Add(network);
        }
        config.Networks = networks;
    }
}
