using FastCanary.LoadTests.Judging;
using FastCanary.LoadTests.Measuring;

namespace FastCanary.LoadTests.Tests.Judging;

public sealed class UsersAtShareTests
{
    [Fact]
    public void Users_are_counted_by_their_version()
    {
        var at = new UsersAtShare(3, from: 10);
        at.Add([At(0, 11, 0), At(1, 11, 1), At(3, 12, 0), At(4, 12, 1)]);
        Assert.Equal((2, 1, 1, 0L), (at.Seen, at.Count(0), at.Count(1), at.Changes));
        Assert.Equal([0, 1, -1], at.Versions);
    }

    [Fact]
    public void A_user_with_two_versions_is_a_change()
    {
        var at = new UsersAtShare(3, from: 10);
        at.Add([At(0, 11, 0), At(1, 11, 1), At(4, 12, 0)]);
        at.Add([At(3, 13, 1)]);
        Assert.Equal(2, at.Changes);
    }

    [Fact]
    public void What_was_sent_before_or_failed_says_nothing()
    {
        var at = new UsersAtShare(3, from: 10);
        at.Add([At(0, 10, 1), At(3, 11, 0), At(6, 12, 1) with { HasFailed = true }, At(9, 12, -1)]);
        Assert.Equal((1, 0L), (at.Seen, at.Changes));
    }

    private static Answer At(long number, double sentAt, int version) => new(number, sentAt, sentAt + 0.5, version, HasFailed: false);
}
