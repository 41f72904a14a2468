using System.Text.RegularExpressions;
using FastCanary.Reports;
using FastCanary.Tests.Support;

namespace FastCanary.Tests;

public sealed class WatchFrameTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    [InlineData(40, 12)]
    [InlineData(80, 24)]
    [InlineData(200, 80)]
    public void A_frame_never_leaves_its_terminal(int columns, int rows)
    {
        var frame = WatchFrame.ForTerminal(Lines(columns, rows), columns, colour: true);
        var lines = Regex.Replace(frame, "\u001b\\[[0-9;]*[A-Za-z]", "").Split("\r\n");
        Assert.InRange(lines.Length, 1, rows);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, columns));
    }

    [Fact]
    public void What_does_not_fit_is_counted()
    {
        var all = Lines(80, int.MaxValue);
        var some = Lines(80, 10);
        Assert.Equal(10, some.Count);
        Assert.Equal(all.Take(9).Select(static line => line.ToString()), some.Take(9).Select(static line => line.ToString()));
        Assert.Equal($".. {all.Count - 9} more lines; status SERVICE --watch shows one service", some[9].ToString());
    }

    [Fact]
    public void A_frame_is_drawn_over_the_one_before_without_clearing_it()
    {
        var frame = WatchFrame.ForTerminal(Lines(80, 24), 80, colour: false);
        Assert.StartsWith("\u001b[H", frame, StringComparison.Ordinal);
        Assert.EndsWith("\u001b[K\u001b[J", frame, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[2J", frame, StringComparison.Ordinal);
        Assert.Equal(24, Regex.Count(frame, "\u001b\\[K"));
        // A line end after the last line would scroll.
        Assert.Equal(23, Regex.Count(frame, "\r\n"));
    }

    [Fact]
    public void Colours_are_there_only_where_they_are_wanted()
    {
        Assert.Contains("\u001b[1;31m", WatchFrame.ForTerminal(Lines(80, 50), 80, colour: true), StringComparison.Ordinal);
        Assert.DoesNotMatch("\u001b\\[[0-9;]*m", WatchFrame.ForTerminal(Lines(80, 50), 80, colour: false));
        Assert.DoesNotContain('\u001b', WatchFrame.Plain(Lines(80, 50)));
    }

    [Fact]
    public void Old_figures_are_said_to_be_old()
    {
        var lines = WatchFrame.Lines(Sample.StatusOf(Sample.Status(Sample.Service())), "http://x", ProgramRun.Start, "cannot reach http://x", 80, 24);
        Assert.Equal(["http://x  07:05:00Z  Ctrl-C ends", "cannot reach http://x", ""], lines.Take(3).Select(static line => line.ToString()));
    }

    private static List<TextLine> Lines(int columns, int rows) =>
        WatchFrame.Lines(Sample.StatusOf(Sample.Status(Sample.Service(), Sample.Service(name: "other"))), "http://127.0.0.1:9901", ProgramRun.Start, lost: null, columns, rows);
}
