using System.Diagnostics.CodeAnalysis;

namespace FastCanary.Control;

/// <summary>URLs.</summary>
internal sealed partial class ConfigReader
{
    /// <summary>An absolute URL, http or https, without user name and fragment. What may hold a password is not repeated in the error.</summary>
    public Uri? Url(ConfigNode node, string example) => Url(node, $"an absolute http or https URL without user name, such as {example}", before: "");

    /// <summary>An absolute URL as above.</summary>
    /// <param name="node">What is read.</param>
    /// <param name="expected">Follows "expected" in the error.</param>
    /// <param name="before">What stands before the URL in the same text.</param>
    public Uri? Url(ConfigNode node, string expected, string before)
    {
        if (Text(node, expected, _ => true) is not { } text)
            return null;
        Uri? url = null;
        if (text.StartsWith(before, StringComparison.Ordinal) && TryParseUrl(text[before.Length..], out url))
            return url;
        if (text.Contains('@', StringComparison.Ordinal))
            Error(node.Position, $"expected {expected}, got {ScalarNode.Hidden}, since there is an \"@\" in it; where a password is needed, let a proxy add it");
        else
            Text(node, expected, _ => false);
        return null;
    }

    /// <summary>An origin as browsers send it (RFC 6454, section 6.2): <c>https://ops.example</c>, in lower case, without a port that is the scheme's own.</summary>
    public string? Origin(ConfigNode node)
    {
        Uri? url = null;
        string? text = Text(
            node,
            "an origin, which is http or https, a host, and a port unless it is the scheme's own, without a path: https://ops.example",
            text => text.Count(character => character == '/') == 2 && !text.Contains('?', StringComparison.Ordinal) && TryParseUrl(text, out url));
        return text is null ? null : $"{url!.Scheme}://{url.Authority}";
    }

    private static bool TryParseUrl(string text, [NotNullWhen(true)] out Uri? url)
    {
        url = null;
        int scheme = text.StartsWith("http://", StringComparison.Ordinal) ? 7 : text.StartsWith("https://", StringComparison.Ordinal) ? 8 : 0;
        if (scheme == 0 || text.AsSpan().ContainsAnyExceptInRange('!', '~') || text.Contains('#', StringComparison.Ordinal))
            return false;
        int end = text.AsSpan(scheme).IndexOfAny('/', '?');
        string authority = end < 0 ? text[scheme..] : text.Substring(scheme, end);
        return (HostPort.TryParse(authority, out _) || HostPort.TryParse($"{authority}:80", out _)) && Uri.TryCreate(text, UriKind.Absolute, out url);
    }
}
