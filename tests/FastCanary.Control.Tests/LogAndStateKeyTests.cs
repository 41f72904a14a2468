using FastCanary.Control;
using FastCanary.Proxy;
using Microsoft.Extensions.Logging;

namespace FastCanary.Control.Tests;

public class LogAndStateKeyTests
{
    [Fact]
    public void What_is_not_written_has_its_default()
    {
        FastCanaryConfig bare = Parse("");
        Assert.Equal((LogLevel.Information, null, null), (bare.Log.Level, bare.Log.Access, bare.State));
        AccessLogConfig access = Parse("log: { access: {} }").Log.Access!;
        Assert.Equal(("-", AccessLogFormat.Json, 10_000, false), (access.Path, access.Format, access.SampleBasisPoints, access.Query));
        StateConfig state = Parse("state: { path: s }").State!;
        Assert.Equal(("s", 16 * 1024 * 1024, 8), (state.Path, state.Journal.FileBytes, state.Journal.Files));
    }

    [Fact]
    public void What_is_written_is_read()
    {
        FastCanaryConfig config = Parse("""
            log: { level: warning, access: { path: /var/log/access.log, format: combined, sample: 0.5%, query: true } }
            state: { path: /var/lib/fastcanary, journal: { size: 64KiB, files: 2 } }
            """);
        AccessLogConfig access = config.Log.Access!;
        Assert.Equal((LogLevel.Warning, "/var/log/access.log", AccessLogFormat.Combined, 50, true), (config.Log.Level, access.Path, access.Format, access.SampleBasisPoints, access.Query));
        Assert.Equal(("/var/lib/fastcanary", 65536, 2), (config.State!.Path, config.State.Journal.FileBytes, config.State.Journal.Files));
    }

    [Theory]
    [InlineData("trace", LogLevel.Trace)]
    [InlineData("debug", LogLevel.Debug)]
    [InlineData("info", LogLevel.Information)]
    [InlineData("warning", LogLevel.Warning)]
    [InlineData("error", LogLevel.Error)]
    public void A_level_is_a_word(string word, LogLevel level) => Assert.Equal(level, Parse($"log: {{ level: {word} }}").Log.Level);

    [Theory]
    [InlineData("log: { level: §verbose }", "log.level: expected trace, debug, info, warning or error, got \"verbose\"")]
    [InlineData("log: { access: §'-' }", "log.access: expected a mapping of keys to values, got \"-\"")]
    [InlineData("log: { access: { path: §'' } }", "log.access.path: expected the path of a file, or \"-\" for standard output, got \"\"")]
    [InlineData("log: { access: { format: §common } }", "log.access.format: expected json or combined, got \"common\"")]
    [InlineData("log: { access: { sample: §101% } }", "log.access.sample: expected a share from 0% to 100% in steps of 0.01%, such as 5% or 0.25%, got \"101%\"")]
    [InlineData("log: { access: { query: §1 } }", "log.access.query: expected true or false, got 1")]
    [InlineData("log: { §acess: {} }", "log.acess: unknown key \"acess\"; did you mean \"access\"? allowed here: level, access")]
    [InlineData("state: §{}", "state: the key \"path\" is missing")]
    [InlineData("state: { path: §5 }", "state.path: expected the path of a directory, got 5; text like that needs quotes")]
    [InlineData("state: { path: s, journal: { size: §63KiB } }", "state.journal.size: expected a size from 64KiB to 1GiB, such as 4096, 64KiB or 10MiB, got \"63KiB\"")]
    [InlineData("state: { path: s, journal: { files: §1 } }", "state.journal.files: expected a whole number from 2 to 1024, got 1")]
    public void A_wrong_value_says_what_is_wrong_and_where(string keys, string error) => Sample.AssertOnlyError($"{Sample.Listeners}{Sample.Services}{keys}\n", error);

    private static FastCanaryConfig Parse(string keys) => Sample.Clean($"{Sample.Listeners}{Sample.Services}{keys}\n");
}
