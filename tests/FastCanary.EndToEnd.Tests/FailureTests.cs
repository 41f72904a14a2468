using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

public sealed class FailureTests
{
    [Fact]
    public void An_unreachable_endpoint_is_a_502_at_once_and_one_line_of_log_that_names_it()
    {
        var (port, nobody) = (Ports.Free(), Ports.Free());
        using var proxy = FastCanaryProcess.Start(Configuration.Single(port, nobody));
        using var client = new RawClient(port);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 100; i++)
        {
            var answer = client.Get();
            Assert.Equal(502, answer.Status);
            Assert.Contains("no connection to the upstream", answer.Text, StringComparison.Ordinal);
        }

        var took = watch.Elapsed;
        Assert.True(took < TimeSpan.FromSeconds(30), $"100 refusals took {took}");
        Assert.Matches($@"web/v1/127\.0\.0\.1:{nobody}: ConnectFailed \(Refused\)", proxy.WaitForLog("endpoint "));
        Eventually.Holds(() => Lines().Sum(static line => int.Parse(Regex.Match(line, "; (?<count>[0-9]+) requests in the last second$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["count"].ValueSpan)) == 100, () => string.Join('\n', Lines()));
        // The look is once a second, so a hundred requests in a moment are a line or two.
        Assert.InRange(Lines().Length, 1, 2 + (int)took.TotalSeconds);

        string[] Lines() => [.. proxy.Log.Where(static line => line.Contains("endpoint ", StringComparison.Ordinal))];
    }

    [Fact]
    public void An_origin_that_is_killed_gives_502_for_its_requests_only_and_is_used_again_when_it_is_back()
    {
        var (port, mortal) = (Ports.Free(), Ports.Free());
        using var stable = ScriptedOrigin.Answering("s");
        using var proxy = FastCanaryProcess.Start(Configuration.Split(port, [("stable", 1, stable.Port), ("canary", 1, mortal)]));
        using var client = new RawClient(port);
        using (var nginx = new NginxProcess(NginxProcess.Origin(mortal, "c"), [mortal]))
        {
            Assert.Equal("200s 200c 200s 200c", Four(client));
            nginx.Kill();
            Assert.Equal("200s 502 200s 502", Four(client));
        }

        using var back = new NginxProcess(NginxProcess.Origin(mortal, "c"), [mortal]);
        Assert.Equal("200s 200c 200s 200c", Four(client));
    }

    [Fact]
    public void An_origin_that_resets_in_the_middle_of_a_request_gives_502_for_that_request_only()
    {
        using var origin = new ScriptedOrigin(static connection =>
        {
            while (connection.Read() is { } request)
            {
                if (request.Target == "/die") return;
                connection.Send(ScriptedOrigin.Response("1"));
            }
        });
        var port = Ports.Free();
        using var proxy = FastCanaryProcess.Start(Configuration.Single(port, origin.Port));
        using var client = new RawClient(port);
        Assert.Equal(200, client.Get().Status);
        Assert.Equal(502, client.Get("/die").Status);
        Assert.Equal(200, client.Get().Status);
    }

    [Fact]
    public void A_connect_that_is_never_answered_is_a_504_after_the_connect_timeout()
    {
        // A backlog that is full: the kernel drops further SYNs, so that a connect hangs.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var hole = Ports.Free();
        listener.Bind(new IPEndPoint(IPAddress.Loopback, hole));
        listener.Listen(0);
        var fillers = new List<Socket>();
        try
        {
            var full = false;
            while (!full && fillers.Count < 16)
            {
                var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                fillers.Add(filler);
                filler.Blocking = false;
                Assert.Throws<SocketException>(() => filler.Connect(IPAddress.Loopback, hole));
                full = !filler.Poll(TimeSpan.FromMilliseconds(500), SelectMode.SelectWrite);
            }

            Assert.True(full, "the backlog does not fill on this system");
            var port = Ports.Free();
            using var proxy = FastCanaryProcess.Start(Configuration.Single(port, hole, service: "timeouts: { connect: 1s }"));
            // Before the connection: the time that the proxy goes by may be that of its begin.
            var watch = Stopwatch.StartNew();
            using var client = new RawClient(port);
            var answer = client.Get();
            Assert.Equal(504, answer.Status);
            Assert.Contains("no connection to the upstream in time", answer.Text, StringComparison.Ordinal);
            Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(950), Eventually.Patience);
            Assert.Contains("ConnectTimedOut", proxy.WaitForLog($"endpoint web/v1/127.0.0.1:{hole}"), StringComparison.Ordinal);
        }
        finally
        {
            foreach (var filler in fillers) filler.Dispose();
        }
    }

    [Fact]
    public void An_origin_that_never_answers_is_a_504_after_the_response_timeout_and_the_client_may_go_on()
    {
        using var origin = new ScriptedOrigin(static connection =>
        {
            while (connection.Read() is { } request)
            {
                if (request.Target == "/silence") connection.WaitForEnd();
                else connection.Send(ScriptedOrigin.Response("1"));
            }
        });
        var port = Ports.Free();
        using var proxy = FastCanaryProcess.Start(Configuration.Single(port, origin.Port, service: "timeouts: { connect: 10s, response: 5s }"));
        var watch = Stopwatch.StartNew();
        using var client = new RawClient(port);
        var answer = client.Get("/silence");
        Assert.Equal(504, answer.Status);
        Assert.Contains("did not answer in time", answer.Text, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(4950), Eventually.Patience);
        Assert.Contains("ResponseTimedOut", proxy.WaitForLog($"endpoint web/v1/127.0.0.1:{origin.Port}"), StringComparison.Ordinal);
        Assert.Equal("1", client.Get().Text);
    }

    [Theory]
    [InlineData("a length", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")]
    [InlineData("chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")]
    [InlineData("a chunk that is cut", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf")]
    public void A_response_that_stands_still_never_looks_complete(string framing, string part)
    {
        _ = framing;
        using var origin = new ScriptedOrigin(connection =>
        {
            connection.Read();
            connection.Send(part);
            connection.WaitForEnd();
        });
        AssertCut(origin, "1.1");
        AssertCut(origin, "1.0");
    }

    [Theory]
    [InlineData("a length", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")]
    [InlineData("chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")]
    [InlineData("a chunk that is cut", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf")]
    public void A_response_whose_origin_dies_never_looks_complete(string framing, string part)
    {
        _ = framing;
        using var origin = new ScriptedOrigin(connection =>
        {
            connection.Read();
            connection.Send(part);
        });
        AssertCut(origin, "1.1");
        AssertCut(origin, "1.0");
    }

    [Fact]
    public void A_request_whose_head_never_ends_is_a_408_and_the_end()
    {
        using var origin = ScriptedOrigin.Answering("1");
        var port = Ports.Free();
        using var proxy = FastCanaryProcess.Start(Configuration.Single(port, origin.Port, listener: ", timeouts: { requestHead: 500ms }"));
        using var client = new RawClient(port);
        client.Send("GET / HTTP/1.1\r\nHost: e2e.te");
        var answer = client.Read();
        Assert.Equal(408, answer.Status);
        Assert.True(client.IsEnded());
        Assert.Equal(0, origin.Accepted);
    }

    [Fact]
    public void An_idle_connection_is_closed_without_a_word()
    {
        using var origin = ScriptedOrigin.Answering("1");
        var port = Ports.Free();
        using var proxy = FastCanaryProcess.Start(Configuration.Single(port, origin.Port, listener: ", timeouts: { idle: 5s }"));
        using var client = new RawClient(port);
        Assert.Equal(200, client.Get().Status);
        Assert.True(client.IsEnded());
    }

    [Fact]
    public void A_process_that_stood_still_serves_what_arrived_meanwhile_although_the_time_is_up()
    {
        using var asked = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        using var answered = new ManualResetEventSlim();
        using var origin = new ScriptedOrigin(connection =>
        {
            connection.Read();
            asked.Set();
            go.Wait(Eventually.Patience);
            connection.Send(ScriptedOrigin.Response("in time"));
            answered.Set();
            connection.WaitForEnd();
        });
        var port = Ports.Free();
        using var proxy = FastCanaryProcess.Start(Configuration.Single(port, origin.Port, service: "timeouts: { connect: 10s, response: 5s }"));
        using var client = new RawClient(port);
        client.Send(RawClient.Request());
        Assert.True(asked.Wait(Eventually.Patience));
        // As a machine does that is suspended, or has no processor to give.
        proxy.Pause();
        go.Set();
        Assert.True(answered.Wait(Eventually.Patience));
        Thread.Sleep(5500);
        proxy.Continue();
        Assert.Equal("in time", client.Read().Text);
    }

    [Fact]
    public void A_client_that_goes_away_takes_its_upstream_request_with_it()
    {
        using var ended = new ManualResetEventSlim();
        using var asked = new ManualResetEventSlim();
        using var origin = new ScriptedOrigin(connection =>
        {
            connection.Read();
            asked.Set();
            try
            {
                connection.WaitForEnd();
            }
            finally
            {
                ended.Set();
            }
        });
        var port = Ports.Free();
        using var proxy = FastCanaryProcess.Start(Configuration.Single(port, origin.Port));
        using var client = new RawClient(port);
        client.Send(RawClient.Request());
        Assert.True(asked.Wait(Eventually.Patience));
        client.Abort();
        Assert.True(ended.Wait(Eventually.Patience), "the upstream connection is still open");
    }

    [Fact]
    public void Connections_over_the_limit_wait_until_there_is_room()
    {
        using var origin = ScriptedOrigin.Answering("1");
        var port = Ports.Free();
        using var proxy = FastCanaryProcess.Start(Configuration.Single(port, origin.Port, listener: ", limits: { connections: 2 }"));
        using var first = new RawClient(port);
        using var second = new RawClient(port);
        Assert.Equal("1", first.Get().Text);
        Assert.Equal("1", second.Get().Text);
        using var third = new RawClient(port);
        third.Send(RawClient.Request());
        third.Wire.Socket.ReceiveTimeout = 500;
        Assert.Throws<SocketException>(() => third.Read());
        first.Dispose();
        third.Wire.Socket.ReceiveTimeout = (int)Eventually.Patience.TotalMilliseconds;
        Assert.Equal("1", third.Read().Text);
    }

    private static void AssertCut(ScriptedOrigin origin, string version)
    {
        var port = Ports.Free();
        using var proxy = FastCanaryProcess.Start(Configuration.Single(port, origin.Port, service: "timeouts: { connect: 10s, responseBody: 1s }"));
        using var client = new RawClient(port);
        client.Send($"GET / HTTP/{version}\r\nHost: e2e.test\r\n\r\n");
        var head = client.Read(toHead: true);
        Assert.Equal(200, head.Status);
        // A length or chunks that are not fulfilled, or a reset where only the end of the connection could tell.
        var cut = Assert.ThrowsAny<Exception>(() => client.Wire.ReadBody(head, isResponse: true));
        Assert.True(
            cut is EndOfStreamException || cut is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted },
            cut.ToString());
    }

    private static string Four(RawClient client) =>
        string.Join(' ', Enumerable.Range(0, 4).Select(_ => client.Get()).Select(static answer => answer.Status == 200 ? "200" + answer.Text : $"{answer.Status}"));
}
