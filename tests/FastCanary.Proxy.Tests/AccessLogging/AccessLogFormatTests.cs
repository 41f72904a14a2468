using System.Text;
using System.Text.Json;

namespace FastCanary.Proxy.Tests.AccessLogging;

/// <summary>The access log's lines, byte for byte.</summary>
public sealed class AccessLogFormatTests
{
    // 2026-11-22T07:08:09.042Z
    private const long UnixMs = 1_795_331_289_042;

    [Fact]
    public void A_json_line_has_every_key_in_its_order()
    {
        const string Expected = """
            {"time":"2026-11-22T07:08:09.042Z","request_id":"id-1","client":"203.0.113.7","method":"GET","host":"a.example:8080","path":"/x","protocol":"HTTP/1.1",
            "status":200,"bytes_in":12,"bytes_out":3456,"duration":1.000234,"upstream_time":0.000012,"service":"shop","version":"canary","served_by":"stable",
            "endpoint":"127.0.0.1:8081","rule":3,"retries":2,"outcome":"completed","user_agent":"curl/8"}
            """;
        Assert.Equal(Expected.ReplaceLineEndings("") + "\n", Json(Full()));
    }

    [Fact]
    public void What_there_is_not_is_null()
    {
        var line = new AccessLogLine { UnixMs = UnixMs, Client = "::1"u8, DurationMicros = 5, UpstreamMicros = -1, Rule = -1, Outcome = ExchangeOutcome.ClientGone };
        const string Expected = """
            {"time":"2026-11-22T07:08:09.042Z","request_id":null,"client":"::1","method":null,"host":null,"path":null,"protocol":null,"status":null,
            "bytes_in":0,"bytes_out":0,"duration":0.000005,"upstream_time":null,"service":null,"version":null,"served_by":null,"endpoint":null,
            "rule":null,"retries":0,"outcome":"client_gone","user_agent":null}
            """;
        Assert.Equal(Expected.ReplaceLineEndings("") + "\n", Json(line));
        Assert.Equal("::1 - - [22/Nov/2026:07:08:09 +0000] \"-\" 499 0 \"-\" \"-\"\n", Combined(line));
    }

    [Fact]
    public void A_combined_line_is_nginxs()
    {
        Assert.Equal("203.0.113.7 - - [22/Nov/2026:07:08:09 +0000] \"GET /x HTTP/1.1\" 200 3456 \"https://b.example/\" \"curl/8\"\n", Combined(Full()));
    }

    [Fact]
    public void A_query_follows_the_path_where_it_is_asked_for()
    {
        var line = Full();
        line.Query = "a=\"1\""u8;
        line.MinorVersion = 0;
        Assert.Contains("\"path\":\"/x?a=\\\"1\\\"\",\"protocol\":\"HTTP/1.0\"", Json(line), StringComparison.Ordinal);
        Assert.Contains("\"GET /x?a=\\x221\\x22 HTTP/1.0\"", Combined(line), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "01/Jan/1970:00:00:00", "1970-01-01T00:00:00.000Z")]
    [InlineData(951_782_400_999, "29/Feb/2000:00:00:00", "2000-02-29T00:00:00.999Z")]
    [InlineData(1_798_761_599_001, "31/Dec/2026:23:59:59", "2026-12-31T23:59:59.001Z")]
    public void Times_are_utc(long unixMs, string combined, string json)
    {
        var line = new AccessLogLine { UnixMs = unixMs };
        Assert.Contains($"[{combined} +0000]", Combined(line), StringComparison.Ordinal);
        Assert.Contains($"\"time\":\"{json}\"", Json(line), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\"b\\c/d", "a\\\"b\\\\c/d")]
    [InlineData("\b\f\n\r\t", "\\b\\f\\n\\r\\t")]
    [InlineData("\u0000\u001f\u007f", "\\u0000\\u001f\\u007f")]
    [InlineData("grüße 中 😀", "grüße 中 😀")]
    public void A_json_string_is_escaped(string text, string escaped)
    {
        var line = new AccessLogLine { UserAgent = Encoding.UTF8.GetBytes(text) };
        Assert.EndsWith($"\"user_agent\":\"{escaped}\"}}\n", Json(line), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0xff }, "\\ufffd")]
    [InlineData(new byte[] { 0xc3 }, "\\ufffd")]
    [InlineData(new byte[] { 0xc3, 0x41 }, "\\ufffdA")]
    [InlineData(new byte[] { 0xe4, 0xb8, 0xff, 0x41 }, "\\ufffd\\ufffdA")]
    [InlineData(new byte[] { 0xc0, 0xaf }, "\\ufffd\\ufffd")]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 }, "\\ufffd\\ufffd\\ufffd")]
    public void What_is_no_utf8_becomes_replacement_characters(byte[] text, string escaped)
    {
        var line = new AccessLogLine { UserAgent = text };
        Assert.EndsWith($"\"user_agent\":\"{escaped}\"}}\n", Json(line), StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_the_bytes_a_json_line_is_json_and_one_line()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var text = i < 256 ? [(byte)i] : new byte[random.Next(1, 40)];
            if (i >= 256) random.NextBytes(text);
            var line = new AccessLogLine { Method = text, Host = text, Path = text, Query = text, UserAgent = text };
            var written = new byte[AccessLogLine.BytesMax];
            var length = JsonFormat.Write(line, written);
            Assert.Equal(length - 1, written.AsSpan(0, length).IndexOfAnyInRange((byte)0, (byte)0x1f));
            using var json = JsonDocument.Parse(written.AsMemory(0, length));
            var expected = Encoding.UTF8.GetString(text);
            Assert.Equal(expected, json.RootElement.GetProperty("user_agent").GetString());
            Assert.Equal($"{expected}?{expected}", json.RootElement.GetProperty("path").GetString());
        }
    }

    [Fact]
    public void Whatever_the_bytes_a_combined_line_is_printable_ascii_and_tells_them()
    {
        var all = Enumerable.Range(0, 256).Select(static i => (byte)i).ToArray();
        var written = Combined(new AccessLogLine { UserAgent = all });
        Assert.All(written[..^1], static letter => Assert.InRange(letter, ' ', '~'));
        var expected = string.Concat(all.Select(static value => value is < 0x20 or > 0x7e or (byte)'"' or (byte)'\\' ? $"\\x{value:X2}" : ((char)value).ToString()));
        Assert.EndsWith($"\"{expected}\"\n", written, StringComparison.Ordinal);
    }

    [Fact]
    public void The_longest_line_has_room()
    {
        var head = Encoding.Latin1.GetBytes($"GET /{new string('%', 30_000)}?{new string('%', 30_000)} HTTP/1.1\r\nHost: {new string('a', 255)}:65535\r\nUser-Agent: {new string('ÿ', 30_000)}\r\nReferer: {new string('ÿ', 30_000)}\r\n\r\n");
        var request = new Http.RequestHead();
        request.Reset(new Http.HeadLimits(200_000, 200_000, 100));
        Assert.Equal((Http.ParseStatus.Done, Http.HttpFault.None), (request.Parse(head), request.Fault));
        var entry = new AccessLogEntry();
        entry.Take(request, head, new Transport.PeerAddress(new byte[16], 0), withQuery: true);
        var name = Enumerable.Repeat((byte)1, AccessLogLine.NameBytesMax).ToArray();
        var line = new AccessLogLine { RequestId = new byte[Http.RequestId.BytesMax], Service = name, Version = name, ServedBy = name, Endpoint = name };
        entry.Fill(ref line);
        // As if every byte of them had to be escaped.
        line.Host = new byte[line.Host.Length];
        line.Path = new byte[line.Path.Length];
        line.Query = new byte[line.Query.Length];
        Assert.InRange(JsonFormat.Write(line, new byte[AccessLogLine.BytesMax]), 40_000, AccessLogLine.BytesMax);
        Assert.InRange(CombinedFormat.Write(line, new byte[AccessLogLine.BytesMax]), 20_000, AccessLogLine.BytesMax);
    }

    [Fact]
    public void Every_outcome_has_a_name_of_its_own()
    {
        var names = Enum.GetValues<ExchangeOutcome>().Select(static outcome => Encoding.ASCII.GetString(OutcomeNames.Of(outcome))).ToList();
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.Equal(Enum.GetNames<ExchangeOutcome>(), names.Select(static name => string.Concat(name.Split('_').Select(static word => char.ToUpperInvariant(word[0]) + word[1..]))));
    }

    private static AccessLogLine Full() => new()
    {
        UnixMs = UnixMs,
        RequestId = "id-1"u8,
        Client = "203.0.113.7"u8,
        Method = "GET"u8,
        Host = "a.example:8080"u8,
        Path = "/x"u8,
        MinorVersion = 1,
        Status = 200,
        BytesIn = 12,
        BytesOut = 3456,
        DurationMicros = 1_000_234,
        UpstreamMicros = 12,
        Service = "shop"u8,
        Version = "canary"u8,
        ServedBy = "stable"u8,
        Endpoint = "127.0.0.1:8081"u8,
        Rule = 3,
        Retries = 2,
        Outcome = ExchangeOutcome.Completed,
        Referer = "https://b.example/"u8,
        UserAgent = "curl/8"u8,
    };

    private static string Json(in AccessLogLine line)
    {
        var written = new byte[AccessLogLine.BytesMax];
        return Encoding.UTF8.GetString(written, 0, JsonFormat.Write(line, written));
    }

    private static string Combined(in AccessLogLine line)
    {
        var written = new byte[AccessLogLine.BytesMax];
        return Encoding.UTF8.GetString(written, 0, CombinedFormat.Write(line, written));
    }
}
