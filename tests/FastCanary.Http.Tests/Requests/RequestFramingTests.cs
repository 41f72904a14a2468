using static FastCanary.Http.Tests.RequestRun;

namespace FastCanary.Http.Tests.Requests;

/// <summary>RFC 9112 section 6, RFC 9110 section 8.6.</summary>
public sealed class RequestFramingTests
{
    private const string Line = "POST / HTTP/1.1";

    [Fact]
    public void Without_framing_fields_there_is_no_body() => Assert.Equal(BodyFraming.None, Accepted(Text(Line, HostField)).Framing);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("5", 5)]
    [InlineData("0005", 5)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void A_length_is_digits(string value, long length)
    {
        RequestHead head = Accepted(Text(Line, "Host: t.test", "Content-Length: " + value));
        Assert.Equal((BodyFraming.Length, length), (head.Framing, head.ContentLength));
    }

    [Theory]
    [InlineData("")]
    [InlineData("+5")]
    [InlineData("-0")]
    [InlineData("-5")]
    [InlineData("0x5")]
    [InlineData("5.0")]
    [InlineData("5 5")]
    [InlineData("5;")]
    [InlineData("five")]
    [InlineData("\"5\"")]
    [InlineData("\u00b2")]
    [InlineData("9223372036854775808")]
    [InlineData("18446744073709551621")]
    [InlineData("99999999999999999999999")]
    [InlineData("00000000000000000005")]
    public void Any_other_length_is_refused(string value) => Refused(HttpFault.BadContentLength, Text(Line, "Host: t.test", "Content-Length: " + value));

    [Theory]
    [InlineData("Content-Length: 5", "Content-Length: 5")]
    [InlineData("Content-Length: 5", "content-length: 6")]
    [InlineData("Content-Length: 5, 5", "X-A: 1")]
    [InlineData("Content-Length: 5,", "X-A: 1")]
    public void A_repeated_length_is_refused_even_when_identical(string first, string second) =>
        Refused(HttpFault.RepeatedContentLength, Text(Line, "Host: t.test", first, second));

    [Theory]
    [InlineData("chunked")]
    [InlineData("Chunked")]
    [InlineData("CHUNKED")]
    [InlineData(" \tchunked\t ")]
    public void One_chunked_is_the_chunked_framing(string value) =>
        Assert.Equal(BodyFraming.Chunked, Accepted(Text(Line, "Host: t.test", "Transfer-Encoding:" + value)).Framing);

    [Theory]
    [InlineData("")]
    [InlineData("gzip")]
    [InlineData("identity")]
    [InlineData("chunked, chunked")]
    [InlineData("chunked, gzip")]
    [InlineData("gzip, chunked, gzip")]
    [InlineData("chunked, identity")]
    [InlineData(", chunked")]
    [InlineData("chunked,")]
    [InlineData("gzip,, chunked")]
    [InlineData("chunked;a=b")]
    [InlineData("chunked ;")]
    [InlineData("\"chunked\"")]
    [InlineData("xchunked")]
    [InlineData("chunked\u00a0")]
    [InlineData("chunked\tx")]
    [InlineData("gz(ip, chunked")]
    [InlineData("gzip;, chunked")]
    [InlineData("gzip;q=\"a,b\", chunked")]
    [InlineData("chunked;q=1, chunked")]
    public void A_transfer_encoding_that_does_not_end_in_one_chunked_is_refused(string value) =>
        Refused(HttpFault.BadTransferEncoding, Text(Line, "Host: t.test", "Transfer-Encoding: " + value));

    [Theory]
    [InlineData("gzip, chunked")]
    [InlineData("identity, chunked")]
    [InlineData("foo;a=b ; c = d, bar, Chunked")]
    public void Other_codings_before_the_final_chunked_are_not_implemented(string value)
    {
        Refused(HttpFault.UnsupportedTransferCoding, Text(Line, "Host: t.test", "Transfer-Encoding: " + value));
        Assert.Equal(501, HttpFaults.StatusOf(HttpFault.UnsupportedTransferCoding));
    }

    [Theory]
    [InlineData("chunked", "chunked")]
    [InlineData("gzip", "chunked")]
    [InlineData("chunked", "identity")]
    public void Transfer_encoding_in_two_lines_is_refused(string first, string second)
    {
        (ParseStatus status, RequestHead head) = Parse(Text(Line, "Host: t.test", "Transfer-Encoding: " + first, "Transfer-Encoding: " + second));
        Assert.Equal((ParseStatus.Invalid, HttpFault.BadTransferEncoding), (status, head.Fault));
    }

    [Fact]
    public void Length_and_transfer_encoding_exclude_each_other_in_any_order()
    {
        Refused(HttpFault.LengthAndTransferEncoding, Text(Line, "Host: t.test", "Content-Length: 5", "Transfer-Encoding: chunked"));
        Refused(HttpFault.LengthAndTransferEncoding, Text(Line, "Transfer-Encoding: chunked", "Content-Length: 0", "Host: t.test"));
        Refused(HttpFault.LengthAndTransferEncoding, Text("POST / HTTP/1.0", "Content-Length: 5", "Transfer-Encoding: identity"));
    }

    [Fact]
    public void HTTP10_has_no_transfer_encoding() =>
        Refused(HttpFault.TransferEncodingInHttp10, Text("POST / HTTP/1.0", "Host: t.test", "Transfer-Encoding: chunked"));

    [Theory]
    [InlineData("Content_Length: 5")]
    [InlineData("Transfer_Encoding: chunked")]
    [InlineData("Content-Length1: 5")]
    [InlineData("XContent-Length: 5")]
    public void A_name_that_only_resembles_a_framing_field_frames_nothing(string field) =>
        Assert.Equal(BodyFraming.None, Accepted(Text(Line, "Host: t.test", field)).Framing);
}
