using System.Numerics;
using System.Text.RegularExpressions;

namespace FastCanary.Http.Tests;

/// <summary>Field lines and their values, written from the grammars of RFC 9110 and 9112 without a thought for speed. Text is Latin-1: a character is a byte.</summary>
internal static class ReferenceFields
{
    internal const string Token = @"[!#$%&'*+\-.^_`|~0-9A-Za-z]+";
    private const string Ows = @"[ \t]*";

    internal sealed record Field(string Name, string Value);

    /// <summary>The fields of lines that each end in CRLF; null when any is malformed.</summary>
    internal static List<Field>? Read(string lines)
    {
        var fields = new List<Field>();
        foreach (string line in lines.Split("\r\n")[..^1])
        {
            Match match = Regex.Match(line, $@"\A({Token}):{Ows}((?:[\t\x20-\x7E\x80-\xFF])*?){Ows}\z");
            if (!match.Success) return null;
            fields.Add(new Field(match.Groups[1].Value, match.Groups[2].Value));
        }

        return fields;
    }

    internal static List<string> Values(List<Field> fields, string name) =>
        fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value).ToList();

    /// <summary>The elements of all lines of a list field, in lower case.</summary>
    internal static List<string> Elements(List<Field> fields, string name) =>
        Values(fields, name).SelectMany(value => value.Split(',')).Select(element => element.Trim(' ', '\t').ToLowerInvariant()).Where(element => element.Length > 0).ToList();

    /// <summary>The framing: None, Length, Chunked, and the length; null when it is malformed or ambiguous.</summary>
    internal static (BodyFraming Framing, long Length)? Framing(List<Field> fields, int minorVersion)
    {
        List<string> lengths = Values(fields, "content-length");
        List<string> codings = Values(fields, "transfer-encoding");
        if (lengths.Count + codings.Count > 1) return null;
        if (codings.Count == 1)
        {
            bool isChunked = codings[0].Equals("chunked", StringComparison.OrdinalIgnoreCase);
            return isChunked && minorVersion == 1 ? (BodyFraming.Chunked, 0) : null;
        }

        if (lengths.Count == 0) return (BodyFraming.None, 0);
        if (!Regex.IsMatch(lengths[0], @"\A[0-9]{1,19}\z") || BigInteger.Parse(lengths[0]) > long.MaxValue) return null;
        return (BodyFraming.Length, (long)BigInteger.Parse(lengths[0]));
    }

    /// <summary>uri-host [":" port] of RFC 3986, with FastCanary's bounds on host and port.</summary>
    internal static bool IsHost(string text)
    {
        Match name = Regex.Match(text, @"\A((?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2}){1,255}|\[[0-9A-Fa-f:.]+\])(?::([0-9]{0,5}))?\z");
        if (!name.Success) return false;
        if (name.Groups[2].Length > 0 && int.Parse(name.Groups[2].Value) > 65535) return false;
        string host = name.Groups[1].Value;
        return host[0] != '[' ? host.Length <= 255 : IsIpv6(host[1..^1]);
    }

    /// <summary>The nine alternatives of IPv6address in RFC 3986, spelled out as in its appendix A.</summary>
    private static bool IsIpv6(string text)
    {
        const string H = "[0-9A-Fa-f]{1,4}";
        const string Octet = "(?:[0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])";
        const string Ls32 = $"(?:{H}:{H}|{Octet}\\.{Octet}\\.{Octet}\\.{Octet})";
        string[] forms =
        [
            $"(?:{H}:){{6}}{Ls32}",
            $"::(?:{H}:){{5}}{Ls32}",
            $"(?:{H})?::(?:{H}:){{4}}{Ls32}",
            $"(?:(?:{H}:){{0,1}}{H})?::(?:{H}:){{3}}{Ls32}",
            $"(?:(?:{H}:){{0,2}}{H})?::(?:{H}:){{2}}{Ls32}",
            $"(?:(?:{H}:){{0,3}}{H})?::{H}:{Ls32}",
            $"(?:(?:{H}:){{0,4}}{H})?::{Ls32}",
            $"(?:(?:{H}:){{0,5}}{H})?::{H}",
            $"(?:(?:{H}:){{0,6}}{H})?::",
        ];
        return forms.Any(form => Regex.IsMatch(text, $@"\A{form}\z"));
    }
}
