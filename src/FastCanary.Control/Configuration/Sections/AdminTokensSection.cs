namespace FastCanary.Control;

/// <summary><c>admin.tokens</c>.</summary>
internal static class AdminTokensSection
{
    private const int LengthMax = 256;
    private const int LengthAdvised = 16;

    public static readonly Section<AdminConfig> Keys = new(
        "adminTokens",
        new("operator", (reader, node, config) => config.OperatorToken = ReadToken(reader, node) ?? config.OperatorToken),
        new("viewer", (reader, node, config) => config.ViewerToken = ReadToken(reader, node) ?? config.ViewerToken));

    public static void Read(ConfigReader reader, ConfigNode node, AdminConfig config)
    {
        Keys.Read(reader, node, config);
        if (node is not MappingNode mapping || mapping.Find("viewer") is not { } viewer || config.ViewerToken.Length == 0)
            return;
        if (config.ViewerToken == config.OperatorToken)
            reader.Error(viewer.Value.Position, "the viewer's token is the operator's too, so whoever may look may also change; make them differ");
        else if (config.OperatorToken.Length == 0 && !reader.HasErrorUnder(node.Position.Path))
            reader.Warning(viewer.Value.Position, "looking needs a token, and changing needs none: \"operator\" has none");
    }

    // What a request can carry behind "Bearer" (RFC 6750, section 2.1, and what is in use beyond that).
    private static string? ReadToken(ConfigReader reader, ConfigNode node)
    {
        string? token = reader.Text(
            node,
            $"up to {LengthMax} visible ASCII characters without spaces, or \"\" for no token",
            text => text.Length <= LengthMax && !text.AsSpan().ContainsAnyExceptInRange('!', '~'));
        if (token is { Length: > 0 and < LengthAdvised })
            reader.Warning(node.Position, $"a token of fewer than {LengthAdvised} characters can be guessed; take one at random, as \"openssl rand -hex 16\" makes it");
        return token;
    }
}
