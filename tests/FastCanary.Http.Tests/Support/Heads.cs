using FsCheck;
using FsCheck.Fluent;

namespace FastCanary.Http.Tests;

/// <summary>Generates heads: most of them valid, the rest wrong in one place or a few.</summary>
internal static class Heads
{
    private static readonly char[] Interesting = "\r\n\0\t :,;/?@[]%*\"\\aZ09-_\u007f\u0080\u00ff".ToCharArray();

    private static readonly Gen<string> RequestLines =
        from method in Gen.Elements("GET", "GET", "POST", "HEAD", "OPTIONS", "PUT", "get", "M-X", "CONNECT", "TRACE")
        from target in Gen.Elements("/", "/a?b=c", "/a//b/../%2f?x[]=1", "http://a.test/x?y", "http://a.test?y", "http://a.test", "HTTPS://a.test:8/", "http://u@a.test/", "*", "*", "a", "/?")
        from version in Gen.Elements("HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/1.7", "HTTP/2.0", "HTTP/1.10")
        select method + " " + target + " " + version;

    private static readonly Gen<string> StatusLines =
        from version in Gen.Elements("HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/1.5", "HTTP/2.0")
        from code in Gen.Elements("200", "200", "204", "304", "100", "103", "101", "404", "500", "599", "600", "099", "20", "2000")
        from reason in Gen.Elements(" OK", " ", "", " Not here at all", " caf\u00e9")
        select version + " " + code + reason;

    private static readonly Gen<string> Fields = Gen.Elements(
        "X-A: 1", "X-B:\t two \t", "x-a:", "X-Long: " + new string('v', 70), "A: b", "Cookie: a=1; b=2",
        "Content-Length: 0", "Content-Length: 17", "content-LENGTH: 17", "Content-Length: +1", "Content-Length: 1, 1", "Content_Length: 3",
        "Transfer-Encoding: chunked", "transfer-encoding: CHUNKED", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked, x", "Transfer_Encoding: chunked",
        "Connection: close", "Connection: keep-alive", "connection: Upgrade", "Connection: X-A, keep-alive", "Connection: x-b,,Content-Length,Host", "Connection: te",
        "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "TE: trailers", "Upgrade: websocket", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk", "Upgrade: a/1, b",
        "Expect: 100-continue", "Expect: x", "Max-Forwards: 3", "Max-Forwards: 0", "Max-Forwards: z", "Trailer: X-T", "Proxy-Authorization: Basic eA==", "Via: 1.0 fred",
        "X-Forwarded-For: 1.2.3.4", "X-Forwarded-For:", "x-forwarded-proto: https", "X-Forwarded-Host: evil.test", "X-Forwarded-Port: 1", "X_Forwarded_For: 6.6.6.6", "X-Forwarded_Host: y",
        "X-Request-ID: id-1", "X-Request-ID: id-1", "x-request-id: id-2", "X_Request_ID: id-3", "Connection: x-request-id, forwarded, x-canary-mirrored",
        "Forwarded: for=1.2.3.4", "forwarded: for=\"[::1]:4\";by=\"a\\\"b\", for=x", "Forwarded: for=\"open", "Forwarded:",
        "X-Canary-Rescued: 1", "x-canary-mirrored: v2", "X_Canary_Rescued: 1", "X_A: 1", "x-A: 3",
        "Host: b.test", "Host: b b", "Date: Sun, 06 Nov 1994 08:49:37 GMT", "X-Canary-Version: v9", "Set-Cookie: a=b", "X Y: 1", " fold", "nocolon", ": v");

    private static readonly Gen<string> Hosts = Gen.Elements(
        "Host: t.test", "Host: t.test", "host:t.test:80", "Host: [::1]:80", "Host: [1:2::3.4.5.6]", "Host: t%41", "Host: [::1", "Host: t.test:99999", "Host:", "X-No: host");

    internal static Gen<string> Requests => Mutated(
        from lead in Gen.Elements("", "", "", "\r\n", "\n\r\n")
        from line in RequestLines
        from host in Hosts
        from fields in Lines(6)
        select lead + RequestRun.Text(line, [host, .. fields]));

    internal static Gen<string> Responses => Mutated(
        from line in StatusLines
        from fields in Lines(6)
        select RequestRun.Text(line, fields));

    /// <summary>Fields that rarely clash, so that whole heads are common.</summary>
    private static Gen<string[]> Lines(int countMax) =>
        from count in Gen.Choose(0, countMax)
        from lines in Gen.ArrayOf(Fields, count)
        select lines;

    private static Gen<string> Mutated(Gen<string> texts) =>
        from text in texts
        from count in Gen.Elements(0, 0, 0, 0, 1, 2)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select Mutate(text, count, new System.Random(seed));

    internal static string Mutate(string text, int count, System.Random random)
    {
        for (int i = 0; i < count && text.Length > 0; i++)
        {
            int at = random.Next(text.Length);
            string other = Interesting[random.Next(Interesting.Length)].ToString();
            text = random.Next(4) switch
            {
                0 => text.Remove(at, 1),
                1 => text.Insert(at, other),
                2 => text.Insert(at, text.Substring(at, Math.Min(random.Next(1, 20), text.Length - at))),
                _ => text.Remove(at, 1).Insert(at, other),
            };
        }

        return text;
    }
}
