using System.Globalization;
using System.Text;

namespace FastCanary.Simulation.Tests;

/// <summary>A planned request as bytes.</summary>
internal static class RequestText
{
    public static byte[] Head(RequestPlan plan)
    {
        var head = new StringBuilder();
        var method = plan.Malformation == Malformation.Connect ? "CONNECT" : plan.Method;
        var target = plan.Malformation == Malformation.SpaceInTarget ? plan.Target + " x" : plan.Target;
        var version = plan.Malformation == Malformation.VersionTwo ? "HTTP/2.0" : string.Create(CultureInfo.InvariantCulture, $"HTTP/1.{plan.Minor}");
        head.Append(CultureInfo.InvariantCulture, $"{method} {target} {version}\r\n");
        if (plan.Malformation != Malformation.NoHost) head.Append(CultureInfo.InvariantCulture, $"Host: {Run.Host}\r\n");
        head.Append(CultureInfo.InvariantCulture, $"X-Token: {plan.Token:x6}\r\n");
        if (plan.Id != IdKind.None) head.Append(CultureInfo.InvariantCulture, $"X-Request-ID: {plan.SentId}\r\n");
        if (plan.User.Length > 0) head.Append(CultureInfo.InvariantCulture, $"{Services.UserField}: {plan.User}\r\n");
        if (plan.AsksCanary) head.Append(CultureInfo.InvariantCulture, $"{Services.RuleField}: yes\r\n");
        if (plan.Forges) head.Append(CultureInfo.InvariantCulture, $"X-Canary-Rescued: 1\r\n{Services.FeatureField}: client\r\n");
        if (plan.PaddingBytes > 0) head.Append("X-Padding: ").Append('p', plan.PaddingBytes).Append("\r\n");
        head.Append(plan.AsksClose ? "Connection: close, X-Hop\r\n" : "Connection: X-Hop\r\n").Append("X-Hop: hop\r\nTE: trailers\r\n");
        if (plan.Expects) head.Append("Expect: 100-continue\r\n");
        if (plan.Body == BodyKind.Length) head.Append(CultureInfo.InvariantCulture, $"Content-Length: {plan.BodyBytes}\r\n");
        if (plan.Body == BodyKind.Chunked) head.Append("Transfer-Encoding: chunked\r\n");
        head.Append(plan.Malformation switch
        {
            Malformation.LengthAndChunked => plan.Body == BodyKind.Chunked ? "Content-Length: 4\r\n" : "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
            Malformation.TwoLengths => "Content-Length: 4\r\nContent-Length: 4\r\n",
            Malformation.LengthWithPlus => "Content-Length: +4\r\n",
            Malformation.TwoHosts => "Host: other.example\r\n",
            Malformation.FoldedLine => "X-A: a\r\n b\r\n",
            Malformation.SpaceBeforeColon => "X-A : a\r\n",
            Malformation.BareLineFeed => "X-A: a\nX-B: b\r\n",
            Malformation.BareCarriageReturn => "X-A: a\rb\r\n",
            Malformation.NulInValue => "X-A: a\0b\r\n",
            Malformation.TwoTransferCodings => "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            Malformation.ChunkedNotLast => "Transfer-Encoding: chunked, gzip\r\n",
            Malformation.UnknownCoding => "Transfer-Encoding: xchunked\r\n",
            _ => "",
        });
        return Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
    }

    public static byte[] Body(RequestPlan plan, Run run)
    {
        var smuggled = plan.Malformation == Malformation.None ? [] : Head(run.Smuggled());
        // What a parser that took the other framing would read as the next request.
        if (plan.HeadIsMalformed) return [.. "0\r\n\r\n"u8, .. smuggled];
        if (plan.Body == BodyKind.None) return [];
        var body = Pattern.Make(plan.Token, Pattern.Request, plan.BodyBytes);
        if (plan.Body == BodyKind.Length) return body;
        var chunked = new MemoryStream();
        for (var at = 0; at < body.Length;)
        {
            var size = Math.Min(body.Length - at, run.Script.Chance(300) ? body.Length : run.Script.Skewed(8000));
            var extension = run.Script.Chance(100) ? ";name=\"value\"" : "";
            chunked.Write(Encoding.Latin1.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{size:x}{extension}\r\n")));
            chunked.Write(body, at, size);
            chunked.Write("\r\n"u8);
            at += size;
        }

        var end = plan.Malformation switch
        {
            Malformation.ChunkSizeNoHex => "xyz\r\n\r\n",
            Malformation.ChunkSizeSigned => "-5\r\nabcde\r\n0\r\n\r\n",
            Malformation.ChunkSizeOverflows => "10000000000000000\r\n",
            // The byte of the chunk is the body's next one: it may reach the origin before its missing end is seen.
            Malformation.ChunkEndMissing => $"1\r\n{(char)Pattern.Make(plan.Token, Pattern.Request, plan.BodyBytes + 1)[^1]}b0\r\n\r\n",
            Malformation.LineFeedInExtension => "5;a\nb\r\nabcde\r\n0\r\n\r\n",
            Malformation.FramingInTrailer => "0\r\nContent-Length: 5\r\n\r\n",
            _ => plan.Trailing > 0 ? "0\r\nX-Unannounced: 1\r\n\r\n" : "0\r\n\r\n",
        };
        chunked.Write(Encoding.Latin1.GetBytes(end));
        chunked.Write(smuggled);
        return chunked.ToArray();
    }
}
