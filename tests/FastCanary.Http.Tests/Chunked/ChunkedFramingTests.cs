using System.Text;

namespace FastCanary.Http.Tests.Chunked;

/// <summary>RFC 9112 sections 7.1 and 7.1.1.</summary>
public sealed class ChunkedFramingTests
{
    private const string End = "0\r\n\r\n";

    [Theory]
    [InlineData("5\r\nhello\r\n" + End, 5)]
    [InlineData("5\r\nhello\r\n6\r\n world\r\n" + End, 11)]
    [InlineData(End, 0)]
    [InlineData("a\r\n0123456789\r\n" + End, 10)]
    [InlineData("A\r\n0123456789\r\n" + End, 10)]
    [InlineData("0005\r\nhello\r\n000\r\n\r\n", 5)]
    [InlineData("0000000000000005\r\nhello\r\n0000000000000000\r\n\r\n", 5)]
    [InlineData("7\r\n\r\n0\r\n\r\n\r\n" + End, 7)]
    public void Plain_chunks_go_on_as_they_came_in_one_step(string body, int bytes)
    {
        ChunkedRun run = ChunkedRun.Request(body + "GET / HTTP/1.1\r\n");
        Assert.Equal((ParseStatus.Done, body, body.Length, bytes, 1), (run.Status, run.Forwarded, run.Consumed, (int)run.BodyBytes, run.StepsWhole));
    }

    [Fact]
    public void A_client_of_HTTP10_gets_the_data_alone()
    {
        ChunkedRun run = ChunkedRun.Response("5\r\nhello\r\n006;a=b\r\n world\r\n0\r\nX-T: t\r\n\r\n", dataOnly: true);
        Assert.Equal((ParseStatus.Done, "hello world"), (run.Status, run.Forwarded));
    }

    [Theory]
    [InlineData("g")]
    [InlineData("")]
    [InlineData("0x5")]
    [InlineData("+5")]
    [InlineData("-5")]
    [InlineData(" 5")]
    [InlineData("\t5")]
    [InlineData("5,")]
    [InlineData("5.0")]
    [InlineData("0_5")]
    [InlineData("5\v")]
    [InlineData("5\0")]
    [InlineData("5\u00a0")]
    [InlineData("\u00d9\u00a5")]
    [InlineData("5h")]
    [InlineData("\"5\"")]
    [InlineData("10000000000000005")]
    [InlineData("00000000000000005")]
    [InlineData("100000000000000000")]
    [InlineData("8000000000000005")]
    [InlineData("FFFFFFFFFFFFFFFF")]
    [InlineData("FFFFFFFFFFFFFFFB")]
    public void A_size_is_1_to_16_digits_within_63_bits(string size) => Refused(HttpFault.BadChunkSize, size + "\r\nhello\r\n" + End);

    [Fact]
    public void The_largest_size_is_taken_at_its_word()
    {
        ChunkedRun run = ChunkedRun.Request("7FFFFFFFFFFFFFFF\r\nhello\r\n" + End);
        Assert.Equal((ParseStatus.NeedMore, 12), (run.Status, (int)run.BodyBytes));
    }

    [Theory]
    [InlineData("5\nhello\r\n", HttpFault.BadChunkSize)]
    [InlineData("5\r\nhello\n", HttpFault.BadChunkEnd)]
    [InlineData("5\rhello\r\n", HttpFault.BadChunkEnd)]
    [InlineData("5\r\r\nhello\r\n", HttpFault.BadChunkEnd)]
    [InlineData("5\r\nhello\r", HttpFault.BadChunkEnd)]
    [InlineData("5\r\nhello\r\r\n", HttpFault.BadChunkEnd)]
    [InlineData("5\r\nhello", HttpFault.BadChunkEnd)]
    [InlineData("5\r\nhelloXX\r\n", HttpFault.BadChunkEnd)]
    [InlineData("6\r\nhello\r\n", HttpFault.BadChunkEnd)]
    [InlineData("\r\n5\r\nhello\r\n", HttpFault.BadChunkSize)]
    public void Lines_end_in_CRLF_and_data_where_its_size_says(string chunk, HttpFault fault) => Refused(fault, chunk + End);

    [Theory]
    [InlineData("0\n\r\n", HttpFault.BadChunkSize)]
    [InlineData("0\r\n\n", HttpFault.BadTrailer)]
    [InlineData("0\r\n\rX", HttpFault.BadChunkEnd)]
    [InlineData("0\r\nGET /smuggled HTTP/1.1\r\n", HttpFault.BadTrailer)]
    public void The_end_is_CRLF_too(string end, HttpFault fault) => Refused(fault, "5\r\nhello\r\n" + end);

    [Theory]
    [InlineData(";a")]
    [InlineData(";a=b")]
    [InlineData(";a=\"b c;d\"")]
    [InlineData(";a=\"\\\"\\\\\u00e9\"")]
    [InlineData(";a=\"\"")]
    [InlineData(";a=b;c;d=e")]
    [InlineData(" ; a = b")]
    [InlineData("\t;\ta\t=\t\"b\"\t;c")]
    [InlineData(";a=b ;c")]
    [InlineData(";a ;c")]
    public void Extensions_are_understood_and_left_out(string extension)
    {
        ChunkedRun run = ChunkedRun.Request("5" + extension + "\r\nhello\r\n0" + extension + "\r\n\r\n");
        Assert.Equal((ParseStatus.Done, "5\r\nhello\r\n0\r\n\r\n"), (run.Status, run.Forwarded));
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("\t")]
    [InlineData(";")]
    [InlineData("; ")]
    [InlineData(";;a")]
    [InlineData(";=b")]
    [InlineData(";a=")]
    [InlineData(";a= ")]
    [InlineData(";a ")]
    [InlineData(";a=b ")]
    [InlineData(";a=\"b\" ")]
    [InlineData(";a b")]
    [InlineData(";a=b c")]
    [InlineData(";a=\"b\"c")]
    [InlineData(";a=\"b")]
    [InlineData(";a=\"b\\")]
    [InlineData(";[=x")]
    [InlineData(";a\u0001b")]
    [InlineData(";a=\u007f")]
    [InlineData(";a\0b")]
    [InlineData(" 5")]
    [InlineData(";a=\"\u0001\"")]
    [InlineData(";a=\"\\\u007f\"")]
    public void A_malformed_extension_is_refused(string extension)
    {
        Refused(HttpFault.BadChunkExtension, "5" + extension + "\r\nhello\r\n" + End);
        Refused(HttpFault.BadChunkExtension, "0" + extension + "\r\n\r\n");
    }

    [Theory]
    [InlineData("5;\nhello")]
    [InlineData("5;a\nb\r\nhello")]
    [InlineData("5;a\rb\r\nhello")]
    [InlineData("2;\rxx\r\nxy")]
    [InlineData("5;a=\"\n\"\r\nhello")]
    [InlineData("5;a=\"\r\nhello")]
    [InlineData("5;a=\"\\\r\nhello")]
    [InlineData("5;a=\n\r\nhello")]
    [InlineData("5 \n;a\r\nhello")]
    public void No_CR_or_LF_hides_in_an_extension(string chunk)
    {
        ChunkedRun run = ChunkedRun.Request(chunk + "\r\n" + End);
        Assert.Equal(ParseStatus.Invalid, run.Status);
        Assert.Equal(0, run.BodyBytes);
    }

    [Fact]
    public void Extensions_may_not_outweigh_the_data_by_more_than_16_KiB()
    {
        Refused(HttpFault.BadChunkExtension, "5;" + new string('e', 20_000) + "\r\nhello\r\n" + End);
        Refused(HttpFault.BadChunkExtension, string.Concat(Enumerable.Repeat("1;" + new string('e', 2000) + "\r\nx\r\n", 20)) + End);
        Assert.Equal(ParseStatus.Done, ChunkedRun.Request("5;a=" + new string('b', 8000) + "\r\nhello\r\n" + End).Status);
    }

    [Fact]
    public void Plain_chunks_make_room_for_another_extension()
    {
        string extended = "5;a=" + new string('b', 12_000) + "\r\nhello\r\n";
        string plain = string.Concat(Enumerable.Repeat("1\r\nx\r\n", 1000));
        Refused(HttpFault.BadChunkExtension, extended + extended + End);
        Assert.Equal(ParseStatus.Done, ChunkedRun.Request(extended + plain + extended + End).Status);
    }

    [Fact]
    public void Small_chunks_without_extensions_may_go_on_for_ever()
    {
        string body = string.Concat(Enumerable.Repeat("1\r\nx\r\n", 20_000)) + End;
        var decoder = new ChunkedDecoder(dataOnly: false, keepTrailers: false);
        Assert.Equal(ParseStatus.Done, decoder.Next(Encoding.ASCII.GetBytes(body), out _, out ByteRange forward));
        Assert.Equal(body.Length, forward.Length);
        decoder = new ChunkedDecoder(dataOnly: false, keepTrailers: false);
        for (int i = 0; i < body.Length; i++) Assert.NotEqual(ParseStatus.Invalid, decoder.Next([(byte)body[i]], out _, out _));
    }

    [Fact]
    public void A_body_that_has_not_ended_is_never_done()
    {
        const string Body = "5;a=b\r\nhello\r\n0;c\r\nX-T: t\r\n\r\n";
        for (int length = 0; length < Body.Length; length++) Assert.Equal(ParseStatus.NeedMore, ChunkedRun.Request(Body[..length]).Status);
        Assert.Equal(ParseStatus.Done, ChunkedRun.Request(Body).Status);
    }

    [Fact]
    public void Data_may_pass_by_the_decoder()
    {
        var decoder = new ChunkedDecoder(dataOnly: false, keepTrailers: false);
        Assert.Equal(0, decoder.ChunkRemaining);
        decoder.Next("A\r\n01"u8, out _, out _);
        Assert.Equal(8, decoder.ChunkRemaining);
        decoder.TakeData(3);
        Assert.Equal(5, decoder.ChunkRemaining);
        decoder.TakeData(5);
        Assert.Equal((0, 10), (decoder.ChunkRemaining, decoder.BodyBytes));
        Assert.Throws<ArgumentOutOfRangeException>(() => decoder.TakeData(1));
        Assert.Equal(ParseStatus.Done, decoder.Next("\r\n0\r\n\r\n"u8, out int consumed, out _));
        Assert.Equal(7, consumed);
    }

    [Fact]
    public void The_answer_stays_when_asked_again()
    {
        var decoder = new ChunkedDecoder(dataOnly: false, keepTrailers: false);
        decoder.Next("0\r\n\r\n"u8, out _, out _);
        Assert.Equal(ParseStatus.Done, decoder.Next("more"u8, out int consumed, out ByteRange forward));
        Assert.Equal((0, 0), (consumed, forward.Length));
    }

    internal static void Refused(HttpFault fault, string text)
    {
        ChunkedRun run = ChunkedRun.Request(text);
        Assert.Equal((ParseStatus.Invalid, fault), (run.Status, run.Fault));
        Assert.Equal((ParseStatus.Invalid, fault), (ChunkedRun.Response(text).Status, ChunkedRun.Response(text, dataOnly: true).Fault));
    }
}
