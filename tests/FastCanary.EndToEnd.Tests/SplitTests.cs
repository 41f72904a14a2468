using System.Runtime.InteropServices;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>The order and the counts of the split, with a real nginx as origins and as the oracle.</summary>
[Collection(LoadCollection.Name)]
public sealed class SplitTests
{
    // Versions are named 1, 2, 3, ... in the order of their weights.
    private const string Names = "123456789";

    [Fact]
    public void Ten_to_five_is_two_to_one_in_every_three_requests_of_curl_in_the_order_of_nginx()
    {
        var curl = Tool.Curl();
        using var nginx = new Balanced([10, 5]);
        using var proxy = nginx.StartProxy();
        var through = Fetch(curl, nginx.ProxyPort);
        Assert.Equal(Fetch(curl, nginx.BalancerPort), through);
        Assert.Equal(90, through.Length);
        Assert.All(through.Chunk(3), static three => Assert.Equal("112", string.Concat(three.Order())));
    }

    [Fact]
    public void Ten_to_five_is_two_to_one_in_every_three_requests_of_wrk()
    {
        var wrk = Tool.Wrk();
        using var nginx = new Balanced([10, 5], log: true);
        using var proxy = nginx.StartProxy();
        var ended = ChildProcess.Run(wrk, ["-t1", "-c1", "-d4s", "--timeout", "30s", $"http://127.0.0.1:{nginx.ProxyPort}/"]);
        Assert.True(ended.Code == 0, ended.ToString());
        var order = nginx.Served(proxy);
        Assert.True(order.Length > 300, $"only {order.Length} requests in 4 s: {ended}\n{string.Join('\n', proxy.Log)}");
        var cycle = order[..3];
        Assert.Equal("112", string.Concat(cycle.Order()));
        Assert.All(order.Chunk(3), three => Assert.StartsWith(string.Concat(three), cycle, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("10/5")]
    [InlineData("5/1/1")]
    [InlineData("1/1")]
    [InlineData("3/2")]
    [InlineData("7/3/2")]
    [InlineData("100/1")]
    [InlineData("2/4/6")]
    [InlineData("1/2/3/4")]
    [InlineData("5/5/5/1")]
    [InlineData("90/10")]
    [InlineData("997/3")]
    [InlineData("13/8/5/3/2/1")]
    public void Two_cycles_go_in_the_order_of_nginx(string vector)
    {
        int[] weights = [.. vector.Split('/').Select(int.Parse)];
        using var nginx = new Balanced(weights);
        using var proxy = nginx.StartProxy();
        var count = 2 * Cycle(weights);
        var through = Get(nginx.ProxyPort, count);
        Assert.Equal(Get(nginx.BalancerPort, count), through);
        Assert.Equal(weights.Select(weight => count * weight / weights.Sum()), Names[..weights.Length].Select(name => through.Count(body => body == name)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Full_cycles_are_exact_in_sum_over_all_loops_and_connections(int loops)
    {
        int[] weights = [7, 3, 2];
        using var nginx = new Balanced(weights);
        using var proxy = nginx.StartProxy(loops);
        const int Cycles = 1500;
        var load = Load.Run(nginx.ProxyPort, connections: 48, requests: Cycles * 12);
        Assert.Empty(load.Failures);
        Assert.Equal([7 * Cycles, 3 * Cycles, 2 * Cycles], [load.Bodies["1"], load.Bodies["2"], load.Bodies["3"]]);
        // The sequence stands at a cycle's begin again.
        Assert.Equal(Get(nginx.BalancerPort, 12), Get(nginx.ProxyPort, 12));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Under_wrk_with_many_connections_the_counts_are_exact(int loops)
    {
        var wrk = Tool.Wrk();
        using var nginx = new Balanced([10, 5], log: true);
        using var proxy = nginx.StartProxy(loops);
        var ended = ChildProcess.Run(wrk, ["-t2", "-c64", "-d4s", "--timeout", "30s", $"http://127.0.0.1:{nginx.ProxyPort}/"]);
        Assert.True(ended.Code == 0, ended.ToString());
        Assert.DoesNotContain(ended.Output, static line => line.Contains("Socket errors", StringComparison.Ordinal) || line.Contains("Non-2xx", StringComparison.Ordinal));
        var served = nginx.Served(proxy);
        Assert.True(served.Length > 300, $"only {served.Length} requests in 4 s: {ended}");
        // Of n turns every third is the second version's, the second of each cycle first.
        Assert.Equal((served.Length + 1) / 3, served.Count(static name => name == '2'));
    }

    [Fact]
    public void A_version_shares_its_requests_among_its_endpoints_by_their_weights()
    {
        using var stable = ScriptedOrigin.Answering("s");
        using var first = ScriptedOrigin.Answering("a");
        using var second = ScriptedOrigin.Answering("b");
        var port = Ports.Free();
        using var proxy = FastCanaryProcess.Start($$"""
            listeners: [{ address: "127.0.0.1:{{port}}", service: web }]
            services:
              web:
                versions:
                  stable: { weight: 1, endpoints: ["127.0.0.1:{{stable.Port}}"] }
                  canary: { weight: 1, endpoints: ["127.0.0.1:{{first.Port}}", { address: "127.0.0.1:{{second.Port}}", weight: 2 }] }
            """);
        Assert.Equal("sbsasbsbsasb", Get(port, 12));
    }

    [Fact]
    public void A_version_of_weight_0_gets_nothing()
    {
        using var stable = ScriptedOrigin.Answering("s");
        using var canary = ScriptedOrigin.Answering("c");
        var port = Ports.Free();
        using var proxy = FastCanaryProcess.Start(Configuration.Split(port, [("stable", 1, stable.Port), ("canary", 0, canary.Port)]));
        Assert.Equal(new string('s', 50), Get(port, 50));
        Assert.Equal(0, canary.Accepted);
    }

    private static string Get(int port, int count)
    {
        using var client = new RawClient(port);
        return string.Concat(Enumerable.Range(0, count).Select(_ => client.Get().Text));
    }

    private static string Fetch(string curl, int port)
    {
        var ended = ChildProcess.Run(curl, ["-sS", "--fail", $"http://127.0.0.1:{port}/[1-90]"]);
        Assert.True(ended.Code == 0, ended.ToString());
        return string.Concat(ended.Output);
    }

    private static int Cycle(int[] weights)
    {
        var divisor = weights.Aggregate(static (a, b) =>
        {
            while (b != 0) (a, b) = (b, a % b);
            return a;
        });
        return weights.Sum() / divisor;
    }

    /// <summary>One nginx: an origin per version, and a load balancer before them with the same weights.</summary>
    private sealed class Balanced : IDisposable
    {
        private const string Last = "/last";

        private readonly NginxProcess _nginx;
        private readonly int[] _weights;
        private readonly int[] _origins;

        public Balanced(int[] weights, bool log = false)
        {
            _weights = weights;
            _origins = [.. weights.Select(static _ => Ports.Free())];
            var servers = _origins.Zip(weights, static (port, weight) => $"server 127.0.0.1:{port} weight={weight} max_fails=0;");
            _nginx = new NginxProcess(
                $$"""
                log_format port '$server_port $request_uri';
                {{(log ? "access_log $FOLDER/served.log port;" : "")}}
                {{string.Concat(_origins.Select(static (port, i) => NginxProcess.Origin(port, Names[i..(i + 1)])))}}
                upstream balanced { {{string.Join(' ', servers)}} keepalive 8; keepalive_requests 100000000; }
                server {
                  listen 127.0.0.1:{{BalancerPort}};
                  location / { proxy_pass http://balanced; proxy_http_version 1.1; proxy_set_header Connection ""; }
                }
                """,
                [.. _origins, BalancerPort]);
        }

        public int BalancerPort { get; } = Ports.Free();

        public int ProxyPort { get; } = Ports.Free();

        public FastCanaryProcess StartProxy(int loops = 0) =>
            FastCanaryProcess.Start(Configuration.Split(ProxyPort, _weights.Select((weight, i) => ($"v{i + 1}", weight, _origins[i])), loops: loops));

        /// <summary>Which origin served each request, in their order. Ends the proxy, so that every request that it took is through.</summary>
        public string Served(FastCanaryProcess proxy)
        {
            proxy.Signal(PosixSignal.SIGTERM);
            Assert.Equal(0, proxy.WaitForExit());
            // What the proxy had sent lies before nginx; it takes and logs this behind it.
            using (var client = new RawClient(_origins[0])) Assert.Equal(200, client.Get(Last).Status);
            string[] lines = [];
            Eventually.Holds(() => (lines = _nginx.LinesOf("served.log")).LastOrDefault()?.EndsWith(Last, StringComparison.Ordinal) == true, "the last line of nginx's log");
            return string.Concat(lines[..^1].Select(line => Names[Array.IndexOf(_origins, int.Parse(line.Split(' ')[0]))]));
        }

        public void Dispose() => _nginx.Dispose();
    }
}
