using System.Text.RegularExpressions;

namespace FastCanary.Http.Tests;

/// <summary>A request head read the plain way: split into lines, matched against the grammar, looked up by name.</summary>
internal sealed record ReferenceRequest(
    string Method, string Target, string Path, string Query, string Authority, int MinorVersion, BodyFraming Framing, long ContentLength,
    bool KeepAlive, bool WantsUpgrade, int Length, List<ReferenceFields.Field> Fields)
{
    internal enum Verdict
    {
        Whole,
        Refused,
        Incomplete,
    }

    internal static (Verdict Verdict, ReferenceRequest? Request) Read(string text)
    {
        Match lead = Regex.Match(text, @"\A(?:\r?\n){0,4}");
        string rest = text[lead.Length..];
        int end = rest.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return (Verdict.Incomplete, null);
        ReferenceRequest? request = ReadWhole(rest[..(end + 2)], lead.Length + end + 4);
        return (request is null ? Verdict.Refused : Verdict.Whole, request);
    }

    private static ReferenceRequest? ReadWhole(string head, int length)
    {
        int lineEnd = head.IndexOf("\r\n", StringComparison.Ordinal);
        Match line = Regex.Match(head[..lineEnd], $@"\A({ReferenceFields.Token}) ([A-Za-z0-9\-._~!$&'()*+,;=:@/?%\[\]]+) HTTP/1\.([0-9])\z");
        List<ReferenceFields.Field>? fields = ReferenceFields.Read(head[(lineEnd + 2)..]);
        if (!line.Success || fields is null || fields.Count > 100) return null;
        string method = line.Groups[1].Value, target = line.Groups[2].Value;
        int minor = line.Groups[3].Value == "0" ? 0 : 1;
        if (method is "CONNECT" or "TRACE") return null;

        string authority = "", path, query = "";
        Match absolute = Regex.Match(target, @"\A(?i:https?)://([^/?]*)(.*)\z");
        if (absolute.Success && !ReferenceFields.IsHost(absolute.Groups[1].Value)) return null;
        if (absolute.Success) authority = absolute.Groups[1].Value;
        string local = absolute.Success ? absolute.Groups[2].Value : target;
        if (target == "*" && method == "OPTIONS") path = "*";
        else if (absolute.Success || local[0] == '/')
        {
            string[] parts = local.Split('?', 2);
            path = parts[0];
            if (parts.Length == 2) query = parts[1];
        }
        else return null;

        List<string> hosts = ReferenceFields.Values(fields, "host");
        if (hosts.Count > 1 || (hosts.Count == 0 && minor == 1) || !hosts.All(ReferenceFields.IsHost)) return null;
        if (authority.Length == 0 && hosts.Count == 1) authority = hosts[0];
        if (ReferenceFields.Framing(fields, minor) is not var (framing, contentLength)) return null;
        if (minor == 1 && ReferenceFields.Values(fields, "expect").Any(value => !value.Equals("100-continue", StringComparison.OrdinalIgnoreCase))) return null;
        List<string> hops = ReferenceFields.Values(fields, "max-forwards");
        if (method == "OPTIONS" && (hops.Count > 1 || !hops.All(value => Regex.IsMatch(value, @"\A[0-9]{1,18}\z")))) return null;

        List<string> options = ReferenceFields.Elements(fields, "connection");
        if (options.Count(option => option is not ("close" or "keep-alive" or "upgrade")) > 32) return null;
        bool keeps = !options.Contains("close") && (minor == 1 || options.Contains("keep-alive"));
        List<string> protocols = ReferenceFields.Elements(fields, "upgrade");
        bool upgrades = minor == 1 && options.Contains("upgrade") && ReferenceFields.Values(fields, "upgrade").All(value => value.Trim(' ', '\t', ',').Length > 0)
            && protocols.Count > 0
            && protocols.All(protocol => Regex.IsMatch(protocol, $@"\A{ReferenceFields.Token}(?:/{ReferenceFields.Token})?\z") && !Regex.IsMatch(protocol, @"\A(?:h2c|h2|http)(?:/|\z)"));
        return new ReferenceRequest(method, target, path, query, authority, minor, framing, contentLength, keeps, upgrades, length, fields);
    }
}
