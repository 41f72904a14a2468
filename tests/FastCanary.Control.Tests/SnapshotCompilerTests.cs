using System.Net;
using System.Net.Sockets;
using System.Text;
using FastCanary.Control;
using FastCanary.Traffic;

namespace FastCanary.Control.Tests;

public class SnapshotCompilerTests
{
    private const string Whole = """
        listeners:
          - address: "[::]:8080"
            routes:
              - { host: shop.example, path: /api/, service: search }
              - { service: web }
            timeouts: { requestHead: 1s, requestBody: 2s, idle: 3s }
            limits: { requestHead: 4KiB, requestLine: 2KiB, headers: 5, connections: 6 }
            trustedProxies: [10.0.0.0/8]
          - { address: 127.0.0.1:5432, protocol: tcp, service: web }
        services:
          search:
            exposeVersion: true
            versions:
              stable: { weight: 10, endpoints: ["127.0.0.1:8081"] }
              canary: { weight: 5, endpoints: ["127.0.0.1:8082", { address: "[::1]:8083", weight: 2 }] }
            timeouts: { connect: 7s, response: 8s, responseBody: 9s, upstreamIdle: 10s, tunnel: 11s }
            limits: { requestBody: 12, responseHead: 13KiB }
          web:
            versions: { only: { endpoints: ["127.0.0.1:8084"] } }
        """;

    [Fact]
    public void Every_value_reaches_its_model()
    {
        Snapshot snapshot = Compile(Whole, new StateTable());
        ListenerModel http = snapshot.Listeners[0];
        Assert.Equal(("[::]:8080", new IPEndPoint(IPAddress.IPv6Any, 8080), ListenerProtocol.Http), (http.Address, http.BindTo, http.Protocol));
        Assert.Equal((1000, 2000, 3000), (http.RequestHeadTimeoutMs, http.RequestBodyTimeoutMs, http.IdleTimeoutMs));
        Assert.Equal((4096, 2048, 5, 6), (http.RequestHeadBytesMax, http.RequestLineBytesMax, http.FieldsMax, http.ConnectionsMax));
        Assert.True(http.TrustedProxies.Contains([10, 1, 2, 3]));
        Assert.Null(http.TcpService);
        Assert.Same(snapshot.Services[0], http.Routes.Match("SHOP.example:80"u8, "/api"u8));
        Assert.Same(snapshot.Services[1], http.Routes.Match("other"u8, "/api"u8));
        ListenerModel tcp = snapshot.Listeners[1];
        Assert.Equal(ListenerProtocol.Tcp, tcp.Protocol);
        Assert.Same(snapshot.Services[1], tcp.TcpService);
        Assert.Null(tcp.Routes.Match(""u8, "/"u8));

        ServiceModel search = snapshot.Services[0];
        Assert.Equal(("search", true), (search.Name, search.ExposeVersion));
        Assert.Equal(
            (7000, 8000, 9000, 10_000, 11_000),
            (search.ConnectTimeoutMs, search.ResponseTimeoutMs, search.ResponseBodyTimeoutMs, search.UpstreamIdleTimeoutMs, search.TunnelTimeoutMs));
        Assert.Equal((12, 13 * 1024), (search.RequestBodyBytesMax, search.ResponseHeadBytesMax));
        Assert.Equal([("stable", 10, 0), ("canary", 5, 1)], search.Versions.Select(version => (version.Name, version.Weight, version.Index)));
        Assert.Equal("canary", Encoding.UTF8.GetString(search.Versions[1].NameUtf8));
        EndpointModel endpoint = search.Versions[1].Endpoints[1];
        Assert.Equal(("[::1]:8083", new IPEndPoint(IPAddress.IPv6Loopback, 8083), 2), (endpoint.Name, endpoint.Address, endpoint.Weight));
        Assert.Equal("[::1]:8083", Encoding.UTF8.GetString(endpoint.AuthorityUtf8));
        Assert.Equal(["127.0.0.1:8081", "127.0.0.1:8082", "[::1]:8083", "127.0.0.1:8084"], snapshot.Endpoints.Select(each => each.Name));
    }

    [Fact]
    public void A_listener_with_one_service_sends_everything_there()
    {
        Snapshot snapshot = Compile(Sample.Listeners + Sample.Services, new StateTable());
        Assert.Same(snapshot.Services[0], snapshot.Listeners[0].Routes.Match(""u8, "*"u8));
    }

    [Fact]
    public void A_reload_keeps_the_state_of_what_keeps_its_name()
    {
        var states = new StateTable();
        Snapshot before = Compile(Whole, states);
        for (int i = 0; i < 5; i++)
            before.Services[0].PickVersion();
        Snapshot after = Compile(Whole.Replace("weight: 5", "weight: 90").Replace("127.0.0.1:8081", "127.0.0.1:9999"), states);

        Assert.NotSame(before.Services[0], after.Services[0]);
        Assert.Same(before.Services[0].State, after.Services[0].State);
        Assert.Equal(5UL, after.Services[0].State.Counter.Position);
        Assert.Same(before.Services[0].Versions[1].State, after.Services[0].Versions[1].State);
        Assert.Same(before.Services[0].Versions[1].Endpoints[0].State, after.Services[0].Versions[1].Endpoints[0].State);
        Assert.Same(before.Listeners[0].State, after.Listeners[0].State);
        EndpointState replaced = after.Services[0].Versions[0].Endpoints[0].State;
        Assert.NotSame(before.Services[0].Versions[0].Endpoints[0].State, replaced);
        Assert.Equal(before.Endpoints.Max(endpoint => endpoint.State.Id) + 1, replaced.Id);
    }

    [Fact]
    public void A_name_stands_for_its_lowest_ipv4_address_before_any_ipv6_one()
    {
        IPAddress[] answer = [IPAddress.Parse("2001:db8::1"), IPAddress.Parse("192.0.2.20"), IPAddress.Parse("192.0.2.3")];
        string text = $"{Sample.Listeners}services: {{ s: {{ versions: {{ v: {{ endpoints: [\"origin:80\"] }} }} }} }}";
        Assert.Equal("192.0.2.3:80", Compile(text, new StateTable(), _ => answer).Endpoints[0].Address.ToString());
        Assert.Equal("[2001:db8::1]:80", Compile(text, new StateTable(), _ => answer[..1]).Endpoints[0].Address.ToString());
    }

    [Fact]
    public void A_name_that_cannot_be_resolved_is_an_error_at_each_of_its_places_and_is_asked_for_once()
    {
        string text = $$"""
            {{Sample.Listeners}}services:
              s:
                versions:
                  v:
                    endpoints:
                      - gone.invalid:80
                      - { address: "gone.invalid:81" }
                      - "127.0.0.1:1"
                      - empty.invalid:80
            """;
        int asked = 0;
        var errors = new List<ConfigError>();
        Snapshot? snapshot = new SnapshotCompiler(new StateTable(), name =>
        {
            asked++;
            return name == "empty.invalid" ? [] : throw new SocketException((int)SocketError.HostNotFound);
        }).Compile(Sample.Config(text), errors);
        Assert.Null(snapshot);
        Assert.Equal(2, asked);
        string why = new SocketException((int)SocketError.HostNotFound).Message;
        Assert.Equal(
            [
                $"f.yaml:9:13: services.s.versions.v.endpoints[0]: the name \"gone.invalid\" cannot be resolved: {why}",
                $"f.yaml:10:24: services.s.versions.v.endpoints[1].address: the name \"gone.invalid\" cannot be resolved: {why}",
                "f.yaml:12:13: services.s.versions.v.endpoints[3]: the name \"empty.invalid\" cannot be resolved: it has no address",
            ],
            errors.Select(error => error.ToString()));
    }

    [Fact]
    public void A_compile_that_fails_leaves_no_state_behind()
    {
        var states = new StateTable();
        string text = $"{Sample.Listeners}services: {{ s: {{ versions: {{ v: {{ endpoints: [\"127.0.0.1:1\", \"gone:1\"] }} }} }} }}";
        Assert.Null(new SnapshotCompiler(states, _ => []).Compile(Sample.Config(text), []));
        Assert.Equal(0, states.Endpoint("other", "v", "127.0.0.1:9").Id);
    }

    private static Snapshot Compile(string text, StateTable states, Func<string, IPAddress[]>? resolve = null)
    {
        var errors = new List<ConfigError>();
        Snapshot? snapshot = new SnapshotCompiler(states, resolve ?? (_ => throw new InvalidOperationException("a literal address needs no resolver")))
            .Compile(Sample.Config(text), errors);
        Assert.Empty(errors);
        return snapshot!;
    }
}
