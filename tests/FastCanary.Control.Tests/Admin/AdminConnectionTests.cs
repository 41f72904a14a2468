using System.Globalization;
using System.Text;
using FastCanary.Transport;

namespace FastCanary.Control.Tests.Admin;

/// <summary>How connections and messages are treated, byte by byte.</summary>
public sealed class AdminConnectionTests
{
    [Fact]
    public void Answers_carry_what_HTTP_wants_and_are_neither_kept_nor_sniffed()
    {
        using var admin = new AdminUnderTest();
        var reply = admin.Send("GET", "/healthz");
        Assert.Equal("HTTP/1.1 200 OK", reply.StatusLine);
        Assert.Equal(("3", "no-store", "nosniff"), (reply["Content-Length"], reply["Cache-Control"], reply["X-Content-Type-Options"]));
        var date = DateTime.ParseExact(reply["Date"]!, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
        Assert.InRange(date, DateTime.UtcNow.AddMinutes(-1), DateTime.UtcNow.AddMinutes(1));
        Assert.Null(reply["Connection"]);
        Assert.Equal("HTTP/1.1 401 Unauthorized", new AdminReply("HTTP/1.1 401 Unauthorized").StatusLine);
    }

    [Fact]
    public void Both_backends_serve()
    {
        using var admin = new AdminUnderTest(transport: TransportBackend.Sockets);
        var client = admin.Connect();
        Assert.Equal(200, client.Send("GET", "/api/v1/status").Status);
        Assert.Equal(200, client.Send("PUT", "/api/v1/services/search/weights", """{"canary":10}""").Status);
    }

    [Fact]
    public void A_connection_is_kept_for_many_requests()
    {
        using var admin = new AdminUnderTest();
        var client = admin.Connect();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(200, client.Send("GET", "/api/v1/status").Status);
            Assert.Equal(404, client.Send("GET", "/nothing").Status);
            Assert.Equal(200, client.Send("PUT", "/api/v1/services/search/weights", $$"""{"canary":{{i}}}""").Status);
            Assert.Equal(400, client.Send("PUT", "/api/v1/services/search/weights", "[]").Status);
        }

        Assert.Equal(20, admin.Target.Changes.Length);
    }

    [Fact]
    public void Requests_sent_ahead_are_answered_in_order()
    {
        using var admin = new AdminUnderTest();
        var client = admin.Connect();
        var all = new StringBuilder();
        for (var i = 0; i < 50; i++)
        {
            all.Append(client.Request("PUT", "/api/v1/services/search/weights", $$"""{"canary":{{i}}}"""));
            all.Append(client.Request("GET", "/healthz"));
            all.Append(client.Request("GET", "/api/v1/services/search"));
        }

        client.Write(all.ToString());
        for (var i = 0; i < 50; i++)
        {
            Assert.Contains($$"""{"name":"canary","weight":{{i}}}""", client.Read().Body);
            Assert.Equal("ok\n", client.Read().Body);
            Assert.Contains($$"""{"name":"canary","weight":{{i}},""", client.Read().Body);
        }
    }

    [Fact]
    public void A_request_may_come_byte_by_byte()
    {
        using var admin = new AdminUnderTest();
        var client = admin.Connect();
        foreach (var each in client.Request("PUT", "/api/v1/services/search/weights", """{"canary":7}""")) client.Write(each.ToString());
        Assert.Equal(200, client.Read().Status);
        Assert.Equal(["weights search canary=7 by admin: anonymous 127.0.0.1"], admin.Target.Changes);
    }

    [Fact]
    public void A_body_may_come_in_chunks_and_be_followed_by_a_request()
    {
        using var admin = new AdminUnderTest();
        var client = admin.Connect();
        client.Write(client.Request("PUT", "/api/v1/services/search/weights", "", "Transfer-Encoding: chunked", "Content-Type: application/json"));
        foreach (var piece in new[] { "5\r\n{\"can", "\r\n", "7;x=y\r\nary\":11\r\n1\r", "\n}\r\n0\r\n", "Ignored: trailer\r\n\r\n" + client.Request("GET", "/healthz") }) client.Write(piece);
        Assert.Equal(200, client.Read().Status);
        Assert.Equal("ok\n", client.Read().Body);
        Assert.Equal(["weights search canary=11 by admin: anonymous 127.0.0.1"], admin.Target.Changes);
    }

    [Fact]
    public void HEAD_gets_the_head_of_what_GET_gets()
    {
        using var admin = new AdminUnderTest();
        foreach (var path in new[] { "/", "/healthz", "/metrics", "/api/v1/status", "/api/v1/services/search", "/api/v1/services/nothing", "/nothing" })
        {
            var client = admin.Connect();
            var get = client.Send("GET", path);
            var head = client.Send("HEAD", path);
            Assert.Equal((get.Status, get["Content-Length"], get["Content-Type"]), (head.Status, head["Content-Length"], head["Content-Type"]));
            Assert.NotEqual("0", head["Content-Length"]);
            Assert.Equal("ok\n", client.Send("GET", "/healthz").Body);
        }
    }

    [Fact]
    public void A_body_is_invited_where_the_client_waits_to_be()
    {
        using var admin = new AdminUnderTest();
        var client = admin.Connect();
        client.Write(client.Request("PUT", "/api/v1/services/search/weights", "", "Content-Length: 13", "Content-Type: application/json", "Expect: 100-continue"));
        Assert.Equal("HTTP/1.1 100 Continue", client.Read().StatusLine);
        client.Write("""{"canary":12}""");
        Assert.Equal(200, client.Read().Status);
        client.Write(client.Request("PUT", "/nothing", "", "Content-Length: 13", "Expect: 100-continue"));
        Assert.Equal(404, client.Read().Status);
        client.ExpectEnd();
    }

    [Theory]
    [InlineData("GET /healthz\r\n\r\n", 400)]
    [InlineData("GET /healthz HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400)]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: localhost\r\nA : b\r\n\r\n", 400)]
    [InlineData("GET /healthz HTTP/1.1\nHost: localhost\n\n", 400)]
    [InlineData("GET /healthz HTTP/2.0\r\nHost: localhost\r\n\r\n", 505)]
    [InlineData("POST /api/v1/reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    [InlineData("POST /api/v1/reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2, 2\r\n\r\n{}", 400)]
    [InlineData("POST /api/v1/reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400)]
    [InlineData("POST /api/v1/reload HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501)]
    [InlineData("POST /api/v1/reload HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400)]
    [InlineData("CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", 405)]
    public void What_is_malformed_is_refused_and_the_connection_closed(string request, int status)
    {
        using var admin = new AdminUnderTest();
        var client = admin.Connect();
        client.Write(request);
        var reply = client.Read();
        Assert.Equal((status, "close"), (reply.Status, reply["Connection"]));
        Assert.NotEmpty(reply.Detail);
        client.ExpectEnd();
        Assert.Empty(admin.Target.Changes);
    }

    [Fact]
    public void A_head_above_its_limit_is_refused()
    {
        using var admin = new AdminUnderTest();
        var client = admin.Connect();
        Assert.Equal(200, client.Send("GET", "/healthz", "", "X-Long: " + new string('a', 16000)).Status);
        var reply = client.Send("GET", "/healthz", "", "X-Long: " + new string('a', 17000));
        Assert.Equal((431, "close"), (reply.Status, reply["Connection"]));
        Assert.Equal(414, admin.Send("GET", "/" + new string('a', 9000)).Status);
    }

    [Fact]
    public void A_body_above_its_limit_is_refused_by_its_length_and_by_what_comes()
    {
        using var admin = new AdminUnderTest();
        var client = admin.Connect();
        // One that is at the limit is read, and is no JSON.
        Assert.Equal(400, client.Send("PUT", "/api/v1/services/search/weights", new string(' ', 64 << 10)).Status);
        client.Write(client.Request("PUT", "/api/v1/services/search/weights", "", $"Content-Length: {(64 << 10) + 1}", "Content-Type: application/json"));
        var reply = client.Read();
        Assert.Equal((413, "too_large", "close"), (reply.Status, reply.Error, reply["Connection"]));
        client = admin.Connect();
        client.Write(client.Request("PUT", "/api/v1/services/search/weights", "", "Transfer-Encoding: chunked", "Content-Type: application/json"));
        client.Write("10000\r\n" + new string(' ', 64 << 10) + "\r\n1\r\n \r\n");
        Assert.Equal(413, client.Read().Status);
        Assert.Empty(admin.Target.Changes);
    }

    [Fact]
    public void A_body_that_ends_early_changes_nothing()
    {
        using var admin = new AdminUnderTest();
        var client = admin.Connect();
        client.Write(client.Request("POST", "/api/v1/reload", "", "Content-Length: 2", "Content-Type: application/json") + "{");
        client.EndSending();
        Assert.Equal(400, client.Read().Status);
        client.ExpectEnd();
        Assert.Empty(admin.Target.Changes);
    }

    [Fact]
    public void A_client_that_has_ended_its_side_still_gets_its_answers()
    {
        using var admin = new AdminUnderTest();
        var client = admin.Connect();
        client.Write(client.Request("GET", "/api/v1/status") + client.Request("GET", "/healthz"));
        client.EndSending();
        Assert.Equal(200, client.Read().Status);
        Assert.Equal("ok\n", client.Read().Body);
        client.ExpectEnd();
    }

    [Fact]
    public void HTTP_1_0_and_a_client_that_asks_to_close_get_one_answer()
    {
        using var admin = new AdminUnderTest();
        var client = admin.Connect();
        client.Write("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        Assert.Equal("close", client.Read()["Connection"]);
        client.ExpectEnd();
        client = admin.Connect();
        Assert.Equal("close", client.Send("GET", "/api/v1/status", "", "Connection: close")["Connection"]);
        client.ExpectEnd();
    }

    [Fact]
    public void A_slow_head_and_a_connection_without_one_time_out()
    {
        // Long enough that a head which is begun at once begins in time.
        using var admin = new AdminUnderTest(new AdminOptions { Limits = new AdminLimits { HeadTimeoutMs = 5000 } });
        var head = admin.Connect();
        head.Write("GET /healthz HTTP/1.1\r\nHost:");
        var silent = admin.Connect();
        var reply = head.Read();
        Assert.Equal((408, "timeout", "close"), (reply.Status, reply.Error, reply["Connection"]));
        head.ExpectEnd();
        silent.ExpectEnd();
    }

    [Fact]
    public void A_slow_body_and_an_idle_connection_time_out()
    {
        using var admin = new AdminUnderTest(new AdminOptions { Limits = new AdminLimits { HeadTimeoutMs = 60_000, BodyTimeoutMs = 150, IdleTimeoutMs = 150 } });
        var body = admin.Connect();
        var chunks = admin.Connect();
        var idle = admin.Connect();
        body.Write(body.Request("POST", "/api/v1/reload", "", "Content-Length: 2", "Content-Type: application/json") + "{");
        chunks.Write(chunks.Request("POST", "/api/v1/reload", "", "Transfer-Encoding: chunked", "Content-Type: application/json") + "1\r\n{\r\n");
        Assert.Equal(200, idle.Send("GET", "/healthz").Status);
        foreach (var slow in new[] { body, chunks })
        {
            var reply = slow.Read();
            Assert.Equal((408, "timeout", "close"), (reply.Status, reply.Error, reply["Connection"]));
            slow.ExpectEnd();
        }

        idle.ExpectEnd();
        Assert.Empty(admin.Target.Changes);
    }

    [Fact]
    public void A_huge_answer_comes_whole_to_a_client_that_reads_slowly_at_first()
    {
        using var admin = new AdminUnderTest(new AdminOptions { Limits = new AdminLimits { SendTimeoutMs = 60_000 } }, new FakeTarget { MetricsBytes = 20_000_000 });
        using var slow = new AdminClient(admin.Port, receiveBufferBytes: 4096);
        slow.Write(slow.Request("GET", "/metrics") + slow.Request("GET", "/healthz"));
        // The others are served while it does not read.
        Until(() => admin.Server.AnswerBytes == 20_000_000);
        Assert.Equal(200, admin.Send("GET", "/api/v1/status").Status);
        var reply = slow.Read();
        Assert.Equal(20_000_000, reply.Body.Length);
        Assert.EndsWith("m19999990\n", reply.Body);
        Assert.Equal("ok\n", slow.Read().Body);
        Until(() => admin.Server.AnswerBytes == 0);
        Until(() => admin.Server.BlocksRented == 0);
    }

    [Fact]
    public void A_client_that_takes_nothing_is_dropped_and_its_answer_forgotten()
    {
        using var admin = new AdminUnderTest(new AdminOptions { Limits = new AdminLimits { SendTimeoutMs = 150 } }, new FakeTarget { MetricsBytes = 20_000_000 });
        using var stalled = new AdminClient(admin.Port, receiveBufferBytes: 4096);
        stalled.Write(stalled.Request("GET", "/metrics"));
        // From then on the connection is there until its answer is not.
        Until(() => admin.Target.MetricsTold == 1);
        Until(() => admin.Server.Connections == 0);
        Until(() => admin.Server.AnswerBytes == 0);
    }

    [Fact]
    public void Answers_that_nobody_takes_are_bounded()
    {
        using var admin = new AdminUnderTest(new AdminOptions { Limits = new AdminLimits { AnswerBytesMax = 1_000_000, SendTimeoutMs = 60_000 } }, new FakeTarget { MetricsBytes = 20_000_000 });
        using var slow = new AdminClient(admin.Port, receiveBufferBytes: 4096);
        slow.Write(slow.Request("GET", "/metrics"));
        Until(() => admin.Server.AnswerBytes == 20_000_000);
        var reply = admin.Send("GET", "/metrics");
        Assert.Equal((503, "unavailable"), (reply.Status, reply.Error));
        Assert.Equal(200, admin.Send("GET", "/readyz").Status);
        Assert.Equal(20_000_000, slow.Read().Body.Length);
        Until(() => admin.Server.AnswerBytes == 0);
        Assert.Equal(200, admin.Send("GET", "/metrics").Status);
    }

    [Fact]
    public void A_change_that_takes_its_time_holds_up_no_scrape_and_no_probe()
    {
        using var begun = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        using var admin = new AdminUnderTest(target: new FakeTarget { OnReload = () => Wait(begun, goOn) });
        var client = admin.Connect();
        client.Write(client.Request("POST", "/api/v1/reload"));
        Assert.True(begun.Wait(TimeSpan.FromSeconds(30)));
        Assert.Equal(200, admin.Send("GET", "/metrics").Status);
        Assert.Equal(200, admin.Send("GET", "/api/v1/status").Status);
        Assert.Equal(200, admin.Send("GET", "/readyz").Status);
        goOn.Release();
        Assert.Equal(200, client.Read().Status);
    }

    [Fact]
    public void A_server_that_ends_while_a_change_is_under_way_does_not_wait_for_it_and_the_change_is_made()
    {
        using var begun = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        using var admin = new AdminUnderTest(target: new FakeTarget { OnReload = () => Wait(begun, goOn) });
        var client = admin.Connect();
        client.Write(client.Request("POST", "/api/v1/reload"));
        Assert.True(begun.Wait(TimeSpan.FromSeconds(30)));
        admin.Server.Dispose();
        client.ExpectEnd();
        Assert.Empty(admin.Target.Changes);
        goOn.Release();
        Until(() => admin.Target.Changes.Length == 1);
    }

    [Fact]
    public void A_client_that_leaves_while_its_change_is_under_way_has_made_it()
    {
        using var begun = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        using var admin = new AdminUnderTest(target: new FakeTarget { OnReload = () => Wait(begun, goOn) });
        using (var client = new AdminClient(admin.Port))
        {
            client.Write(client.Request("POST", "/api/v1/reload"));
            Assert.True(begun.Wait(TimeSpan.FromSeconds(30)));
        }

        goOn.Release();
        Until(() => admin.Server.Connections == 0);
        Assert.Single(admin.Target.Changes);
        Until(() => admin.Server.AnswerBytes == 0);
        Assert.Equal(200, admin.Send("GET", "/healthz").Status);
    }

    [Fact]
    public void More_connections_than_there_may_be_wait_for_one_to_end()
    {
        using var admin = new AdminUnderTest(new AdminOptions { Limits = new AdminLimits { ConnectionsMax = 3 } });
        var open = Enumerable.Range(0, 3).Select(_ => admin.Connect()).ToArray();
        foreach (var client in open) Assert.Equal(200, client.Send("GET", "/healthz").Status);
        var waiting = admin.Connect();
        waiting.Write(waiting.Request("GET", "/healthz"));
        Assert.Equal(200, open[1].Send("GET", "/api/v1/status").Status);
        Assert.Equal(3, admin.Server.Connections);
        open[0].Dispose();
        Assert.Equal(200, waiting.Read().Status);
    }

    [Fact]
    public void An_address_that_is_taken_is_an_error()
    {
        using var admin = new AdminUnderTest();
        var error = Assert.Throws<TransportException>(() => new AdminServer(new(System.Net.IPAddress.Loopback, admin.Port), new AdminOptions(), admin.Target, admin.Log, TransportBackend.Auto));
        Assert.Contains(admin.Port.ToString(CultureInfo.InvariantCulture), error.Message);
    }

    private static void Wait(SemaphoreSlim begun, SemaphoreSlim goOn)
    {
        begun.Release();
        Assert.True(goOn.Wait(TimeSpan.FromSeconds(30)));
    }

    private static void Until(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(30)));
}
