using System.Net;
using FastCanary.Control.Tests.Support;
using FastCanary.EndToEnd.Tests.Kit;
using FastCanary.Traffic;

namespace FastCanary.Control.Tests.Health;

/// <summary>What a check sends, and what it makes of the answer.</summary>
public sealed class HealthProbeTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task It_asks_for_the_path_as_written_as_one_who_goes_away_afterwards()
    {
        HttpMessage? request = null;
        using var origin = ScriptedOrigin.Answering(got =>
        {
            request = got;
            return ScriptedOrigin.Response("");
        });
        HealthResult result = await Check(origin.Port, new HealthModel { Path = "/a/../b%2f?x=%20&y={1}" });
        Assert.Equal(new HealthResult(Passed: true, "status 200"), result);
        Assert.Equal("GET /a/../b%2f?x=%20&y={1} HTTP/1.1", request!.StartLine);
        Assert.Equal($"localhost:{origin.Port}", request["Host"]);
        Assert.Equal("fastcanary-health", request["User-Agent"]);
        Assert.True(request.Closes);
        Assert.Equal(0, request.Count("traceparent") + request.Count("Cookie"));
    }

    [Fact]
    public async Task It_says_the_configured_host_at_the_configured_port()
    {
        HttpMessage? request = null;
        using var origin = ScriptedOrigin.Answering(got =>
        {
            request = got;
            return ScriptedOrigin.Response("");
        });
        Assert.True((await Check(Ports.Free(), new HealthModel { Path = "/", Port = origin.Port })).Passed);
        Assert.Equal($"localhost:{origin.Port}", request!["Host"]);
        Assert.True((await Check(Ports.Free(), new HealthModel { Path = "/", Port = origin.Port, Host = "shop.example" })).Passed);
        Assert.Equal("shop.example", request["Host"]);
    }

    [Fact]
    public async Task Each_check_makes_a_connection_of_its_own()
    {
        using var origin = ScriptedOrigin.Answering("");
        for (int i = 1; i <= 3; i++)
        {
            Assert.True((await Check(origin.Port, new HealthModel { Path = "/" })).Passed);
            Assert.Equal(i, origin.Accepted);
        }
    }

    [Theory]
    [InlineData(204, true)]
    [InlineData(299, true)]
    [InlineData(404, true)]
    [InlineData(200, true)]
    [InlineData(300, false)]
    [InlineData(302, false)]
    [InlineData(500, false)]
    public async Task Only_the_expected_statuses_pass_and_a_redirect_is_not_followed(int status, bool passes)
    {
        using var origin = ScriptedOrigin.Answering(_ => $"HTTP/1.1 {status} X\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n");
        HealthResult result = await Check(origin.Port, new HealthModel { Path = "/", Statuses = StatusSet.Of([.. StatusSet.Class(2), 404]) });
        Assert.Equal(new HealthResult(passes, $"status {status}"), result);
        Assert.Equal(1, origin.Accepted);
    }

    [Theory]
    [InlineData("all is well", true)]
    [InlineData("well", true)]
    [InlineData("wel", false)]
    [InlineData("", false)]
    public async Task An_expected_text_has_to_be_in_the_body(string body, bool passes)
    {
        using var origin = ScriptedOrigin.Answering(body);
        HealthResult result = await Check(origin.Port, new HealthModel { Path = "/", Body = "well" });
        Assert.Equal(new HealthResult(passes, passes ? "status 200" : "status 200 without the expected text"), result);
    }

    [Fact]
    public async Task An_expected_text_may_come_in_pieces()
    {
        using var origin = new ScriptedOrigin(static connection =>
        {
            connection.Read();
            connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
            foreach (char c in "xwewellx")
            {
                connection.Send(c.ToString());
                Thread.Sleep(1);
            }

            // The rest never comes, and is not waited for.
            connection.WaitForEnd();
        });
        Assert.True((await Check(origin.Port, new HealthModel { Path = "/", Body = "well" })).Passed);
    }

    [Theory]
    [InlineData(64 * 1024, true)]
    [InlineData((64 * 1024) + 1, false)]
    public async Task An_expected_text_counts_in_the_first_64_KiB(int length, bool passes)
    {
        using var origin = ScriptedOrigin.Answering(new string('x', length - 4) + "well");
        Assert.Equal(passes, (await Check(origin.Port, new HealthModel { Path = "/", Body = "well" })).Passed);
    }

    [Fact]
    public async Task Without_an_expected_text_the_body_is_not_waited_for()
    {
        using var origin = new ScriptedOrigin(static connection =>
        {
            connection.Read();
            connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
            connection.WaitForEnd();
        });
        Assert.True((await Check(origin.Port, new HealthModel { Path = "/" })).Passed);
    }

    [Theory]
    [InlineData("", 1000, "timed out after 1 s")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwe", 250, "timed out after 250 ms")]
    public async Task The_time_out_is_for_all_of_a_check(string answer, int timeoutMs, string text)
    {
        using var origin = new ScriptedOrigin(connection =>
        {
            connection.Read();
            connection.Send(answer);
            connection.WaitForEnd();
        });
        TimeSpan timeout = TimeSpan.FromMilliseconds(timeoutMs);
        Task<HealthResult> check = Check(origin.Port, new HealthModel { Path = "/", Body = "well", Timeout = timeout });
        _clock.WaitForTimer(timeout);
        _clock.Advance(timeout - TimeSpan.FromMilliseconds(1));
        Assert.False(check.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(new HealthResult(Passed: false, text), await check);
    }

    [Fact]
    public async Task Nobody_there_is_a_failure()
    {
        using var closed = new ClosedPort();
        Assert.Equal(new HealthResult(Passed: false, "connection refused"), await Check(closed.Port, new HealthModel { Path = "/" }));
        Assert.Equal(new HealthResult(Passed: false, "connection refused"), await Check(closed.Port, new HealthModel()));
    }

    [Theory]
    [InlineData("", "the connection ended before the answer did")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "the answer is not HTTP")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwe", "the connection ended before the answer did")]
    public async Task A_broken_answer_is_a_failure(string answer, string text)
    {
        using var origin = new ScriptedOrigin(connection =>
        {
            connection.Read();
            connection.Send(answer);
        });
        Assert.Equal(new HealthResult(Passed: false, text), await Check(origin.Port, new HealthModel { Path = "/", Body = "well" }));
    }

    [Fact]
    public async Task Without_a_path_a_connection_is_enough()
    {
        using var origin = new ScriptedOrigin(static connection => connection.WaitForEnd());
        Assert.Equal(new HealthResult(Passed: true, "connected"), await Check(origin.Port, new HealthModel()));
    }

    [Fact]
    public async Task A_check_that_is_called_off_has_no_result()
    {
        using var origin = new ScriptedOrigin(static connection => connection.WaitForEnd());
        using var stop = new CancellationTokenSource();
        Task<HealthResult> check = HealthProbe.CheckAsync(Endpoint(origin.Port), new HealthModel { Path = "/" }, _clock, stop.Token);
        Eventually.Holds(() => origin.Accepted == 1, "the check");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => check);
    }

    private static EndpointModel Endpoint(int port) => new()
    {
        Name = $"localhost:{port}",
        Address = new IPEndPoint(IPAddress.Loopback, port),
        Weight = 1,
        State = new StateTable().Endpoint("s", "v", $"localhost:{port}"),
    };

    private Task<HealthResult> Check(int port, HealthModel health) =>
        HealthProbe.CheckAsync(Endpoint(port), health, _clock, CancellationToken.None).WaitAsync(Eventually.Patience);
}
