using System.Net;
using System.Text;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>What a user of the whole thing notices of HTTP. The rules one by one are tested in FastCanary.Http.Tests, FastCanary.Proxy.Tests and tests/conformance.</summary>
public sealed class HttpTests
{
    private readonly int _port = Ports.Free();

    [Fact]
    public void A_connection_is_kept_and_so_is_the_one_to_the_origin()
    {
        using var origin = ScriptedOrigin.Answering("1");
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, origin.Port));
        using var client = new RawClient(_port);
        for (var i = 0; i < 100; i++) Assert.Equal("1", client.Get().Text);
        Assert.Equal(1, origin.Accepted);
    }

    [Fact]
    public void Pipelined_requests_are_answered_in_their_order()
    {
        using var origin = ScriptedOrigin.Answering(static request => ScriptedOrigin.Response(request.Target));
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, origin.Port));
        using var client = new RawClient(_port);
        client.Send(string.Concat(Enumerable.Range(0, 100).Select(static i => RawClient.Request($"/{i}"))));
        for (var i = 0; i < 100; i++) Assert.Equal($"/{i}", client.Read().Text);
    }

    [Fact]
    public void An_HTTP_1_0_client_gets_its_body_and_the_end()
    {
        using var origin = ScriptedOrigin.Answering(static _ => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n7\r\n second\r\n0\r\n\r\n");
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, origin.Port));
        using var client = new RawClient(_port);
        client.Send("GET / HTTP/1.0\r\n\r\n");
        var answer = client.Read();
        Assert.Equal("first second", answer.Text);
        Assert.Null(answer["Transfer-Encoding"]);
        Assert.True(client.IsEnded());
    }

    [Fact]
    public void HEAD_gives_the_head_alone_and_the_connection_goes_on()
    {
        using var origin = ScriptedOrigin.Answering(static request =>
            request.StartLine.StartsWith("HEAD", StringComparison.Ordinal) ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" : ScriptedOrigin.Response("whole"));
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, origin.Port));
        using var client = new RawClient(_port);
        client.Send("HEAD / HTTP/1.1\r\nHost: e2e.test\r\n\r\n");
        Assert.Equal("5", client.Read(toHead: true)["Content-Length"]);
        Assert.Equal("whole", client.Get().Text);
    }

    [Fact]
    public void Chunks_go_both_ways()
    {
        using var origin = ScriptedOrigin.Answering(static request =>
            $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{request.Body.Length:x}\r\n{request.Text}\r\n1;note=x\r\n!\r\n0\r\n\r\n");
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, origin.Port));
        using var client = new RawClient(_port);
        for (var i = 0; i < 3; i++)
        {
            client.Send("POST / HTTP/1.1\r\nHost: e2e.test\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n6\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\n\r\n");
            Assert.Equal("Wikipedia in \r\n\r\nchunks.!", client.Read().Text);
        }
    }

    [Fact]
    public void The_origin_learns_who_asked_and_for_what_host()
    {
        HttpMessage? seen = null;
        using var origin = ScriptedOrigin.Answering(request =>
        {
            seen = request;
            return ScriptedOrigin.Response("1");
        });
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, origin.Port));
        using var client = new RawClient(_port);
        client.Get("/a%2Fb/../c?d=e%20f", "shop.example:8080", "Connection: X-Private\r\nX-Private: 1\r\nX-Forwarded-For: 6.6.6.6\r\n");
        Assert.Equal("/a%2Fb/../c?d=e%20f", seen!.Target);
        Assert.Equal("shop.example:8080", seen["Host"]);
        Assert.Equal(1, seen.Count("Host"));
        Assert.Equal("127.0.0.1", seen["X-Forwarded-For"]);
        Assert.Equal("http", seen["X-Forwarded-Proto"]);
        Assert.Equal("shop.example:8080", seen["X-Forwarded-Host"]);
        Assert.Equal("1.1 fastcanary", seen["Via"]);
        Assert.Null(seen["X-Private"]);
    }

    [Fact]
    public void Curl_that_expects_100_continue_gets_it_and_its_file_arrives()
    {
        var curl = Tool.Curl();
        using var folder = new TempFolder();
        var file = folder.Write("body", new string('b', 300_000));
        using var origin = new ScriptedOrigin(static connection =>
        {
            while (connection.Wire.ReadHead() is { } head)
            {
                Assert.Equal("100-continue", head["Expect"]);
                connection.Send("HTTP/1.1 100 Continue\r\n\r\n");
                connection.Send(ScriptedOrigin.Response($"{connection.Wire.ReadBody(head, isResponse: false).Text.Count(static c => c == 'b')}"));
            }
        });
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, origin.Port));
        var ended = ChildProcess.Run(curl, ["-sSv", "--expect100-timeout", "15", "-H", "Expect: 100-continue", "--data-binary", "@" + file, $"http://127.0.0.1:{_port}/"]);
        Assert.True(ended.Code == 0, ended.ToString());
        Assert.Equal(["300000"], ended.Output);
        Assert.Contains(ended.Errors, static line => line.Contains("HTTP/1.1 100 Continue", StringComparison.Ordinal));
        Assert.DoesNotContain(ended.Errors, static line => line.Contains("Done waiting for 100-continue", StringComparison.Ordinal));
    }

    [Fact]
    public void An_origin_may_refuse_before_the_body_has_come()
    {
        using var origin = new ScriptedOrigin(static connection =>
        {
            connection.Wire.ReadHead();
            connection.Send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
        });
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, origin.Port));
        using var client = new RawClient(_port);
        client.Send("POST / HTTP/1.1\r\nHost: e2e.test\r\nContent-Length: 100000000\r\n\r\n");
        client.Send(new byte[200_000]);
        var answer = client.Read();
        Assert.Equal(413, answer.Status);
        Assert.Equal("no", answer.Text);
    }

    [Fact]
    public void A_WebSocket_flows_both_ways_from_its_first_byte_to_its_half_closed_end()
    {
        using var origin = new ScriptedOrigin(static connection =>
        {
            var head = connection.Wire.ReadHead()!;
            Assert.Equal("websocket", head["Upgrade"]);
            // The first message comes in one piece with the 101.
            connection.Send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nwelcome");
            while (connection.Wire.TakeSome() is { Length: > 0 } bytes) connection.Wire.Send(bytes);
            connection.Send("goodbye");
        });
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, origin.Port));
        using var client = new RawClient(_port);
        // As does the client's, although it should have waited.
        client.Send("GET /chat HTTP/1.1\r\nHost: e2e.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly");
        var head = client.Read();
        Assert.Equal(101, head.Status);
        Assert.Equal("websocket", head["Upgrade"]);
        Assert.Equal("welcomeearly", Encoding.Latin1.GetString(client.Wire.Take(12)));
        for (var i = 0; i < 100; i++)
        {
            client.Send($"message {i:000}");
            Assert.Equal($"message {i:000}", Encoding.Latin1.GetString(client.Wire.Take(11)));
        }

        client.Finish();
        Assert.Equal("goodbye", Encoding.Latin1.GetString(client.Wire.TakeToEnd()));
    }

    [Fact]
    public void A_tcp_listener_splits_its_connections_exactly_and_passes_on_half_closes()
    {
        using var first = new ScriptedOrigin(static connection => Echo(connection, "1"));
        using var second = new ScriptedOrigin(static connection => Echo(connection, "2"));
        using var proxy = FastCanaryProcess.Start(Configuration.Split(_port, [("v1", 10, first.Port), ("v2", 5, second.Port)], listener: ", protocol: tcp"));
        var order = new StringBuilder();
        for (var i = 0; i < 12; i++)
        {
            using var client = new RawClient(_port);
            client.Send("not HTTP \0\r\n\r\n");
            client.Finish();
            var answer = Encoding.Latin1.GetString(client.Wire.TakeToEnd());
            Assert.EndsWith("not HTTP \0\r\n\r\nbye", answer, StringComparison.Ordinal);
            order.Append(answer[0]);
        }

        Assert.Equal("121121121121", order.ToString());
    }

    [Fact]
    public void A_tcp_connection_whose_endpoint_is_gone_is_reset()
    {
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, Ports.Free(), listener: ", protocol: tcp"));
        using var client = new RawClient(_port);
        Assert.Throws<System.Net.Sockets.SocketException>(() => client.Wire.TakeToEnd());
    }

    [Fact]
    public void A_listener_on_IPv6_answers_and_names_the_client()
    {
        if (!System.Net.Sockets.Socket.OSSupportsIPv6 || !File.Exists("/proc/net/if_inet6")) Assert.Skip("needs IPv6: enable net.ipv6 on the loopback interface");
        using var origin = ScriptedOrigin.Answering(static request => ScriptedOrigin.Response(request["X-Forwarded-For"] ?? "none"));
        using var proxy = FastCanaryProcess.Start($$"""
            listeners: [{ address: "[::1]:{{_port}}", service: web }]
            services: { web: { versions: { v1: { endpoints: ["127.0.0.1:{{origin.Port}}"] } } } }
            """);
        using var client = new RawClient(_port, IPAddress.IPv6Loopback);
        Assert.Equal("::1", client.Get().Text);
    }

    [Fact]
    public void A_listener_on_every_address_answers_on_loopback_and_names_an_IPv4_client_plainly()
    {
        if (!System.Net.Sockets.Socket.OSSupportsIPv6 || !File.Exists("/proc/net/if_inet6")) Assert.Skip("needs IPv6: enable net.ipv6 on the loopback interface");
        using var origin = ScriptedOrigin.Answering(static request => ScriptedOrigin.Response(request["X-Forwarded-For"] ?? "none"));
        using var proxy = FastCanaryProcess.Start($$"""
            listeners: [{ address: "[::]:{{_port}}", service: web }]
            services: { web: { versions: { v1: { endpoints: ["127.0.0.1:{{origin.Port}}"] } } } }
            """);
        using var four = new RawClient(_port);
        Assert.Equal("127.0.0.1", four.Get().Text);
        using var six = new RawClient(_port, IPAddress.IPv6Loopback);
        Assert.Equal("::1", six.Get().Text);
    }

    [Fact]
    public void The_version_is_named_to_the_client_only_where_that_is_configured()
    {
        using var origin = ScriptedOrigin.Answering("1");
        var silent = Ports.Free();
        using var proxy = FastCanaryProcess.Start($$"""
            listeners:
              - { address: "127.0.0.1:{{_port}}", service: open }
              - { address: "127.0.0.1:{{silent}}", service: silent }
            services:
              open: { exposeVersion: true, versions: { v1: { weight: 2, endpoints: ["127.0.0.1:{{origin.Port}}"] }, v2: { weight: 1, endpoints: ["127.0.0.1:{{origin.Port}}"] } } }
              silent: { versions: { v1: { endpoints: ["127.0.0.1:{{origin.Port}}"] } } }
            """);
        using var client = new RawClient(_port);
        Assert.Equal(["v1", "v2", "v1"], Enumerable.Range(0, 3).Select(_ => client.Get()["X-Canary-Version"]));
        using var other = new RawClient(silent);
        Assert.Null(other.Get()["X-Canary-Version"]);
    }

    [Fact]
    public void Routes_go_by_host_and_path_and_where_none_fits_it_is_404()
    {
        using var api = ScriptedOrigin.Answering("api");
        using var shop = ScriptedOrigin.Answering("shop");
        using var docs = ScriptedOrigin.Answering("docs");
        using var proxy = FastCanaryProcess.Start($$"""
            listeners:
              - address: "127.0.0.1:{{_port}}"
                routes:
                  - { host: shop.example, path: /api/, service: api }
                  - { host: shop.example, service: shop }
                  - { path: /docs, service: docs }
            services:
              api: { versions: { v1: { endpoints: ["127.0.0.1:{{api.Port}}"] } } }
              shop: { versions: { v1: { endpoints: ["127.0.0.1:{{shop.Port}}"] } } }
              docs: { versions: { v1: { endpoints: ["127.0.0.1:{{docs.Port}}"] } } }
            """);
        using var client = new RawClient(_port);
        Assert.Equal("api", client.Get("/api/users", "shop.example").Text);
        Assert.Equal("api", client.Get("/api/users?a=/docs", "SHOP.example:8080").Text);
        Assert.Equal("shop", client.Get("/apis", "shop.example").Text);
        Assert.Equal("docs", client.Get("/docs/a", "other.example").Text);
        Assert.Equal(404, client.Get("/docsy", "other.example").Status);
        Assert.Equal(404, client.Get("/", "other.example").Status);
        Assert.Equal("docs", client.Get("/docs", "other.example").Text);
    }

    private static void Echo(OriginConnection connection, string name)
    {
        connection.Send(name);
        while (connection.Wire.TakeSome() is { Length: > 0 } bytes) connection.Wire.Send(bytes);
        connection.Send("bye");
    }
}
