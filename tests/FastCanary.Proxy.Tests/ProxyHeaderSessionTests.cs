using System.Net;
using System.Net.Sockets;
using System.Text;
using FastCanary.EndToEnd.Tests.Kit;
using FastCanary.Transport;

namespace FastCanary.Proxy.Tests;

/// <summary>PROXY headers as sessions take and send them; and what else a tcp listener decides by.</summary>
public sealed class ProxyHeaderSessionTests
{
    private const string Trusting = ", proxyProtocol: true, trustedProxies: [\"127.0.0.0/8\"]";
    private const string TrustingOthers = ", proxyProtocol: true, trustedProxies: [\"192.0.2.0/24\"]";
    private const string V1 = "PROXY TCP4 203.0.113.9 198.51.100.7 4711 443\r\n";

    private const string ByNetwork = """
        versions: { base: { weight: 1, endpoints: ["$0"] }, canary: { weight: 0, endpoints: ["$1"] } }
        rules: [{ network: "203.0.113.0/24", version: canary }]
        """;

    public enum Form
    {
        V1,
        V2,
        Local,
    }

    [Theory]
    [InlineData(Form.V1, Cut.Whole)]
    [InlineData(Form.V1, Cut.Bytes)]
    [InlineData(Form.V2, Cut.Whole)]
    [InlineData(Form.V2, Cut.Bytes)]
    [InlineData(Form.Local, Cut.Whole)]
    [InlineData(Form.Local, Cut.Bytes)]
    public void An_http_client_is_who_the_header_says(Form form, Cut cut)
    {
        using var lab = new Lab(ByNetwork, 1, Trusting, Origin.Echo(), Origin.Echo());
        using var client = lab.Connect();
        client.Cut = cut;
        client.Send([.. Header(form), .. Encoding.Latin1.GetBytes(World.Get("/1"))]);
        Assert.Equal("GET /1 ", Message.ReadResponse(client)!.Text);
        client.Send(World.Get("/2"));
        Assert.Equal("GET /2 ", Message.ReadResponse(client)!.Text);
        var served = lab.Origins[form == Form.Local ? 0 : 1].Requests;
        Assert.Equal(2, served.Count);
        Assert.All(served, request => Assert.Equal(form == Form.Local ? "127.0.0.1" : "203.0.113.9", request["X-Forwarded-For"]));
    }

    [Theory]
    [InlineData(Form.V1, Cut.Whole)]
    [InlineData(Form.V1, Cut.Bytes)]
    [InlineData(Form.V2, Cut.Whole)]
    [InlineData(Form.V2, Cut.Bytes)]
    [InlineData(Form.Local, Cut.Whole)]
    [InlineData(Form.Local, Cut.Bytes)]
    public void So_is_a_tcp_client_and_its_bytes_are_what_lies_behind(Form form, Cut cut)
    {
        using var lab = new Lab(ByNetwork, 1, Trusting + ", protocol: tcp", Saying("base "), Saying("canary "));
        using var client = lab.Connect();
        client.Cut = cut;
        client.Send([.. Header(form), .. "PROXY!"u8]);
        client.Finish();
        Assert.Equal(form == Form.Local ? "base PROXY!" : "canary PROXY!", Encoding.Latin1.GetString(client.ReadToEnd()));
    }

    [Theory]
    [InlineData("", "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")]
    [InlineData(", protocol: tcp", "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")]
    [InlineData("", "PROXY TCP4 203.0.113.9 198.51.100.7 4711 99999\r\n")]
    [InlineData(", protocol: tcp", "PROXY TCP4 203.0.113.9 198.51.100.7 4711 99999\r\n")]
    [InlineData("", "PROXY TCP4 203.0.113.9")]
    [InlineData(", protocol: tcp", "PROXY TCP4 203.0.113.9")]
    [InlineData(", protocol: tcp", "")]
    public void A_trusted_peer_without_a_good_header_is_closed(string protocol, string sent)
    {
        using var lab = new Lab(ByNetwork, 1, Trusting + protocol, Origin.Echo(), Origin.Echo());
        using var client = lab.Connect();
        client.Send(sent);
        client.Finish();
        Assert.Empty(client.ReadToEnd());
        World.Eventually(() => lab.Plane.Sessions == 0, "it is closed");
        World.Eventually(() => lab.Plane.Count(ExchangeOutcome.RequestRefused) == 1, "counted");
        Assert.All(lab.Origins, static origin => Assert.Equal(0, origin.Accepted));
    }

    [Fact]
    public void From_anybody_else_a_header_is_payload()
    {
        using var tcp = new Lab(ByNetwork, 1, TrustingOthers + ", protocol: tcp", Saying("base "), Saying("canary "));
        using var client = tcp.Connect();
        client.Send(V1);
        client.Finish();
        Assert.Equal("base " + V1, Encoding.Latin1.GetString(client.ReadToEnd()));

        using var http = new Lab(ByNetwork, 1, TrustingOthers, Origin.Echo(), Origin.Echo());
        Assert.Equal(400, http.Ask(V1 + World.Get()).Status);
        Assert.Equal("GET / ", http.Ask(World.Get()).Text);
        Assert.Equal("127.0.0.1", Assert.Single(http.Origins[0].Requests)["X-Forwarded-For"]);
    }

    [Theory]
    [InlineData("v1", false)]
    [InlineData("v1", true)]
    [InlineData("v2", false)]
    [InlineData("v2", true)]
    public void An_endpoint_is_told_who_connects_and_whereto(string version, bool isNamed)
    {
        using var received = new BlockingValue<byte[]>();
        using var lab = new Lab($$"""
            versions: { v: { endpoints: ["$dead", "$0"] } }
            retry: { attempts: 1 }
            proxyProtocol: {{version}}
            """, 1, (isNamed ? Trusting : "") + ", protocol: tcp", new Origin(connection => received.Set(connection.Wire.ReadToEnd())));
        using var client = lab.Connect();
        client.Send([.. isNamed ? Header(Form.V2) : [], .. "hello"u8]);
        client.Finish();
        var bytes = received.Get();
        Assert.Equal(ProxyHeaderStatus.Done, ProxyHeader.Read(bytes, out var header));
        Assert.Equal(version == "v1", bytes[0] == 'P');
        Assert.Equal(isNamed ? Address("203.0.113.9", 4711) : Address("127.0.0.1", ((IPEndPoint)client.Socket.LocalEndPoint!).Port), header.Source);
        Assert.Equal(isNamed ? Address("198.51.100.7", 443) : Address("127.0.0.1", lab.Port), header.Destination);
        Assert.Equal("hello"u8.ToArray(), bytes[header.Length..]);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("tcp")]
    public void A_client_behind_haproxy_is_known_by_its_own_address(string protocol)
    {
        using var lab = new Lab(ByNetwork, 1, Trusting + $", protocol: {protocol}", Origin.Echo(), Origin.Echo());
        var port = Ports.Free();
        using var haproxy = new HAProxyProcess($"""
            listen relay
              mode tcp
              bind 127.0.0.1:{port}
              tcp-request connection set-src str(203.0.113.77)
              server target 127.0.0.1:{lab.Port} send-proxy-v2
            """, port);
        using var client = Wire.Connect(port);
        client.Send(World.Get("/behind"));
        Assert.Equal("GET /behind ", Message.ReadResponse(client)!.Text);
        var request = Assert.Single(lab.Origins[1].Requests);
        Assert.Equal(protocol == "http" ? "203.0.113.77" : null, request["X-Forwarded-For"]);
    }

    [Fact]
    public void A_tcp_client_stays_on_one_version_by_its_address()
    {
        using var lab = new Lab("""
            versions: { base: { weight: 1, endpoints: ["$0"] }, canary: { weight: 1, endpoints: ["$1"] } }
            affinity: { key: client-ip, salt: x }
            """, 1, Trusting + ", protocol: tcp", Saying("b"), Saying("c"));
        var versions = new List<string>();
        for (var address = 1; address <= 30; address++)
        {
            var seen = Enumerable.Range(0, 3).Select(i => Ask($"PROXY TCP4 203.0.113.{address} 198.51.100.7 {4000 + i} 443\r\n")).Distinct();
            versions.Add(Assert.Single(seen));
        }

        Assert.InRange(versions.Count(static version => version == "c"), 5, 25);

        string Ask(string header)
        {
            using var client = Wire.Connect(lab.Port);
            client.Send(header);
            client.Finish();
            return Encoding.Latin1.GetString(client.ReadToEnd());
        }
    }

    [Fact]
    public void A_tcp_connection_that_one_endpoint_refuses_is_made_to_another_with_all_its_bytes()
    {
        using var lab = new Lab("""
            versions: { v: { endpoints: ["$dead", "$0"] } }
            retry: { attempts: 1 }
            """, 1, ", protocol: tcp", Saying("well "));
        for (var i = 0; i < 10; i++) Assert.Equal("well hello", AskTcp(lab));
        Assert.Equal((5, 5), (lab.Counters("v").Failures, lab.Counters("v").Retries));
    }

    [Fact]
    public void Or_to_the_baseline()
    {
        using var lab = new Lab("""
            versions: { base: { weight: 1, endpoints: ["$0"] }, canary: { weight: 1, endpoints: ["$dead"] } }
            retry: { attempts: 0, rescue: true }
            """, 1, ", protocol: tcp", Saying("base "));
        for (var i = 0; i < 6; i++) Assert.Equal("base hello", AskTcp(lab));
        Assert.Equal((3, 3), (lab.Counters("canary").Failures, lab.Counters("canary").Rescued));
    }

    [Fact]
    public void Without_retries_it_is_reset()
    {
        using var lab = new Lab("""versions: { v: { endpoints: ["$dead"] } }""", 1, ", protocol: tcp");
        Assert.Equal(EndKind.Reset, lab.Connect().ReadEnd());
        World.Eventually(() => lab.Plane.Count(ExchangeOutcome.ConnectFailed) == 1, "counted");
    }

    private static string AskTcp(Lab lab)
    {
        using var client = Wire.Connect(lab.Port);
        client.Send("hello");
        client.Finish();
        return Encoding.Latin1.GetString(client.ReadToEnd());
    }

    private static Origin Saying(string what) => new(connection =>
    {
        connection.Wire.Send(what);
        connection.Wire.TrySend(connection.Wire.ReadToEnd());
    });

    private static byte[] Header(Form form)
    {
        if (form == Form.V1) return Encoding.Latin1.GetBytes(V1);
        // LOCAL: signature, version 2 and command 0, no family, no addresses.
        if (form == Form.Local) return [.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x20, 0, 0, 0];
        var bytes = new byte[ProxyHeaderWriter.BytesMax];
        return bytes[..ProxyHeaderWriter.WriteV2(Address("203.0.113.9", 4711), Address("198.51.100.7", 443), bytes)];
    }

    private static PeerAddress Address(string address, int port) => new(IPAddress.Parse(address).GetAddressBytes(), port);
}
