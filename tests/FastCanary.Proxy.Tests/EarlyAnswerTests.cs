using System.Globalization;

namespace FastCanary.Proxy.Tests;

/// <summary>A server may answer before it has the whole request (RFC 9112, 9.5).</summary>
public sealed class EarlyAnswerTests
{
    private const string Refusal = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig";

    [Theory]
    [InlineData("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig", false)]
    [InlineData("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig", true)]
    [InlineData("HTTP/1.1 413 Content Too Large\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nbig\r\n0\r\n\r\n", false)]
    [InlineData("HTTP/1.1 413 Content Too Large\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nbig\r\n0\r\n\r\n", true)]
    public void The_answer_of_an_origin_that_then_leaves_reaches_the_client(string answer, bool reset)
    {
        using var origin = new Origin(connection =>
        {
            connection.ReadHead();
            connection.Wire.Read(1000);
            connection.Wire.Send(answer);
            if (reset) connection.Wire.Reset();
        });
        using var world = new World(origin);
        for (var i = 0; i < 20; i++)
        {
            var client = world.Connect();
            var upload = new Thread(() => client.TrySend($"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 8000000\r\n\r\n{new string('u', 8_000_000)}"));
            upload.Start();
            var response = Message.ReadResponse(client)!;
            Assert.Equal(413, response.Status);
            Assert.Equal("big", response.Text);
            Assert.True(response.IsComplete);
            client.ReadEnd();
            client.Dispose();
            upload.Join();
        }
    }

    [Fact]
    public void A_close_delimited_answer_whose_end_is_orderly_is_complete()
    {
        using var origin = new Origin(connection =>
        {
            connection.ReadHead();
            connection.Wire.Read(1000);
            connection.Wire.Send("HTTP/1.0 413 Content Too Large\r\n\r\nbig");
            connection.Wire.Finish();
            connection.Wire.ReadEnd();
        });
        using var world = new World(origin);
        var client = world.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 8000000\r\n\r\n" + new string('u', 2000));
        var response = Message.ReadResponse(client)!;
        Assert.Equal("big", response.Text);
        Assert.True(response.IsComplete);
    }

    /// <summary>
    /// The last bytes of the body may still be on their way upstream when the answer ends the exchange. They were never given back, so
    /// the connection must end: else they would be read as the next request.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_body_whose_end_was_never_taken_is_not_read_as_the_next_request(bool originCloses)
    {
        const string Hidden = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
        using var origin = new Origin(
            connection =>
            {
                while (connection.ReadHead() is { } head)
                {
                    if (head.Method != "POST")
                    {
                        connection.Answer("smuggled");
                        continue;
                    }

                    // By then the client has sent all that the kernels and the proxy take.
                    Thread.Sleep(200);
                    connection.Wire.Send("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig");
                    if (originCloses) return;
                    Thread.Sleep(Timeout.Infinite);
                }
            },
            receiveBufferBytes: 4096);
        using var world = new World(origin);
        // The last piece is stuck for sizes just above what the kernels take: close in on them.
        var (low, high) = (64 << 10, 16 << 20);
        while (high - low > 4096)
        {
            var size = (low + high) / 2;
            if (IsWhollyTaken(size)) low = size;
            else high = size;
        }

        Parallel.For(-8, 8, i => IsWhollyTaken(low + (i * 2048)));
        Assert.DoesNotContain(origin.Requests, request => request.Target == "/smuggled");

        bool IsWhollyTaken(int size)
        {
            using var client = Wire.Connect(world.Port);
            var body = string.Concat(Enumerable.Repeat(Hidden, size / Hidden.Length));
            var upload = new Thread(() => client.TrySend(string.Create(
                CultureInfo.InvariantCulture, $"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: {body.Length}\r\n\r\n{body}")));
            upload.Start();
            var response = Message.ReadResponse(client)!;
            Assert.Equal(413, response.Status);
            Assert.Equal("big", response.Text);
            Assert.Empty(client.HasInput(100) ? client.ReadToEnd() : []);
            client.Dispose();
            upload.Join();
            return response["Connection"] is null;
        }
    }

    [Theory]
    [InlineData(Cut.Whole)]
    [InlineData(Cut.Bytes)]
    [InlineData(Cut.Random)]
    public void An_origin_that_answers_while_it_reads_works_in_lockstep(Cut cut)
    {
        using var origin = new Origin(connection =>
        {
            connection.Wire.Cut = cut;
            connection.ReadHead();
            connection.Wire.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            while (true)
            {
                var size = connection.Wire.ReadThrough("\r\n");
                var rest = connection.Wire.ReadText(int.Parse(size, NumberStyles.AllowHexSpecifier | NumberStyles.AllowTrailingWhite) + 2);
                connection.Wire.Send(size + rest);
                if (size == "0\r\n") break;
            }
        });
        using var world = new World(origin);
        var client = world.Connect(cut);
        client.Send("POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n");
        var head = Message.ReadHead(client)!;
        Assert.Equal(200, head.Status);
        for (var i = 1; i <= 50; i++)
        {
            var chunk = string.Create(CultureInfo.InvariantCulture, $"{i:x}\r\n{new string((char)('a' + (i % 26)), i)}\r\n");
            client.Send(chunk);
            Assert.Equal(chunk, client.ReadText(chunk.Length));
        }

        client.Send("0\r\n\r\n");
        Assert.Equal("0\r\n\r\n", client.ReadText(5));
    }

    [Fact]
    public void After_an_early_answer_neither_connection_is_used_again()
    {
        using var origin = new Origin(connection =>
        {
            connection.ReadHead();
            connection.Wire.Send(Refusal);
            connection.Wire.ReadEnd();
        });
        using var world = new World(origin);
        for (var i = 0; i < 3; i++)
        {
            var client = world.Connect();
            client.Send("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 100000\r\n\r\nonly this");
            var response = Message.ReadResponse(client)!;
            Assert.Equal(413, response.Status);
            Assert.Equal("close", response["Connection"]);
            Assert.Equal(EndKind.Closed, client.ReadEnd());
            Assert.Equal(i + 1, origin.Accepted);
        }
    }

    [Fact]
    public void An_origin_that_closes_in_mid_upload_without_an_answer_is_a_502()
    {
        using var origin = new Origin(connection =>
        {
            connection.ReadHead();
            connection.Wire.Reset();
        });
        using var world = new World(origin);
        var client = world.Connect();
        // More than is ever sent: a body that the kernels' buffers took whole would leave the connection usable.
        var upload = new Thread(() => client.TrySend($"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 40000000\r\n\r\n{new string('u', 4_000_000)}"));
        upload.Start();
        var response = Message.ReadResponse(client)!;
        Assert.Equal(502, response.Status);
        Assert.True(response.IsComplete);
        Assert.Equal("close", response["Connection"]);
        client.ReadEnd();
        client.Dispose();
        upload.Join();
    }
}
