using System.Text;
using FastCanary.LoadTests.Engine;

namespace FastCanary.LoadTests.Tests.Engine;

public sealed class AnswerReaderTests
{
    private static readonly VersionNames Versions = new("stable", "canary");

    public static TheoryData<string, int, long, int, bool> Whole => new()
    {
        { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, 5, -1, false },
        { "HTTP/1.1 200 \r\ncontent-length:0\r\nX-Canary-Version: canary\r\n\r\n", 200, 0, 1, false },
        { "HTTP/1.1 200 OK\r\nX-Canary-Version: canary\r\nX-Origin-Version: stable\r\nContent-Length: 0\r\n\r\n", 200, 0, 0, false },
        { "HTTP/1.1 200 OK\r\nX-Origin-Version: stable\r\nX-Canary-Version: canary\r\nContent-Length: 0\r\n\r\n", 200, 0, 0, false },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n", 200, 15, -1, false },
        { "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", 204, 0, -1, false },
        { "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno", 503, 2, -1, true },
        { "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nno", 200, 2, -1, true },
    };

    [Theory]
    [MemberData(nameof(Whole))]
    public void A_response_is_read_however_its_bytes_arrive(string text, int status, long bytes, int version, bool closes)
    {
        byte[] all = Encoding.ASCII.GetBytes(text);
        for (int step = 1; step <= all.Length; step++)
        {
            var reader = new AnswerReader(Versions);
            reader.Begin();
            byte[] rest = [];
            bool isWhole = false;
            for (int at = 0; at < all.Length; at += step)
            {
                Assert.False(isWhole, $"whole {all.Length - at} bytes early, in pieces of {step}");
                byte[] given = [.. rest, .. all.AsSpan(at, Math.Min(step, all.Length - at))];
                ReadOnlySpan<byte> data = given;
                isWhole = reader.Read(ref data);
                rest = data.ToArray();
            }

            Assert.True(isWhole);
            Assert.Empty(rest);
            Assert.Equal((status, bytes, version, closes), (reader.Status, reader.ContentBytes, reader.Version, reader.Closes));
        }
    }

    [Fact]
    public void What_is_behind_a_response_is_left()
    {
        var reader = new AnswerReader(Versions);
        reader.Begin();
        ReadOnlySpan<byte> data = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 404"u8;
        Assert.True(reader.Read(ref data));
        Assert.Equal("HTTP/1.1 404", Encoding.ASCII.GetString(data));
    }

    [Fact]
    public void Without_a_length_the_response_ends_with_the_connection()
    {
        var reader = new AnswerReader(Versions);
        reader.Begin();
        ReadOnlySpan<byte> data = "HTTP/1.1 200 OK\r\n\r\nany"u8;
        Assert.False(reader.Read(ref data));
        Assert.Equal((true, true, 3), (reader.EndsWithConnection, reader.Closes, reader.ContentBytes));
    }

    [Theory]
    [InlineData("HTTP/2 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 20x OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n")]
    public void What_is_no_response_is_refused(string text)
    {
        var reader = new AnswerReader(Versions);
        reader.Begin();
        Assert.Throws<FormatException>(() =>
        {
            ReadOnlySpan<byte> data = Encoding.ASCII.GetBytes(text);
            reader.Read(ref data);
        });
    }
}
