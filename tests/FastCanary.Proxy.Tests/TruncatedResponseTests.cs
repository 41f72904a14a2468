namespace FastCanary.Proxy.Tests;

/// <summary>A response that ends too early is never made to look complete (docs/laws.md, 3).</summary>
public sealed class TruncatedResponseTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789", true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;e=f\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;e=f\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n", true)]
    public void Whatever_byte_an_origin_ends_at(string answer, bool reset)
    {
        var head = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        using var read = new AutoResetEvent(initialState: false);
        using var origin = new Origin(connection =>
        {
            var length = int.Parse(connection.ReadRequest()!.Target[1..]);
            connection.Wire.Send(answer[..length]);
            if (!reset) return;
            // So that the bytes are read before the reset, which may overtake them.
            if (length >= head) read.WaitOne(Wire.PatienceMs);
            connection.Wire.Reset();
        });
        using var world = new World(origin);
        foreach (var version in (string[])["1.1", "1.0"])
        {
            for (var length = 0; length < answer.Length; length++)
            {
                using var client = Wire.Connect(world.Port);
                client.Send($"GET /{length} HTTP/{version}\r\nHost: a.example\r\n\r\n");
                if (reset && length >= head)
                {
                    Assert.True(client.HasInput(Wire.PatienceMs), $"nothing after {length} bytes for HTTP/{version}");
                    read.Set();
                }

                var response = Message.ReadResponse(client);
                if (length < head)
                {
                    Assert.Equal(502, response!.Status);
                    Assert.True(response.IsComplete);
                    continue;
                }

                Assert.False(response?.IsComplete ?? false, $"complete after {length} bytes for HTTP/{version}: {response?.Head}{response?.Text}");
                if (client.End == EndKind.Open) client.ReadEnd();
                var isCloseDelimited = version == "1.0" && answer.Contains("chunked", StringComparison.Ordinal);
                if (isCloseDelimited) Assert.Equal(EndKind.Reset, client.End);
                else Assert.NotEqual(EndKind.Open, client.End);
            }
        }
    }

    [Fact]
    public void A_reset_in_a_close_delimited_response_is_passed_on_as_an_incomplete_one()
    {
        using var read = new AutoResetEvent(initialState: false);
        using var origin = new Origin(connection =>
        {
            connection.ReadRequest();
            connection.Wire.Send("HTTP/1.1 200 OK\r\n\r\nhello");
            read.WaitOne(Wire.PatienceMs);
            connection.Wire.Reset();
        });
        using var world = new World(origin);
        foreach (var version in (string[])["1.1", "1.0"])
        {
            var client = world.Connect();
            client.Send($"GET / HTTP/{version}\r\nHost: a.example\r\n\r\n");
            Assert.True(client.HasInput(Wire.PatienceMs));
            read.Set();
            Assert.False(Message.ReadResponse(client)?.IsComplete ?? false);
            client.ReadEnd();
            if (version == "1.0") Assert.Equal(EndKind.Reset, client.End);
        }

        World.Eventually(() => world.Plane.Count(ExchangeOutcome.ResponseTruncated) == 2, "counted");
    }
}
