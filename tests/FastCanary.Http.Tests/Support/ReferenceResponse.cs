using System.Text.RegularExpressions;

namespace FastCanary.Http.Tests;

/// <summary>A response head read the plain way.</summary>
internal sealed record ReferenceResponse(int Status, int MinorVersion, BodyFraming Framing, long ContentLength, bool KeepAlive, List<ReferenceFields.Field> Fields)
{
    internal static ReferenceResponse? Read(string text, HttpMethod method, bool upgradeRequested)
    {
        int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return null;
        string head = text[..(end + 2)];
        int lineEnd = head.IndexOf("\r\n", StringComparison.Ordinal);
        Match line = Regex.Match(head[..lineEnd], @"\AHTTP/1\.([0-9]) ([1-5][0-9]{2})(?: [\t\x20-\x7E\x80-\xFF]*)?\z");
        List<ReferenceFields.Field>? fields = ReferenceFields.Read(head[(lineEnd + 2)..]);
        if (!line.Success || fields is null) return null;
        int minor = line.Groups[1].Value == "0" ? 0 : 1;
        int status = int.Parse(line.Groups[2].Value);
        if (ReferenceFields.Framing(fields, minor) is not var (framing, length)) return null;
        bool announcesBody = framing == BodyFraming.Chunked || length > 0;
        if (status < 200 && announcesBody) return null;
        List<string> options = ReferenceFields.Elements(fields, "connection");
        List<string> upgrades = ReferenceFields.Values(fields, "upgrade");
        bool passes = upgrades.Count > 0 && upgrades.All(value => value is "websocket" or "a/1, b");
        if (status == 101 && !(upgradeRequested && minor == 1 && options.Contains("upgrade") && passes)) return null;

        bool isBodiless = status is < 200 or 204 or 304 || method == HttpMethod.Head;
        BodyFraming body = isBodiless ? BodyFraming.None : framing == BodyFraming.None ? BodyFraming.UntilClose : framing;
        bool keeps = !options.Contains("close") && (minor == 1 || options.Contains("keep-alive")) && body != BodyFraming.UntilClose
            && status != 101 && !(status == 204 && announcesBody);
        return new ReferenceResponse(status, minor, body, body == BodyFraming.Length ? length : 0, keeps, fields);
    }
}
