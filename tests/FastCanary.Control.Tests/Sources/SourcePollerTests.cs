using FastCanary.Control.Tests.Support;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.Control.Tests.Sources;

/// <summary>When sources are asked, and how long their answers are good for.</summary>
public sealed class SourcePollerTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly ManualClock _clock = new();
    private readonly KeptLog _log = new();
    private readonly SourcePoller _poller;

    public SourcePollerTests() => _poller = new SourcePoller(_log, _clock);

    public void Dispose() => _poller.Dispose();

    [Fact]
    public void A_source_is_asked_at_its_interval_and_its_last_reading_is_kept()
    {
        var source = new Source(_clock, "a");
        _poller.Apply([new(source, Interval)]);
        for (int i = 1; i <= 3; i++)
        {
            _clock.WaitForTimer(Interval);
            Assert.Equal([new Reading(i, "", _clock.GetUtcNow())], _poller.Latest("a"));
            _clock.Advance(Interval - TimeSpan.FromMilliseconds(1));
            Assert.Equal(i, source.Asked);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }
    }

    [Fact]
    public void Before_the_first_reading_there_is_neither_a_value_nor_a_problem_for_three_intervals()
    {
        var source = new Source(_clock, "a") { Answer = new TaskCompletionSource<double>() };
        DateTimeOffset began = _clock.GetUtcNow();
        _poller.Apply([new(source, Interval)]);
        Assert.Equal([new Reading(null, "", began)], _poller.Latest("a"));
        _clock.Advance(Interval * 3);
        Assert.Equal([new Reading(null, "", began)], _poller.Latest("a"));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([new Reading(null, "stale: nothing came for 46 s", began)], _poller.Latest("a"));
    }

    [Fact]
    public void A_reading_of_more_than_three_intervals_is_stale()
    {
        var source = new Source(_clock, "a");
        _poller.Apply([new(source, Interval)]);
        _clock.WaitForTimer(Interval);
        DateTimeOffset at = _clock.GetUtcNow();
        source.Answer = new TaskCompletionSource<double>();
        _clock.Advance(Interval * 3);
        Assert.Equal([new Reading(1, "", at)], _poller.Latest("a"));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([new Reading(null, "stale: nothing came for 46 s", at)], _poller.Latest("a"));
    }

    [Fact]
    public void A_source_has_its_interval_for_an_answer_but_ten_seconds_at_the_most()
    {
        var slow = new Source(_clock, "slow");
        var quick = new Source(_clock, "quick");
        _poller.Apply([new(slow, Interval)]);
        _poller.Apply([new(slow, Interval), new(quick, TimeSpan.FromSeconds(3))]);
        Eventually.Holds(() => slow.Asked + quick.Asked == 2, "both are asked");
        Assert.Equal([10, 3], [slow.Timeout.TotalSeconds, quick.Timeout.TotalSeconds]);
    }

    [Fact]
    public void A_slow_source_delays_no_other()
    {
        var slow = new Source(_clock, "slow") { Answer = new TaskCompletionSource<double>() };
        var quick = new Source(_clock, "quick");
        _poller.Apply([new(slow, Interval), new(quick, Interval)]);
        _clock.WaitForTimer(Interval / 2);
        _clock.Advance(Interval / 2);
        _clock.WaitForTimer(Interval);
        Assert.Equal(1, _poller.Latest("quick")[0].Value);
    }

    [Fact]
    public void A_reload_keeps_what_is_known_of_a_source_that_stays()
    {
        var source = new Source(_clock, "a");
        _poller.Apply([new(source, Interval)]);
        _clock.WaitForTimer(Interval);
        Reading[] before = _poller.Latest("a");
        var same = new Source(_clock, "a");
        _poller.Apply([new(same, Interval), new(new Source(_clock, "b"), Interval)]);
        Assert.Equal(before, _poller.Latest("a"));
        _clock.Advance(Interval);
        Eventually.Holds(() => source.Asked == 2, "the one in place is asked");
        Assert.Equal(0, same.Asked);
    }

    [Fact]
    public void A_source_that_is_gone_or_has_another_interval_is_not_asked_any_more()
    {
        var gone = new Source(_clock, "gone");
        var old = new Source(_clock, "a");
        _poller.Apply([new(gone, Interval)]);
        _clock.WaitForTimer(Interval);
        _poller.Apply([new(old, Interval)]);
        Eventually.Holds(() => old.Asked == 1, "the other one is asked");
        Assert.Empty(_poller.Latest("gone"));
        _clock.WaitForTimer(Interval);
        _poller.Apply([new(new Source(_clock, "a"), Interval * 2)]);
        _clock.WaitForTimer(Interval * 2);
        _clock.Advance(Interval);
        Assert.Equal((1, 1), (gone.Asked, old.Asked));
    }

    [Fact]
    public void The_log_is_told_of_a_problem_once_and_of_its_end()
    {
        var source = new Source(_clock, "a") { Problem = "no data" };
        _poller.Apply([new(source, Interval)]);
        _clock.WaitForTimer(Interval);
        Assert.Equal([new Reading(null, "no data", _clock.GetUtcNow())], _poller.Latest("a"));
        Next();
        source.Problem = "";
        Next();
        Next();
        Assert.Equal(["105 Warning source a: no data", "106 Information source a: readings again"], _log.Lines);

        void Next()
        {
            _clock.Advance(Interval);
            _clock.WaitForTimer(Interval);
        }
    }

    private sealed class Source(ManualClock clock, string key) : IReadingSource
    {
        private int _asked;

        public string Name => "source " + key;

        public string Key => key;

        public int Count => 1;

        public int Asked => Volatile.Read(ref _asked);

        public TimeSpan Timeout { get; private set; }

        public string Problem { get; set; } = "";

        /// <summary>Where it is not null, the answer does not come before it does.</summary>
        public TaskCompletionSource<double>? Answer { get; set; }

        public async Task<Reading[]> ReadAsync(TimeSpan timeout, CancellationToken stop)
        {
            Timeout = timeout;
            int asked = Interlocked.Increment(ref _asked);
            if (Answer is { } answer) await answer.Task.WaitAsync(stop);
            return [Problem.Length > 0 ? Reading.Lacking(Problem, clock.GetUtcNow()) : Reading.Of(asked, clock.GetUtcNow())];
        }
    }
}
