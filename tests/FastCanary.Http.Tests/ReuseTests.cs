using System.Text;
using static FastCanary.Http.Tests.RequestRun;

namespace FastCanary.Http.Tests;

/// <summary>A pooled head that is used again knows nothing of the message before: no byte of one exchange may reach another.</summary>
public sealed class ReuseTests
{
    private static readonly string[] Requests =
    [
        Text("GET / HTTP/1.1", HostField),
        Text("GET / HTTP/1.0"),
        Text("GET / HTTP/1.1", "Host: t.test", "X-Request-ID: id-1", "Forwarded: for=1.2.3.4"),
        Text("GET / HTTP/1.1", "Host: t.test", "X-Request-ID: id-1", "X-Request-ID: id-2", "X-Canary-Mirrored: v2"),
        Text("POST http://a.test/b?c HTTP/1.1", "Host: t.test", "Transfer-Encoding: chunked", "Trailer: X-T", "Expect: 100-continue", "Connection: close, X-A", "X-A: 1"),
        Text("OPTIONS * HTTP/1.1", "Host: t.test", "Max-Forwards: 7", "Content-Length: 9", "X-Forwarded-For: 1.2.3.4"),
        Text("GET / HTTP/1.1", "Host: t.test", "Connection: upgrade", "Upgrade: websocket"),
        Text("GET / HTTP/1.1", "Host: t.test", "Connection: upgrade", "Upgrade: h2c"),
        "\r\n\r\n\r\n\r\n" + Text("GET / HTTP/1.0", "Connection: keep-alive"),
        Text("GET / HTTP/1.1", "Host: t.test", "X-A: 1\0"),
        "\r\n",
        "POST /unfinished",
        "POST / HTTP/1.1\r\nHost: t.test\r\nContent-Length: 5",
    ];

    private static readonly string[] Responses =
    [
        Text("HTTP/1.1 200 OK"),
        Text("HTTP/1.0 200 Other", "Content-Length: 5", "Connection: keep-alive, X-A", "X-A: 1", "Date: x"),
        Text("HTTP/1.1 101 x", "Connection: upgrade", "Upgrade: websocket"),
        Text("HTTP/1.1 200 x", "Upgrade: h2c", "Transfer-Encoding: chunked"),
        Text("HTTP/1.1 103 x", "Link: a"),
        Text("HTTP/1.1 304 x", "Content-Length: 5", "X-A: \u0001"),
        "HTTP/1.1 200 unfinished",
        "HTTP/1.1 200 x\r\nX-A: 1",
    ];

    [Fact]
    public void A_request_head_is_as_new_after_any_other()
    {
        var head = new RequestHead();
        foreach (string before in Requests)
        {
            foreach (string text in Requests)
            {
                var fresh = new RequestHead();
                fresh.Reset(Limits);
                string expected = Outcome(fresh, text);
                head.Reset(Limits);
                head.Parse(Bytes(before));
                head.Reset(Limits);
                Assert.Equal(expected, Outcome(head, text));
                Assert.Equal(fresh.AnnouncedTrailers, head.AnnouncedTrailers);
            }
        }
    }

    [Fact]
    public void A_response_head_is_as_new_after_any_other()
    {
        var head = new ResponseHead();
        foreach (string before in Responses)
        {
            foreach (string text in Responses)
            {
                var fresh = new ResponseHead();
                fresh.Reset(Limits, HttpMethod.Get, upgradeRequested: true);
                string expected = Outcome(fresh, text);
                head.Reset(Limits, HttpMethod.Head, upgradeRequested: true);
                head.Parse(Bytes(before));
                head.Reset(Limits, HttpMethod.Get, upgradeRequested: true);
                Assert.Equal(expected, Outcome(head, text));
            }
        }
    }

    private static string Outcome(RequestHead head, string text)
    {
        ParseStatus status = head.Parse(Bytes(text));
        if (status != ParseStatus.Done) return Describe(status, head, text);
        byte[] destination = new byte[1024];
        int written = RequestHeadWriter.Write(head, Bytes(text), new RequestForwarding { ClientAddress = "::1"u8, TrustForwarded = true, FallbackHost = "f"u8 }, destination);
        return Describe(status, head, text) + Encoding.Latin1.GetString(destination, 0, written);
    }

    private static string Outcome(ResponseHead head, string text)
    {
        ParseStatus status = head.Parse(Bytes(text));
        if (status != ParseStatus.Done) return ResponseRun.Describe(status, head, text);
        byte[] destination = new byte[1024];
        int written = ResponseHeadWriter.Write(head, Bytes(text), new ResponseForwarding { Framing = head.Framing, Date = "now"u8 }, destination);
        return ResponseRun.Describe(status, head, text) + Encoding.Latin1.GetString(destination, 0, written);
    }
}
