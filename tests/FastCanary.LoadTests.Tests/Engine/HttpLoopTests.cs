using System.Net;
using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Scenarios;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Tests.Engine;

public sealed class HttpLoopTests : IDisposable
{
    private static readonly VersionNames Versions = new("stable");

    private readonly OriginLoop _loop = new();
    private readonly HttpOrigin _origin = new("stable-1", "stable", new IPEndPoint(IPAddress.Loopback, 0));
    private readonly Clock _clock = new();
    private readonly AnswerLog _log;
    private readonly StepRecorder _recorder;

    public HttpLoopTests()
    {
        _loop.Add(_origin);
        _log = new AnswerLog(_clock);
        _recorder = new StepRecorder("step", Versions, _clock);
    }

    public void Dispose()
    {
        _loop.Dispose();
        _origin.Close();
    }

    [Fact]
    public async Task Connections_that_nothing_needs_yet_are_open_from_the_begin_on_and_take_turns()
    {
        await RunAsync(new HttpLoadSettings(_origin.Address) { ConnectionsMin = 8 }, Simulation.Inject(100, TimeSpan.FromSeconds(0.2)), TestContext.Current.CancellationToken);
        StepResult result = _recorder.ToResult();
        Assert.Equal((20, 0), (result.Ended, result.Failed));
        Assert.InRange(result.ConnectionsOpened, 8, 20);
        Assert.Equal(0, result.ConnectionsDropped);
    }

    [Fact]
    public async Task A_connection_that_the_server_ends_is_counted_and_its_request_is_logged_as_lost()
    {
        _origin.DelaySeconds = 60;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task load = RunAsync(new HttpLoadSettings(_origin.Address), Simulation.Inject(100, Simulation.UntilCancelled), stop.Token);
        while (_origin.Requests < 3) await Task.Delay(5, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        _loop.TakeDown(_origin);
        await load;
        StepResult result = _recorder.ToResult();
        Assert.InRange(result.ConnectionsDropped, 3, result.ConnectionsOpened);
        Assert.InRange(result.Failures[Failures.Reset], 3, result.Failed);
        Answer[] answers = _log.Since(0);
        Assert.Equal(result.Failed, answers.Length);
        Assert.All(answers, answer => Assert.True(answer.HasFailed));
    }

    [Fact]
    public async Task A_connection_that_the_client_ends_is_not_counted_as_dropped()
    {
        await RunAsync(new HttpLoadSettings(_origin.Address) { RequestsPerConnection = 2 }, Simulation.KeepConstant(1, TimeSpan.FromSeconds(0.2)), TestContext.Current.CancellationToken);
        StepResult result = _recorder.ToResult();
        Assert.Equal((0, 0), (result.Failed, result.ConnectionsDropped));
        Assert.Equal((result.Ended + 1) / 2, result.ConnectionsOpened);
    }

    private Task RunAsync(HttpLoadSettings settings, LoadSimulation simulation, CancellationToken cancel) =>
        HttpLoad.RunAsync(settings, new LoggedStep(new HttpStep("test"), _log), [simulation], _recorder, cancel);
}
