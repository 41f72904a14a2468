using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Measuring;

namespace FastCanary.LoadTests.Tests.Measuring;

public sealed class StepRecorderTests
{
    [Fact]
    public void The_seconds_of_a_result_add_up_to_it_at_any_moment()
    {
        var clock = new Clock();
        var recorder = new StepRecorder("one", new VersionNames("stable", "canary"), clock);
        recorder.Simulates([Simulation.Inject(1, TimeSpan.FromSeconds(1))]);
        for (int i = 0; i < 10; i++) recorder.Succeed(1000 + i, i % 2, bytes: 7);
        recorder.Fail(Failures.Reset, version: 1);
        for (int i = 0; i < 2; i++)
        {
            // The second that is not over is in both, and in neither twice.
            StepResult result = recorder.ToResult();
            Assert.Equal((10, 1), (result.Seconds.Sum(second => second.Succeeded), result.Seconds.Sum(second => second.Failed)));
            Assert.Equal([5, 6], result.ByVersion);
            Assert.Equal([5, 6], Enumerable.Range(0, 2).Select(version => result.Seconds.Sum(second => second.ByVersion[version])));
            Assert.Equal((11, 70), (result.Ended, result.Bytes));
            Assert.Equal(result.Seconds.Count, result.LoadedSeconds.Count());
            Assert.InRange(result.From, 0, result.To);
            Assert.InRange(result.To, result.From, clock.Seconds);
        }
    }

    [Fact]
    public void The_rate_is_that_of_the_time_with_a_load()
    {
        StepResult result = new StepRecorder("one", new VersionNames(), new Clock()).ToResult();
        Assert.Equal((0, 0), (result.Ended, result.Rate));
        Assert.Equal(5, (result with { Failed = 20, From = 3, To = 7 }).Rate);
        SecondSample[] seconds = [.. Enumerable.Range(0, 9).Select(second => new SecondSample(second, 0, 1, 0, 0, 0, []))];
        Assert.Equal([3, 4, 5, 6], (result with { Failed = 20, From = 3.5, To = 6.2, Seconds = seconds }).LoadedSeconds.Select(second => second.Second));
    }
}
