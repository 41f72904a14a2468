using FastCanary.LoadTests.Judging;
using FastCanary.LoadTests.Measuring;

namespace FastCanary.LoadTests.Tests.Judging;

public sealed class ChangeTests
{
    private static readonly Answer[] Answers = [At(0.5, 0), At(1.5, 0), At(1.2, 1), At(2.5, 0), At(2.6, 1), At(3, 1)];

    [Fact]
    public void The_last_request_that_the_old_split_answered_is_the_moment() => Assert.Equal(2.5, Change.FollowedAt(Answers, 1, [0, 1]));

    [Fact]
    public void What_was_sent_before_the_change_says_nothing() => Assert.Equal(2.7, Change.FollowedAt(Answers, 2.7, [0, 1]));

    [Fact]
    public void Versions_that_still_have_a_part_and_requests_that_nobody_answered_say_nothing()
    {
        Assert.Equal(1, Change.FollowedAt(Answers, 1, [1, 9]));
        Assert.Equal(1, Change.FollowedAt([At(5, -1)], 1, [0, 1]));
    }

    [Fact]
    public void A_change_is_in_force_when_enough_was_answered_by_the_new_split_alone()
    {
        Assert.True(Change.IsCalm(Answers, 1, 0.5, [0, 1]));
        Assert.False(Change.IsCalm(Answers, 1, 0.6, [0, 1]));
    }

    [Fact]
    public void That_nobody_answers_is_no_sign_of_a_change()
    {
        Assert.False(Change.IsCalm([], 1, 0.5, [0, 1]));
        Assert.False(Change.IsCalm([At(0.9, 0)], 1, 0.5, [0, 1]));
        Assert.False(Change.IsCalm([At(0.9, 0), At(2, -1) with { HasFailed = true }], 1, 0.5, [0, 1]));
    }

    [Fact]
    public void The_longest_gap_is_between_two_answers()
    {
        Assert.Equal(1.25, Change.LongestGap([At(1, 0), At(1.5, 0), At(2.75, 1), At(3, 0)]));
        Assert.Equal(0, Change.LongestGap([At(1, 0)]));
    }

    private static Answer At(double at, int version) => new(0, at, at, version, HasFailed: false);
}
