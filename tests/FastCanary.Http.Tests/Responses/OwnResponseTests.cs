using System.Text;

namespace FastCanary.Http.Tests.Responses;

public sealed class OwnResponseTests
{
    private static readonly byte[] Date = Encoding.ASCII.GetBytes("Sun, 06 Nov 1994 08:49:37 GMT");

    [Fact]
    public void An_answer_has_a_date_a_length_and_a_short_text() =>
        Assert.Equal("HTTP/1.1 400 Bad Request\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nConnection: close\r\n\r\nWhy.\n",
            Write(400, "Why.", close: true));

    [Fact]
    public void An_answer_to_HEAD_tells_the_length_and_leaves_out_the_text() =>
        Assert.Equal("HTTP/1.1 404 Not Found\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n", Write(404, "Why.", headOnly: true));

    [Fact]
    public void An_empty_answer_has_length_zero() =>
        Assert.Equal("HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n", Write(200, ""));

    [Fact]
    public void An_answer_has_the_ID_of_the_request_it_answers() =>
        Assert.Equal("HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-Request-ID: id-1\r\nContent-Length: 0\r\n\r\n", Write(200, "", id: "id-1"));

    [Fact]
    public void A_405_says_what_is_allowed() => Assert.Contains("\r\nAllow: GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH\r\n", Write(405, "No."));

    [Fact]
    public void Every_answer_of_the_contract_has_a_reason_and_fits()
    {
        foreach (int status in new[] { 400, 404, 405, 408, 413, 414, 417, 431, 501, 502, 503, 504, 505 })
        {
            string answer = Write(status, new string('x', 300), close: true, id: new string('i', 300));
            Assert.Matches($"\\AHTTP/1.1 {status} [A-Z][A-Za-z ]+\r\n", answer);
            Assert.Contains($"Content-Length: {OwnResponse.TextBytesMax + 1}\r\n", answer);
        }
    }

    [Fact]
    public void Every_fault_has_a_status_and_a_sentence()
    {
        foreach (HttpFault fault in Enum.GetValues<HttpFault>())
        {
            if (fault == HttpFault.None) continue;
            Assert.Contains(HttpFaults.StatusOf(fault), new[] { 400, 405, 413, 414, 417, 431, 501, 502, 505 });
            Assert.Matches("\\A[A-Z][ -~]+\\.\\z", Encoding.ASCII.GetString(HttpFaults.TextOf(fault)));
            Assert.InRange(HttpFaults.TextOf(fault).Length, 1, OwnResponse.TextBytesMax);
        }
    }

    [Theory]
    [InlineData(0, "Thu, 01 Jan 1970 00:00:00 GMT")]
    [InlineData(784111777, "Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData(1709251199, "Thu, 29 Feb 2024 23:59:59 GMT")]
    [InlineData(4102444800, "Fri, 01 Jan 2100 00:00:00 GMT")]
    public void A_date_is_an_IMF_fixdate(long unixSeconds, string expected)
    {
        byte[] date = new byte[HttpDate.Bytes];
        HttpDate.Write(unixSeconds, date);
        Assert.Equal(expected, Encoding.ASCII.GetString(date));
    }

    private static string Write(int status, string text, bool close = false, bool headOnly = false, string id = "")
    {
        byte[] requestId = Encoding.ASCII.GetBytes(id);
        byte[] destination = new byte[OwnResponse.BytesMax(requestId)];
        return Encoding.ASCII.GetString(destination, 0, OwnResponse.Write(status, Encoding.ASCII.GetBytes(text), Date, requestId, close, headOnly, destination));
    }
}
