using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FastCanary.EndToEnd.Tests.Kit;
using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Tests.Support;

namespace FastCanary.LoadTests.Tests.Engine;

public sealed class HttpLoadTests
{
    [Theory]
    [InlineData(1, 16)]
    [InlineData(3, 16)]
    [InlineData(1, 1)]
    public async Task Every_request_is_sent_once_and_every_answer_counted(int threads, int connections)
    {
        using var server = new ScriptedServer(ScriptedServer.Ok);
        StepResult result = await LoadAsync(new(server.Address) { Threads = threads, ConnectionsMax = connections * threads }, Simulation.Inject(500, Seconds(1)));
        Assert.Equal((500, 0), (result.Latency.Count, result.Failed));
        Assert.Equal(Enumerable.Range(0, 500), Numbers(server).Order());
        Assert.Equal([500], result.ByVersion);
        Assert.Equal(1000, result.Bytes);
        Assert.True(server.Accepted <= connections * threads);
        Assert.Equal(["inject 500/s for 1 s"], result.Simulations);
        Assert.Equal(500, result.Seconds.Sum(second => second.Succeeded) + RestOf(result));
    }

    [Fact]
    public async Task What_waits_behind_a_stalled_answer_is_late_by_as_much()
    {
        using var server = new ScriptedServer(StallOnce);
        StepResult result = await LoadAsync(new(server.Address) { ConnectionsMax = 1 }, Simulation.Inject(100, Seconds(1)));
        Assert.Equal(100, result.Latency.Count);
        // 50 requests are due while the server sleeps for 500 ms; at least 40 of them wait for more than 100 ms of it.
        Assert.True(result.Latency.CountAbove(100_000) >= 40, $"{result.Latency.CountAbove(100_000)} of 100 above 100 ms");
    }

    [Fact]
    public async Task A_closed_load_asks_less_of_a_stalled_server_and_sees_one_slow_answer()
    {
        using var cancel = new CancellationTokenSource();
        using var server = new ScriptedServer((socket, number) =>
        {
            if (number == 30) cancel.Cancel();
            return StallOnce(socket, number);
        });
        StepResult result = await LoadAsync(new(server.Address), cancel.Token, Simulation.KeepConstant(1, Seconds(600)));
        Assert.True(result.Latency.Max >= 490_000);
        Assert.Equal(31, result.Latency.Count);
        Assert.Equal(0, result.Failed);
        Assert.Equal(1, server.Accepted);
        Assert.Equal(Enumerable.Range(0, (int)result.Ended), Numbers(server));
    }

    [Theory]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "status 503")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", "closed before the end")]
    [InlineData("", "closed before the end")]
    [InlineData("nonsense\r\n\r\n", "malformed answer")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more", "malformed answer")]
    public async Task A_failure_is_named(string answer, string kind)
    {
        using var server = new ScriptedServer((socket, _) =>
        {
            ScriptedServer.Send(socket, answer);
            return false;
        });
        StepResult result = await LoadAsync(new(server.Address), Simulation.Inject(20, Seconds(1)));
        Assert.Equal(0, result.Latency.Count);
        Assert.Equal(20, result.Failed);
        // The close after a whole answer may be a reset, as there may be bytes unread.
        Assert.True(result.Failures.Keys.All(found => found == kind || found == Failures.Reset), string.Join(", ", result.Failures.Keys));
        Assert.Contains(kind, result.Failures.Keys);
    }

    [Fact]
    public async Task A_reset_is_a_failure()
    {
        using var server = new ScriptedServer((socket, _) =>
        {
            socket.LingerState = new LingerOption(enable: true, 0);
            return false;
        });
        StepResult result = await LoadAsync(new(server.Address), Simulation.Inject(20, Seconds(1)));
        Assert.Equal(20, result.Failures[Failures.Reset]);
    }

    [Fact]
    public async Task An_answer_that_does_not_come_in_time_is_a_failure_and_so_is_what_waits_for_it()
    {
        using var server = new ScriptedServer((_, _) => true);
        StepResult result = await LoadAsync(new(server.Address) { ConnectionsMax = 1, TimeOutSeconds = 0.3 }, Simulation.Inject(10, Seconds(1)));
        Assert.Equal(10, result.Failures[Failures.TimeOut]);
    }

    [Fact]
    public async Task Nobody_there_is_a_failure()
    {
        StepResult result = await LoadAsync(new(new IPEndPoint(IPAddress.Loopback, Ports.Free())), Simulation.Inject(10, Seconds(1)));
        Assert.Equal(10, result.Failures[Failures.Connect]);
    }

    [Fact]
    public async Task A_connection_ends_after_its_requests_and_when_the_answer_says_so()
    {
        using var server = new ScriptedServer(ScriptedServer.Ok);
        StepResult result = await LoadAsync(new(server.Address) { RequestsPerConnection = 5 }, Simulation.Inject(100, Seconds(1)));
        Assert.Equal((100, 0), (result.Latency.Count, result.Failed));
        Assert.True(server.Accepted >= 20);

        using var closing = new ScriptedServer((socket, _) =>
        {
            ScriptedServer.Send(socket, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end");
            return false;
        });
        result = await LoadAsync(new(closing.Address), Simulation.Inject(50, Seconds(1)));
        Assert.Equal((50, 0, 50 * 13L), (result.Latency.Count, result.Failed, result.Bytes));
        Assert.Equal(50, closing.Accepted);
    }

    [Fact]
    public async Task An_idle_connection_may_be_closed()
    {
        using var server = new ScriptedServer((socket, number) =>
        {
            ScriptedServer.Send(socket, ScriptedServer.Ok);
            Thread.Sleep(number == 0 ? 20 : 0);
            return number != 0;
        });
        // The pause is long enough for any machine to close it.
        StepResult result = await LoadAsync(new(server.Address), Simulation.Inject(1, Seconds(1)), Simulation.Pause(Seconds(4)), Simulation.Inject(5, Seconds(1)));
        Assert.Equal((6, 0), (result.Latency.Count, result.Failed));
        Assert.True(server.Accepted >= 2);
    }

    [Fact]
    public async Task Cancelled_it_sends_nothing_more_and_waits_for_what_is_under_way()
    {
        using var cancel = new CancellationTokenSource();
        using var server = new ScriptedServer((socket, number) =>
        {
            if (number == 10) cancel.Cancel();
            return ScriptedServer.Send(socket, ScriptedServer.Ok);
        });
        var recorder = new StepRecorder("get", new VersionNames("v1"), new Clock());
        await HttpLoad.RunAsync(new(server.Address), new NumberedStep(), [Simulation.Inject(10, Seconds(600))], recorder, cancel.Token);
        StepResult result = recorder.ToResult();
        Assert.Equal(0, result.Failed);
        Assert.Equal(server.Requests.Length, result.Latency.Count);
    }

    private static bool StallOnce(Socket socket, int number)
    {
        Thread.Sleep(number == 10 ? 500 : 1);
        return ScriptedServer.Send(socket, ScriptedServer.Ok);
    }

    // What ended in the second that was not over yet.
    private static long RestOf(StepResult result) => result.Latency.Count - result.Seconds.Sum(second => second.Succeeded);

    private static IEnumerable<int> Numbers(ScriptedServer server) => server.Requests.Select(line => int.Parse(line.Split(' ')[1][1..], CultureInfo.InvariantCulture));

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static Task<StepResult> LoadAsync(HttpLoadSettings settings, params LoadSimulation[] simulations) => LoadAsync(settings, TestContext.Current.CancellationToken, simulations);

    private static async Task<StepResult> LoadAsync(HttpLoadSettings settings, CancellationToken cancel, params LoadSimulation[] simulations)
    {
        var recorder = new StepRecorder("get", new VersionNames("v1"), new Clock());
        await HttpLoad.RunAsync(settings, new NumberedStep(), simulations, recorder, cancel);
        return recorder.ToResult();
    }
}
