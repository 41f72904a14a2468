using static FastCanary.Http.Tests.RequestRun;

namespace FastCanary.Http.Tests.Responses;

/// <summary>RFC 9110 section 7.6, RFC 9112 sections 6 and 9.</summary>
public sealed class ResponseHeadWriterTests
{
    [Fact]
    public void A_response_goes_on_byte_for_byte_with_a_Via() =>
        Assert.Equal("HTTP/1.1 200 Fine thanks\r\nX-A: \t1 \r\nContent-length:5\r\nx-a:2\r\nVia: 1.1 fastcanary\r\n\r\n", ResponseRun.Written(
            "HTTP/1.1 200 Fine thanks\r\nX-A: \t1 \r\nContent-length:5\r\nx-a:2\r\n\r\n", new ResponseForwarding { ClientMinorVersion = 1, Framing = BodyFraming.Length }));

    [Fact]
    public void Hop_by_hop_fields_and_those_that_Connection_names_do_not_pass() =>
        Assert.Equal("HTTP/1.1 426 \r\nX-B: 2\r\nContent-Length: 0\r\nVia: 1.0 fastcanary\r\n\r\n", ResponseRun.Written(
            Text("HTTP/1.0 426", "Connection: close, X-A", "Keep-Alive: timeout=5", "X-A: 1", "Proxy-Connection: x", "X-B: 2", "Upgrade: websocket", "Proxy-Authenticate: Basic", "TE: x",
                "Content-Length: 0", "Proxy-Authentication-Info: x", "Connection: content-length", "Transfer_Encoding: chunked"),
            new ResponseForwarding { ClientMinorVersion = 1, Framing = BodyFraming.Length }));

    [Fact]
    public void The_framing_towards_the_client_is_written_anew()
    {
        string chunked = Text("HTTP/1.1 200 OK", "transfer-encoding:\tCHUNKED");
        Assert.Equal("HTTP/1.1 200 OK\r\nVia: 1.1 fastcanary\r\nTransfer-Encoding: chunked\r\n\r\n",
            ResponseRun.Written(chunked, new ResponseForwarding { ClientMinorVersion = 1, Framing = BodyFraming.Chunked }));
        Assert.Equal("HTTP/1.1 200 OK\r\nVia: 1.1 fastcanary\r\nConnection: close\r\n\r\n",
            ResponseRun.Written(chunked, new ResponseForwarding { ClientMinorVersion = 0, Framing = BodyFraming.UntilClose, Close = true }));
        Assert.Equal("HTTP/1.1 200 OK\r\nVia: 1.1 fastcanary\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n",
            ResponseRun.Written(chunked, new ResponseForwarding { ClientMinorVersion = 1, Framing = BodyFraming.Chunked, Close = true }));
    }

    [Fact]
    public void HTTP10_clients_are_told_that_the_connection_stays()
    {
        string text = Text("HTTP/1.1 200 OK", "Content-Length: 5");
        Assert.EndsWith("\r\nConnection: keep-alive\r\n\r\n", ResponseRun.Written(text, new ResponseForwarding { ClientMinorVersion = 0, Framing = BodyFraming.Length }));
        Assert.EndsWith("\r\nConnection: close\r\n\r\n", ResponseRun.Written(text, new ResponseForwarding { ClientMinorVersion = 0, Framing = BodyFraming.Length, Close = true }));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK", HttpMethod.Head, true)]
    [InlineData("HTTP/1.1 304 x", HttpMethod.Get, true)]
    [InlineData("HTTP/1.1 204 x", HttpMethod.Get, false)]
    [InlineData("HTTP/1.1 103 x", HttpMethod.Get, false)]
    public void A_length_without_a_body_is_kept_for_HEAD_and_304_and_never_for_204_and_1xx(string line, HttpMethod method, bool isKept)
    {
        string written = ResponseRun.Written(Text(line, "Content-Length: 0"), new ResponseForwarding { ClientMinorVersion = 1, Framing = BodyFraming.None }, method);
        Assert.Equal(isKept, written.Contains("Content-Length", StringComparison.Ordinal));
    }

    [Fact]
    public void A_transfer_encoding_without_a_body_is_dropped() =>
        Assert.Equal("HTTP/1.1 200 OK\r\nVia: 1.1 fastcanary\r\n\r\n",
            ResponseRun.Written(Text("HTTP/1.1 200 OK", "Transfer-Encoding: chunked"), new ResponseForwarding { ClientMinorVersion = 1, Framing = BodyFraming.None }, HttpMethod.Head));

    [Fact]
    public void An_interim_response_carries_nothing_about_the_connection() =>
        Assert.Equal("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nVia: 1.1 fastcanary\r\n\r\n", ResponseRun.Written(
            Text("HTTP/1.1 103 Early Hints", "Link: </a>", "Connection: close"),
            new ResponseForwarding { ClientMinorVersion = 0, Framing = BodyFraming.Chunked, Close = true, Date = "Sun, 06 Nov 1994 08:49:37 GMT"u8 }));

    [Fact]
    public void A_101_keeps_its_Upgrade() =>
        Assert.Equal("HTTP/1.1 101 x\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: y\r\nVia: 1.1 fastcanary\r\nConnection: Upgrade\r\n\r\n", ResponseRun.Written(
            Text("HTTP/1.1 101 x", "Upgrade: websocket", "Connection: Upgrade, keep-alive", "Sec-WebSocket-Accept: y", "Keep-Alive: 1"),
            new ResponseForwarding { ClientMinorVersion = 1, Framing = BodyFraming.None, Close = true }, upgrade: true));

    [Fact]
    public void The_versions_name_replaces_the_upstreams_when_given()
    {
        string text = Text("HTTP/1.1 200 OK", "X-Canary-Version: spoof", "Content-Length: 0", "x-canary-version: again");
        Assert.Equal("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nVia: 1.1 fastcanary\r\nX-Canary-Version: v2\r\n\r\n",
            ResponseRun.Written(text, new ResponseForwarding { ClientMinorVersion = 1, Framing = BodyFraming.Length, VersionName = "v2"u8 }));
        Assert.Contains("X-Canary-Version: spoof", ResponseRun.Written(text, new ResponseForwarding { ClientMinorVersion = 1, Framing = BodyFraming.Length }));
    }

    [Fact]
    public void A_missing_Date_is_added_and_a_present_one_kept()
    {
        var forwarding = new ResponseForwarding { ClientMinorVersion = 1, Framing = BodyFraming.Length, Date = "Sun, 06 Nov 1994 08:49:37 GMT"u8 };
        Assert.Contains("\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n", ResponseRun.Written(Text("HTTP/1.1 200 OK", "Content-Length: 0"), forwarding));
        Assert.Contains("\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n", ResponseRun.Written(Text("HTTP/1.1 200 OK", "Connection: date", "Date: x", "Content-Length: 0"), forwarding));
        string kept = ResponseRun.Written(Text("HTTP/1.1 200 OK", "date: yesterday", "Content-Length: 0"), forwarding);
        Assert.Contains("date: yesterday", kept);
        Assert.DoesNotContain("1994", kept);
    }

    [Fact]
    public void The_requests_ID_replaces_the_upstreams_when_given()
    {
        string text = Text("HTTP/1.1 200 OK", "X-Request-ID: theirs", "Content-Length: 0", "x-request-id: again", "X_Request_ID: alias");
        Assert.Equal("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nVia: 1.1 fastcanary\r\nX-Request-ID: own\r\n\r\n",
            ResponseRun.Written(text, new ResponseForwarding { ClientMinorVersion = 1, Framing = BodyFraming.Length, RequestId = "own"u8 }));
        Assert.Equal("HTTP/1.1 200 OK\r\nX-Request-ID: theirs\r\nContent-Length: 0\r\nx-request-id: again\r\nVia: 1.1 fastcanary\r\n\r\n",
            ResponseRun.Written(text, new ResponseForwarding { ClientMinorVersion = 1, Framing = BodyFraming.Length }));
    }

    [Fact]
    public void Own_fields_stand_behind_the_others_as_they_are() =>
        Assert.Equal("HTTP/1.1 200 OK\r\nVia: 1.1 fastcanary\r\nX-Request-ID: own\r\nSet-Cookie: a=b\r\nX-Canary-Rescued: 1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n", ResponseRun.Written(
            Text("HTTP/1.1 200 OK", "Transfer-Encoding: chunked"),
            new ResponseForwarding { ClientMinorVersion = 1, Framing = BodyFraming.Chunked, Close = true, RequestId = "own"u8, OwnFields = "Set-Cookie: a=b\r\nX-Canary-Rescued: 1\r\n"u8 }));

    [Fact]
    public void A_rescue_is_not_claimed_by_an_upstream() =>
        Assert.Equal("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nVia: 1.1 fastcanary\r\n\r\n", ResponseRun.Written(
            Text("HTTP/1.1 200 OK", "X-Canary-Rescued: 1", "Content-Length: 0", "x-canary-rescued: 2", "X_Canary_Rescued: 3"),
            new ResponseForwarding { ClientMinorVersion = 1, Framing = BodyFraming.Length }));

    [Fact]
    public void An_interim_response_has_no_ID_and_no_own_fields_and_a_101_has_them()
    {
        Assert.Equal("HTTP/1.1 103 x\r\nLink: </a>\r\nVia: 1.1 fastcanary\r\n\r\n", ResponseRun.Written(
            Text("HTTP/1.1 103 x", "Link: </a>", "X-Request-ID: theirs", "X-Canary-Rescued: 1"),
            new ResponseForwarding { ClientMinorVersion = 1, Framing = BodyFraming.None, RequestId = "own"u8, OwnFields = "X-Own: 1\r\n"u8 }));
        Assert.Equal("HTTP/1.1 101 x\r\nUpgrade: websocket\r\nVia: 1.1 fastcanary\r\nX-Request-ID: own\r\nX-Own: 1\r\nConnection: Upgrade\r\n\r\n", ResponseRun.Written(
            Text("HTTP/1.1 101 x", "Upgrade: websocket", "Connection: Upgrade"),
            new ResponseForwarding { ClientMinorVersion = 1, Framing = BodyFraming.None, RequestId = "own"u8, OwnFields = "X-Own: 1\r\n"u8 }, upgrade: true));
    }
}
