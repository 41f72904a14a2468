using FastCanary.Tests.Support;

namespace FastCanary.Tests;

public sealed class CommandLineTests
{
    public static TheoryData<string> ClientVerbs =>
        ["status", "set-weight", "start", "pause", "resume", "promote", "abort", "retry", "undo", "explain", "reload"];

    [Fact]
    public void An_unknown_verb_is_answered_with_all_that_there_are()
    {
        var run = ProgramRun.Of(["frobnicate"]);
        Assert.Equal(2, run.Code);
        Assert.Equal(
            "unknown verb \"frobnicate\": run, check, demo, status, set-weight, start, pause, resume, promote, abort, retry, undo, explain, simulate, replay, reload or version;"
            + " fastcanary --help says more\n",
            run.Errors);
    }

    [Theory]
    [MemberData(nameof(ClientVerbs))]
    public void The_help_of_a_client_verb_recommends_the_environment_for_the_token(string verb)
    {
        var run = ProgramRun.Of([verb, "--help"]);
        Assert.Equal(0, run.Code);
        Assert.Matches(@"--token <TOKEN> .*better by the environment, FASTCANARY_TOKEN", run.Output);
        Assert.Matches(@"--admin <URL> .*FASTCANARY_ADMIN.*http://127\.0\.0\.1:9901", run.Output);
        Assert.DoesNotContain("required", run.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("start", "SERVICE|argument missing")]
    [InlineData("pause a b", "b")]
    [InlineData("pause a --wait", "--wait")]
    [InlineData("abort a --full", "--full")]
    [InlineData("explain a --id x", "--id: expected a decision's number, got \"x\"")]
    [InlineData("explain a --id -1", "--id")]
    [InlineData("status --json --watch", "--json: not together with --watch or --wait")]
    [InlineData("status s --json --wait", "--json: not together with --watch or --wait")]
    [InlineData("status --wait", "--wait: name the SERVICE whose rollout is waited for")]
    [InlineData("set-weight s", "argument missing")]
    [InlineData("set-weight s canary", "VERSION=W: expected a version and its weight, such as canary=5, got \"canary\"")]
    [InlineData("set-weight s =5", "got \"=5\"")]
    [InlineData("set-weight s a=-1", "a=-1: a weight is a whole number from 0 to 65535")]
    [InlineData("set-weight s a=1.5", "a=1.5: a weight is a whole number from 0 to 65535")]
    [InlineData("set-weight s a=5%", "a=5%: a weight is a whole number from 0 to 65535")]
    [InlineData("set-weight s a=65536", "a=65536: a weight is a whole number from 0 to 65535")]
    [InlineData("set-weight s a=99999999999", "a=99999999999: a weight is a whole number from 0 to 65535")]
    [InlineData("set-weight s a=1 a=2", "a=2: a has a weight already")]
    [InlineData("status --admin 127.0.0.1:9901", "--admin: expected a URL like http://127.0.0.1:9901, got \"127.0.0.1:9901\"")]
    [InlineData("status --admin ftp://x", "--admin: expected a URL")]
    [InlineData("status --admin http://x/?y", "--admin: expected a URL")]
    [InlineData("status --frob", "--frob")]
    public void Wrong_usage_is_named_and_exits_2_before_anything_is_sent(string line, string words)
    {
        var run = ProgramRun.Of(line.Split(' '));
        Assert.Equal(2, run.Code);
        Assert.Empty(run.Output);
        Assert.Contains(words.Split('|'), part => run.Errors.Contains(part, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_without_a_name_is_wrong_usage() => Assert.Equal((2, ""), (ProgramRun.Of(["abort", ""]).Code, ProgramRun.Of(["abort", ""]).Output));

    [Theory]
    [InlineData("two words")]
    [InlineData("line\nend")]
    [InlineData("naïve")]
    public void A_token_that_cannot_be_one_is_refused_without_telling_it(string token)
    {
        var run = ProgramRun.Of(["status"], new() { ["FASTCANARY_TOKEN"] = token });
        Assert.Equal(2, run.Code);
        Assert.Equal("FASTCANARY_TOKEN: a token consists of printable ASCII characters without spaces\n", run.Errors);
    }

    [Fact]
    public void A_wrong_address_of_the_environment_is_named_by_its_variable()
    {
        var run = ProgramRun.Of(["status"], new() { ["FASTCANARY_ADMIN"] = "nine" });
        Assert.Equal((2, "FASTCANARY_ADMIN: expected a URL like http://127.0.0.1:9901, got \"nine\"\n"), (run.Code, run.Errors));
    }
}
