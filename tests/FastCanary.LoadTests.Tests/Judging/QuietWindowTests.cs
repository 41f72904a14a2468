using FastCanary.LoadTests.Judging;
using FastCanary.LoadTests.Measuring;

namespace FastCanary.LoadTests.Tests.Judging;

public sealed class QuietWindowTests
{
    [Fact]
    public void Requests_one_after_another_are_judged_up_to_the_last_that_was_sent()
    {
        QuietWindow window = QuietWindow.Find([.. Enumerable.Range(0, 41).Select(i => At(i, i + 0.5, i % 4 == 3 ? 1 : 0))], -1, 40, 2);
        Assert.Equal((40L, 30L, 10L), (window.Total, window.ByVersion[0], window.ByVersion[1]));
        Assert.True(window.IsExact([3, 1]));
        Assert.False(window.IsExact([4, 1]));
    }

    [Fact]
    public void What_overlaps_the_windows_ends_is_left_out()
    {
        // Of the old split, and answered late: the window begins behind it. The last two were sent while each other was under way.
        Answer[] answers = [At(0, 2.5, 1), At(1, 1.2, 1), At(2, 2.2, 1), At(3, 3.2, 0), At(4, 6, 0), At(5, 5.5, 0), At(7, 9, 1), At(8, 8.5, 1)];
        QuietWindow window = QuietWindow.Find(answers, 0.5, 8.2, 2);
        Assert.Equal((3L, 3L, 0L), (window.Total, window.ByVersion[0], window.ByVersion[1]));
    }

    [Fact]
    public void One_request_too_many_of_a_version_is_seen_where_the_window_is_of_whole_cycles()
    {
        int[] versions = [0, 0, 0, 1, 0, 0, 1, 1];
        QuietWindow window = QuietWindow.Find([.. versions.Append(0).Select((version, i) => At(i, i + 0.5, version))], -1, 100, 2);
        Assert.Equal(8, window.Total);
        Assert.False(window.IsExact([3, 1]));
    }

    [Fact]
    public void A_request_that_failed_is_in_no_exact_window()
    {
        Answer[] answers = [.. Enumerable.Range(0, 10).Select(i => At(i, i + 0.5, 0) with { HasFailed = i == 5 })];
        Assert.False(QuietWindow.Find(answers, -1, 100, 1).IsExact([1]));
        Assert.True(QuietWindow.Find(answers[6..], -1, 100, 1).IsExact([1]));
    }

    [Fact]
    public void An_answer_of_nobody_known_is_in_no_exact_window()
    {
        Answer[] answers = [.. Enumerable.Range(0, 10).Select(i => At(i, i + 0.5, i == 5 ? -1 : 0))];
        Assert.False(QuietWindow.Find(answers, -1, 100, 1).IsExact([1]));
    }

    [Fact]
    public void Without_a_quiet_moment_there_is_no_window()
    {
        Answer[] answers = [At(0, 100, 0), .. Enumerable.Range(1, 20).Select(i => At(i, i + 0.5, 0))];
        Assert.Equal(0, QuietWindow.Find(answers, 0.5, 30, 1).Total);
        Assert.Equal(0, QuietWindow.Find([], 0, 30, 1).Total);
    }

    private static Answer At(double sentAt, double endedAt, int version) => new(0, sentAt, endedAt, version, HasFailed: false);
}
