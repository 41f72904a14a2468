using System.Net;
using System.Net.Sockets;
using System.Text;
using FastCanary.EndToEnd.Tests.Kit;
using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Tests.Stage;

public sealed class HttpOriginTests : IDisposable
{
    private readonly OriginLoop _loop = new();
    // A port that nobody else is given while it is down.
    private readonly HttpOrigin _origin = new("stable-1", "stable", new IPEndPoint(IPAddress.Loopback, Ports.Free()));

    public HttpOriginTests() => _loop.Add(_origin);

    public void Dispose() => _loop.Dispose();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.2, 20)]
    [InlineData(0.5, 50)]
    [InlineData(1, 100)]
    public async Task It_fails_exactly_the_part_that_it_is_told_to(double share, int failed)
    {
        _origin.FailureShare = share;
        StepResult result = await LoadAsync(100);
        Assert.Equal((100 - failed, failed), (result.Latency.Count, result.Failures.GetValueOrDefault("status 500")));
        Assert.Equal((100, failed), (_origin.Requests, _origin.Failed));
        Assert.Equal([100], result.ByVersion);
    }

    [Fact]
    public async Task It_takes_its_time()
    {
        _origin.DelaySeconds = 0.05;
        StepResult result = await LoadAsync(20);
        Assert.Equal(20, result.Latency.Count);
        Assert.True(result.Latency.Min >= 45_000, $"{result.Latency.Min} µs");
    }

    [Fact]
    public async Task It_dies_and_comes_back_at_its_address()
    {
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(_origin.Address, TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 200", Ask(client, "GET / HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        _loop.TakeDown(_origin);
        Assert.Throws<SocketException>(() => client.Receive(new byte[1]));
        Assert.Equal(10, (await LoadAsync(10)).Failures[Failures.Connect]);
        _loop.BringUp(_origin);
        _loop.BringUp(_origin);
        Assert.Equal(10, (await LoadAsync(10)).Latency.Count);
    }

    [Fact]
    public async Task Content_is_passed_over_however_it_arrives_and_health_checks_do_not_count()
    {
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(_origin.Address, TestContext.Current.CancellationToken);
        foreach (char part in "POST / HTTP/1.1\r\nContent-Length: 30\r\n\r\nGET / HTTP/1.1\r\n\r\n") client.Send([(byte)part]);
        Assert.StartsWith("HTTP/1.1 200", Ask(client, new string('x', 12)), StringComparison.Ordinal);
        Assert.Equal(1, _origin.Requests);
        _origin.FailureShare = 1;
        Assert.StartsWith("HTTP/1.1 200", Ask(client, "GET /health HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 500", Ask(client, "GET / HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        Assert.Equal(2, _origin.Requests);
    }

    [Fact]
    public void An_address_in_use_is_an_error_that_names_endpoint_and_address()
    {
        IOException error = Assert.Throws<IOException>(() => new HttpOrigin("stable-2", "stable", _origin.Address));
        Assert.Contains($"the endpoint stable-2 cannot listen on {_origin.Address}", error.Message, StringComparison.Ordinal);
    }

    private static string Ask(Socket client, string text)
    {
        client.Send(Encoding.ASCII.GetBytes(text));
        byte[] received = new byte[1000];
        return Encoding.ASCII.GetString(received, 0, client.Receive(received));
    }

    private async Task<StepResult> LoadAsync(int count)
    {
        var recorder = new StepRecorder("get", new VersionNames("stable"), new Clock());
        await HttpLoad.RunAsync(new(_origin.Address), new HttpStep("a.test"), [Simulation.Inject(count, TimeSpan.FromSeconds(1))], recorder, TestContext.Current.CancellationToken);
        return recorder.ToResult();
    }
}
