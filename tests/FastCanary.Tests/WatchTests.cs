using System.Text.RegularExpressions;
using FastCanary.Tests.Support;

namespace FastCanary.Tests;

public sealed class WatchTests
{
    private const string Enter = "\u001b[?1049h\u001b[?25l\u001b[?7l";
    private const string Leave = "\u001b[?7h\u001b[?25h\u001b[?1049l";

    [Fact]
    public void An_interrupt_gives_the_terminal_back_and_exits_130()
    {
        using var interrupt = new CancellationTokenSource();
        var asked = 0;
        using var server = new AdminServer(_ =>
        {
            if (++asked == 4) interrupt.Cancel();
            return AdminServer.Json(Sample.Status(Sample.Service()));
        });
        var run = ProgramRun.Of(["status", "--watch", "--admin", server.Address], terminal: (80, 24), interrupt: interrupt.Token);
        Assert.Equal((130, "", ""), (run.Code, run.Output, run.Errors));
        Assert.StartsWith(Enter, run.Frames, StringComparison.Ordinal);
        Assert.EndsWith(Leave, run.Frames, StringComparison.Ordinal);
        Assert.Equal(3, Regex.Count(run.Frames, "\u001b\\[H"));
    }

    [Fact]
    public void An_error_gives_the_terminal_back_before_it_is_told()
    {
        var asked = 0;
        using var server = new AdminServer(_ => ++asked < 3 ? AdminServer.Json(Sample.Status(Sample.Service())) : AdminServer.Error(401, "unauthorized", "no"));
        var run = ProgramRun.Of(["status", "--watch", "--admin", server.Address], terminal: (80, 24));
        Assert.Equal(1, run.Code);
        Assert.EndsWith(Leave, run.Frames, StringComparison.Ordinal);
        Assert.Contains("a token is needed", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void What_fails_at_once_never_takes_the_screen()
    {
        using var server = new AdminServer(static _ => null);
        var run = ProgramRun.Of(["status", "--watch", "--admin", server.Address], terminal: (80, 24));
        Assert.Equal((1, ""), (run.Code, run.Frames));
    }

    [Fact]
    public void A_lost_connection_leaves_the_last_figures_and_says_that_they_are_old()
    {
        var asked = 0;
        using var server = new AdminServer(_ => ++asked is > 1 and < 60 ? AdminServer.Error(503, "unavailable", "starting") : AdminServer.Json(Sample.Service(asked < 60 ? "Progressing" : "Promoted")));
        var run = ProgramRun.Of(["status", "search", "--watch", "--wait", "--admin", server.Address], terminal: (120, 40));
        Assert.Equal((0, "search: Promoted, step 2 of 4 (5 % for 2m at least)\n"), (run.Code, run.Output));
        var frames = run.Frames.Split("\u001b[H")[1..];
        Assert.Equal(60, frames.Length);
        Assert.All(frames[1..^1], static frame => Assert.Contains("starting (503 unavailable) (the figures below are old)", frame, StringComparison.Ordinal));
        Assert.All(frames[1..^1], static frame => Assert.Contains("step 2 of 4", frame, StringComparison.Ordinal));
        Assert.DoesNotContain("figures below", frames[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_terminal_each_second_is_a_plain_block()
    {
        var asked = 0;
        using var server = new AdminServer(_ => AdminServer.Json(Sample.Service(++asked < 3 ? "Progressing" : "Aborted")));
        var run = ProgramRun.Of(["status", "search", "--watch", "--wait", "--admin", server.Address]);
        Assert.Equal(3, run.Code);
        Assert.DoesNotContain('\u001b', run.Frames);
        Assert.Equal(["07:05:00Z", "07:05:01Z", "07:05:02Z"], Regex.Matches(run.Frames, @"(?<=^http://\S+  )\S+$", RegexOptions.Multiline).Select(static match => match.Value));
        Assert.EndsWith("\n\n", run.Frames, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reader_who_has_gone_ends_the_watch()
    {
        using var server = new AdminServer(static _ => AdminServer.Json(Sample.Status(Sample.Service())));
        using var gone = new FullStream();
        Assert.Equal(1, ProgramRun.Of(["status", "--watch", "--admin", server.Address], frames: gone).Code);
    }

    /// <summary>A pipe that nobody reads from any more.</summary>
    private sealed class FullStream : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("Broken pipe");

        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("Broken pipe");
    }
}
