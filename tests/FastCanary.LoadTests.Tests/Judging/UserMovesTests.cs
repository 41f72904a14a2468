using FastCanary.LoadTests.Judging;
using FastCanary.LoadTests.Measuring;

namespace FastCanary.LoadTests.Tests.Judging;

public sealed class UserMovesTests
{
    private const int Users = 3;
    private const int Stable = 0;
    private const int Canary = 1;

    [Fact]
    public void Users_that_move_once_never_flip()
    {
        var moves = new UserMoves(Users, Canary);
        moves.Add([At(0, 0, 1, Stable), At(1, 1, 2, Stable), At(3, 3, 4, Canary), At(4, 4, 5, Stable), At(6, 6, 7, Canary), At(7, 8, 9, Canary)]);
        Assert.Equal((0L, 2), (moves.Back, moves.Moved));
    }

    [Fact]
    public void A_user_that_comes_back_is_counted_even_in_another_batch()
    {
        var moves = new UserMoves(Users, Canary);
        moves.Add([At(0, 0, 1, Canary), At(1, 0, 1, Canary)]);
        moves.Add([At(3, 2, 3, Stable), At(5, 2, 3, Stable)]);
        Assert.Equal(1, moves.Back);
    }

    [Fact]
    public void Requests_that_were_under_way_together_are_in_no_order()
    {
        var moves = new UserMoves(Users, Canary);
        moves.Add([At(0, 2, 3, Canary), At(3, 1, 4, Stable)]);
        Assert.Equal(0, moves.Back);
    }

    [Fact]
    public void The_way_back_is_the_other_way()
    {
        var moves = new UserMoves(Users, Stable);
        moves.Add([At(0, 0, 1, Canary), At(3, 2, 3, Stable), At(6, 4, 5, Canary)]);
        Assert.Equal(1, moves.Back);
    }

    [Fact]
    public void What_failed_says_nothing()
    {
        var moves = new UserMoves(Users, Canary);
        moves.Add([At(0, 0, 1, Canary), At(3, 2, 3, Stable) with { HasFailed = true }, At(3, 2, 3, -1)]);
        Assert.Equal(0, moves.Back);
    }

    private static Answer At(long number, double sentAt, double endedAt, int version) => new(number, sentAt, endedAt, version, HasFailed: false);
}
