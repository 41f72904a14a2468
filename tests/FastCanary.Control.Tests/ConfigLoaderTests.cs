using System.Net;
using System.Text;
using FastCanary.Control;
using FastCanary.Traffic;

namespace FastCanary.Control.Tests;

public class ConfigLoaderTests
{
    [Fact]
    public void What_is_not_written_has_the_contracts_default()
    {
        FastCanaryConfig config = Sample.Config(Sample.Listeners + Sample.Services);
        ListenerConfig listener = Assert.Single(config.Listeners);
        Assert.Equal(ListenerProtocol.Http, listener.Protocol);
        Assert.Equal(TimeSpan.FromSeconds(10), listener.Timeouts.RequestHead);
        Assert.Equal(TimeSpan.FromSeconds(30), listener.Timeouts.RequestBody);
        Assert.Equal(TimeSpan.FromSeconds(75), listener.Timeouts.Idle);
        Assert.Equal(32 * 1024, listener.Limits.RequestHeadBytes);
        Assert.Equal(16 * 1024, listener.Limits.RequestLineBytes);
        Assert.Equal(100, listener.Limits.Headers);
        Assert.Equal(0, listener.Limits.Connections);
        Assert.Empty(listener.TrustedProxies);

        ServiceConfig service = Assert.Single(config.Services);
        Assert.False(service.ExposeVersion);
        Assert.Equal(TimeSpan.FromSeconds(1), service.Timeouts.Connect);
        Assert.Equal(TimeSpan.FromSeconds(30), service.Timeouts.Response);
        Assert.Equal(TimeSpan.FromSeconds(60), service.Timeouts.ResponseBody);
        Assert.Equal(TimeSpan.FromSeconds(60), service.Timeouts.UpstreamIdle);
        Assert.Equal(TimeSpan.FromHours(1), service.Timeouts.Tunnel);
        Assert.Equal(0, service.Limits.RequestBodyBytes);
        Assert.Equal(64 * 1024, service.Limits.ResponseHeadBytes);
        Assert.Equal(1, service.Versions[0].Weight);
        Assert.Equal(1, service.Versions[0].Endpoints[0].Weight);

        Assert.Equal(TransportChoice.Auto, config.Runtime.Transport);
        Assert.Equal(0, config.Runtime.Loops);
    }

    [Fact]
    public void What_is_written_is_read()
    {
        FastCanaryConfig config = Sample.Config("""
            listeners:
              - address: "[::1]:8443"
                routes:
                  - { host: "*.Shop.example", path: /api/, service: search }
                  - { service: web }
                timeouts: { requestHead: 250ms, requestBody: 2m, idle: 24h }
                limits: { requestHead: 4096, requestLine: 1KiB, headers: 7, connections: 1000 }
                trustedProxies: [10.0.0.0/8, 192.0.2.1, "2001:db8::/32"]
              - { address: 127.0.0.1:5432, protocol: tcp, service: web, limits: { connections: 5 } }
            services:
              search:
                exposeVersion: true
                versions:
                  stable: { weight: 10, endpoints: ["127.0.0.1:8081"] }
                  canary: { weight: 0, endpoints: ["[::1]:8082", { address: "origin_1.example:8083", weight: 2 }] }
                timeouts: { connect: 2s, response: 3s, responseBody: 4s, upstreamIdle: 5s, tunnel: 6h }
                limits: { requestBody: 10MiB, responseHead: 128KiB }
              web:
                versions: { only: { endpoints: ["web:80"] } }
            runtime: { transport: epoll, loops: 3 }
            """);
        ListenerConfig http = config.Listeners[0];
        Assert.Equal(("[::1]:8443", new IPEndPoint(IPAddress.IPv6Loopback, 8443)), (http.Address, http.BindTo));
        Assert.Equal([("*.Shop.example", "/api/", "search"), (null, null, "web")], http.Routes.Select(route => (route.Host, route.Path, route.Service)));
        Assert.Equal((250, 120_000, 86_400_000), (http.Timeouts.RequestHead.TotalMilliseconds, http.Timeouts.RequestBody.TotalMilliseconds, http.Timeouts.Idle.TotalMilliseconds));
        Assert.Equal((4096, 1024, 7, 1000), (http.Limits.RequestHeadBytes, http.Limits.RequestLineBytes, http.Limits.Headers, http.Limits.Connections));
        Assert.Equal(["10.0.0.0/8", "192.0.2.1/32", "2001:db8::/32"], http.TrustedProxies.Select(network => network.ToString()));
        ListenerConfig tcp = config.Listeners[1];
        Assert.Equal((ListenerProtocol.Tcp, "web", 5), (tcp.Protocol, tcp.Service, tcp.Limits.Connections));

        ServiceConfig search = config.Services[0];
        Assert.True(search.ExposeVersion);
        Assert.Equal([("stable", 10), ("canary", 0)], search.Versions.Select(version => (version.Name, version.Weight)));
        Assert.Equal(
            [("[::1]:8082", "::1", 8082, 1), ("origin_1.example:8083", "origin_1.example", 8083, 2)],
            search.Versions[1].Endpoints.Select(endpoint => (endpoint.Address, endpoint.Host, endpoint.Port, endpoint.Weight)));
        Assert.Equal(
            (2, 3, 4, 5, 21_600),
            (search.Timeouts.Connect.TotalSeconds, search.Timeouts.Response.TotalSeconds, search.Timeouts.ResponseBody.TotalSeconds,
                search.Timeouts.UpstreamIdle.TotalSeconds, search.Timeouts.Tunnel.TotalSeconds));
        Assert.Equal((10 * 1024 * 1024, 128 * 1024), (search.Limits.RequestBodyBytes, search.Limits.ResponseHeadBytes));
        Assert.Equal((TransportChoice.Epoll, 3), (config.Runtime.Transport, config.Runtime.Loops));
    }

    [Theory]
    [InlineData("auto", TransportChoice.Auto)]
    [InlineData("epoll", TransportChoice.Epoll)]
    [InlineData("sockets", TransportChoice.Sockets)]
    public void The_transport_is_chosen(string word, TransportChoice choice) =>
        Assert.Equal(choice, Sample.Config($"{Sample.Listeners}{Sample.Services}runtime: {{ transport: {word} }}").Runtime.Transport);

    [Fact]
    public void A_request_line_left_out_is_bounded_by_a_smaller_head()
    {
        FastCanaryConfig config = Sample.Config($"{Sample.Services}listeners:\n  - {{ address: 0.0.0.0:80, service: s, limits: {{ requestHead: 8KiB }} }}\n");
        Assert.Equal(8192, config.Listeners[0].Limits.RequestLineBytes);
    }

    [Fact]
    public void Json_is_read_too()
    {
        FastCanaryConfig config = Sample.Config("""
            {"listeners": [{"address": "0.0.0.0:80", "service": "s"}],
             "services": {"s": {"versions": {"v": {"weight": 3, "endpoints": ["127.0.0.1:1"]}}}}}
            """);
        Assert.Equal(3, config.Services[0].Versions[0].Weight);
    }

    [Fact]
    public void A_byte_order_mark_and_windows_line_ends_do_not_matter()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, (Sample.Listeners + Sample.Services).Replace("\n", "\r\n"), new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
            Assert.Equal("", string.Join('\n', ConfigLoader.Load(path, Sample.NoEnvironment).Errors));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_shipped_first_configuration_is_valid()
    {
        ConfigResult result = ConfigLoader.Load(Path.Combine(Sample.Root, "config", "fastcanary.yaml"), Sample.NoEnvironment);
        Assert.Equal("", string.Join('\n', result.Errors));
        Assert.Equal([("stable", 90), ("canary", 10)], result.Config!.Services[0].Versions.Select(version => (version.Name, version.Weight)));
    }
}
