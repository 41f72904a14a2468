using System.Net;
using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Scenarios;
using FastCanary.LoadTests.Stage;
using FastCanary.LoadTests.Tests.Support;

namespace FastCanary.LoadTests.Tests.Scenarios;

public sealed class PlayerTests : IDisposable
{
    private readonly StringWriter _output = new();

    public void Dispose() => _output.Dispose();

    [Fact]
    public async Task A_scenario_passes_where_every_threshold_holds()
    {
        ScenarioResult result = await PlayAsync(run =>
        {
            run.ExpectAtMost("a", 1, 2, "ms");
            run.ExpectAtLeast("b", 3.25, 3);
            run.Figure("c", 1234.4, "MiB");
            return Task.CompletedTask;
        });
        Assert.Equal(Outcome.Passed, result.Outcome);
        Assert.Equal([new("a", "1 ms", "at most 2 ms", Holds: true), new("b", "3.25", "at least 3", Holds: true)], result.Thresholds);
        Assert.Equal([("c", "1234 MiB")], result.Figures);
        Assert.Contains("fake         passed", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_fails_where_one_does_not()
    {
        ScenarioResult result = await PlayAsync(run =>
        {
            run.ExpectAtMost("a", 1, 2);
            run.ExpectAtMost("b", 3, 2);
            return Task.CompletedTask;
        });
        Assert.Equal(Outcome.Failed, result.Outcome);
        Assert.Contains("FAILED b: 3 (at most 2)", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_fails_where_nothing_was_asked_for() => Assert.Equal(Outcome.Failed, (await PlayAsync(_ => Task.CompletedTask)).Outcome);

    [Fact]
    public async Task It_fails_where_it_breaks_off_and_says_why()
    {
        ScenarioResult result = await PlayAsync(run =>
        {
            run.ExpectAtMost("a", 1, 2);
            throw new IOException("the endpoint is gone");
        });
        Assert.Equal((Outcome.Failed, "the endpoint is gone"), (result.Outcome, result.Problem));
        Assert.Single(result.Thresholds);
    }

    [Fact]
    public async Task It_fails_where_its_stage_does_not_open()
    {
        var player = new Player(() => throw new IOException("the endpoint stable-1 cannot listen"), new RunSettings(), _output);
        ScenarioResult result = await player.PlayAsync(new FakeScenario(_ => Task.CompletedTask), TestContext.Current.CancellationToken);
        Assert.Equal((Outcome.Failed, "the endpoint stable-1 cannot listen"), (result.Outcome, result.Problem));
        Assert.Contains("cannot listen", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_fails_where_it_is_interrupted()
    {
        using var cancel = new CancellationTokenSource();
        ScenarioResult result = await PlayAsync(
            run =>
            {
                run.ExpectAtMost("a", 1, 2);
                cancel.Cancel();
                return Task.CompletedTask;
            },
            cancel: cancel.Token);
        Assert.Equal((Outcome.Failed, "interrupted"), (result.Outcome, result.Problem));
    }

    [Fact]
    public async Task It_is_skipped_where_the_target_lacks_something_and_what_is_said()
    {
        ScenarioResult result = await PlayAsync(_ => throw new InvalidOperationException("played"), Needs.Admin | Needs.Tcp);
        Assert.Equal((Outcome.Skipped, "needs the admin API (--admin URL), a TCP listener (--tcp HOST:PORT)"), (result.Outcome, result.Problem));
        Assert.Contains("SKIPPED", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_load_is_counted_in_its_step_and_a_failure_is_a_threshold_broken()
    {
        using var server = new ScriptedServer((socket, number) => ScriptedServer.Send(socket, number == 3 ? "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n" : ScriptedServer.Ok));
        ScenarioResult result = await PlayAsync(
            async run => run.ExpectNoFailures(await run.LoadAsync("get", new VersionNames("v1"), new HttpStep("a.test"), Simulation.Inject(run.Rate, run.Part(0.01)))),
            address: server.Address);
        Assert.Equal((Outcome.Failed, 30), (result.Outcome, result.Steps[0].Ended));
        Assert.Equal("1 of 30 (1 status 500)", result.Thresholds[0].Value);
    }

    private async Task<ScenarioResult> PlayAsync(Func<ScenarioRun, Task> play, Needs needs = Needs.None, IPEndPoint? address = null, CancellationToken cancel = default)
    {
        var target = new TestTarget(address ?? new IPEndPoint(IPAddress.Loopback, 9), "a.test", "/");
        var player = new Player(() => Task.FromResult(TestStage.Attach(target)), new RunSettings(), _output);
        return await player.PlayAsync(new FakeScenario(play) { Needs = needs }, cancel);
    }
}
