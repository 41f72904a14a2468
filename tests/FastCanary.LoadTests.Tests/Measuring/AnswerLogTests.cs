using FastCanary.LoadTests.Measuring;

namespace FastCanary.LoadTests.Tests.Measuring;

public sealed class AnswerLogTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void Requests_of_two_loads_have_the_same_numbers_and_their_own_times()
    {
        var log = new AnswerLog(_clock);
        (object one, object other) = (new(), new());
        log.Begin(one, 7);
        log.Begin(other, 7);
        log.End(other, 7, 1, hasFailed: false);
        log.End(one, 7, 0, hasFailed: true);
        Answer[] answers = log.Since(0);
        Assert.Equal([(7L, 1, false), (7L, 0, true)], answers.Select(answer => (answer.Number, answer.Version, answer.HasFailed)));
        Assert.True(answers[1].SentAt <= answers[0].SentAt && answers[0].EndedAt <= answers[1].EndedAt);
    }

    [Fact]
    public void What_ended_before_a_moment_is_not_told_and_can_be_forgotten()
    {
        var log = new AnswerLog(_clock);
        Ask(log, 0);
        double moment = log.Since(0)[0].EndedAt + 1e-9;
        while (_clock.Seconds <= moment) Thread.Yield();
        Ask(log, 1);
        Assert.Equal([1], log.Since(moment).Select(answer => answer.Number));
        log.Forget(moment);
        Assert.Equal([1], log.Since(0).Select(answer => answer.Number));
    }

    [Fact]
    public async Task It_settles_when_all_that_was_sent_before_has_ended()
    {
        var log = new AnswerLog(_clock);
        log.Begin(this, 0);
        double moment = _clock.Seconds + 1e-9;
        while (_clock.Seconds <= moment) Thread.Yield();
        log.Begin(this, 1);
        Task settled = log.SettleAsync(moment, TestContext.Current.CancellationToken);
        Assert.False(settled.IsCompleted);
        log.End(this, 0, 0, hasFailed: false);
        await settled.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    private void Ask(AnswerLog log, long number)
    {
        log.Begin(this, number);
        log.End(this, number, 0, hasFailed: false);
    }
}
