using FastCanary.Tests.Support;

namespace FastCanary.Tests;

public sealed class WaitTests
{
    [Theory]
    [InlineData("Promoted", 0)]
    [InlineData("Aborted", 3)]
    [InlineData("Idle", 0)]
    public void Waiting_ends_with_the_rollout_and_the_exit_code_tells_how(string phase, int code)
    {
        using var server = Phases("Progressing", "Progressing", phase);
        var run = ProgramRun.At(server, "status", "search", "--wait");
        Assert.Equal((code, ""), (run.Code, run.Errors));
        Assert.Equal(3, server.Requests.Count);
        Assert.Equal(
            $"07:05:00Z search: Progressing, step 2 of 4 (5 % for 2m at least): why\n07:05:02Z search: {phase}, step 2 of 4 (5 % for 2m at least): why\n",
            run.Output);
    }

    [Fact]
    public void A_pause_is_said_once_and_waited_through()
    {
        using var server = Phases("Paused", "Paused", "Progressing", "Aborting", "Aborted");
        var run = ProgramRun.At(server, "status", "search", "--wait");
        Assert.Equal(3, run.Code);
        Assert.Equal(
            ["Paused,", "waits;", "Progressing,", "Aborting,", "Aborted,"],
            run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[line[0] == ' ' ? 1 : 2]));
    }

    [Fact]
    public void At_a_gate_only_what_opens_it_is_recommended()
    {
        var gate = Sample.Service("Paused", step: 3).Replace("\"hold: 90 s left\",\"300 more requests\"", "\"gate: a person has to promote\"", StringComparison.Ordinal);
        var asked = 0;
        using (var server = new AdminServer(_ => AdminServer.Json(++asked == 1 ? gate : Sample.Service("Aborted", step: 3))))
            Assert.Contains("  it waits; fastcanary promote search lets it go on\n", ProgramRun.At(server, "status", "search", "--wait").Output, StringComparison.Ordinal);
        using (var server = new AdminServer(request => AdminServer.Json(request.Path.Contains("journal", StringComparison.Ordinal) ? Sample.Entries(Sample.Decision(8, "paused")) : gate)))
        {
            var explained = ProgramRun.At(server, "explain", "search");
            Assert.Equal(0, explained.Code);
            Assert.Contains("fastcanary promote search: opens the gate", explained.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("fastcanary resume", explained.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("start")]
    [InlineData("promote")]
    public void A_verb_that_waits_goes_on_from_its_own_answer(string verb)
    {
        var asked = 0;
        using var server = new AdminServer(request =>
            AdminServer.Json(request.Method == "POST" ? Sample.Rollout("Progressing", step: 1) : Sample.Service(++asked < 3 ? "Progressing" : "Promoted", step: asked)));
        var run = ProgramRun.At(server, verb, "search", "--wait");
        Assert.Equal(0, run.Code);
        Assert.Equal(4, run.Output.Count(static character => character == '\n') + 1);
        Assert.Contains("step 1 of 4", run.Output, StringComparison.Ordinal);
        Assert.Contains("step 2 of 4", run.Output, StringComparison.Ordinal);
        Assert.Contains("Promoted, step 3 of 4", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_verb_that_is_refused_is_not_waited_for()
    {
        using var server = new AdminServer(static _ => AdminServer.Error(409, "conflict", "aborted is latched"));
        Assert.Equal(1, ProgramRun.At(server, "promote", "search", "--wait").Code);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void A_lost_connection_is_tried_again_and_said_once()
    {
        var asked = 0;
        using var server = new AdminServer(_ => ++asked switch
        {
            1 => AdminServer.Json(Sample.Service()),
            < 20 => asked % 2 == 0 ? null : AdminServer.Error(503, "unavailable", "starting"),
            _ => AdminServer.Json(Sample.Service("Promoted")),
        });
        var run = ProgramRun.At(server, "status", "search", "--wait");
        Assert.Equal(0, run.Code);
        Assert.EndsWith(" (trying again for 30 s)\n", run.Errors, StringComparison.Ordinal);
        Assert.Equal(1, run.Errors.Count(static character => character == '\n'));
    }

    [Fact]
    public void A_connection_that_stays_lost_fails_after_half_a_minute()
    {
        var asked = 0;
        using var server = new AdminServer(_ => ++asked == 1 ? AdminServer.Json(Sample.Service()) : null);
        var run = ProgramRun.At(server, "status", "search", "--wait");
        Assert.Equal(1, run.Code);
        // A second before the loss, and 30 from then on.
        Assert.Equal(TimeSpan.FromSeconds(31), run.Waited);
    }

    [Fact]
    public void A_server_that_is_not_there_at_first_is_not_waited_for()
    {
        using var server = new AdminServer(static _ => null);
        var run = ProgramRun.At(server, "status", "search", "--wait");
        Assert.Equal((1, TimeSpan.Zero), (run.Code, run.Waited));
    }

    [Fact]
    public void There_is_nothing_to_wait_for_without_a_rollout()
    {
        using var server = new AdminServer(static _ => AdminServer.Json("""{"name":"search","rollout":null}"""));
        var run = ProgramRun.At(server, "status", "search", "--wait");
        Assert.Equal((1, "cannot wait for search: no rollout is configured for it\n"), (run.Code, run.Errors));
    }

    [Fact]
    public void An_interrupt_ends_the_waiting_with_130()
    {
        using var interrupt = new CancellationTokenSource();
        var asked = 0;
        using var server = new AdminServer(_ =>
        {
            if (++asked == 3) interrupt.Cancel();
            return AdminServer.Json(Sample.Service());
        });
        var run = ProgramRun.Of(["status", "search", "--wait", "--admin", server.Address], interrupt: interrupt.Token);
        Assert.Equal((130, ""), (run.Code, run.Errors));
    }

    private static AdminServer Phases(params string[] phases)
    {
        var asked = 0;
        return new AdminServer(_ => AdminServer.Json(Sample.Service(phases[Math.Min(asked++, phases.Length - 1)], reason: "why")));
    }
}
