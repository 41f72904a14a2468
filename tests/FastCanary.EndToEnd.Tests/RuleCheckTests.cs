using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>What <c>check</c> and <c>run</c> say about rules, and about what goes along with them, that are wrong or do nothing.</summary>
public sealed class RuleCheckTests
{
    private const string Good = """
        listeners: [{ address: "127.0.0.1:8080", service: web }]
        services:
          web:
            versions:
              stable: { weight: 9, endpoints: ["127.0.0.1:9001"] }
              canary: { weight: 1, endpoints: ["127.0.0.1:9002"] }

        """;

    private const string Wrong = Good + """
            rules:
              - { header: { X-Canary: "1" }, version: cannary }
              - { network: [10.0.0.0/8, 10.0.0.1/8], version: canary }
              - network: 300.1.1.1/8
                version: canary
              - { cookie: { user: { exact: a, prefix: b } }, version: canary }
              - { cookie: { user: { inFile: none.txt } }, version: canary }
              - { country: NZ, version: canary }
              - { country: XX, version: canary }
              - { path: api, version: canary }
              - { method: get, version: canary }
              - { header: { X-Canary: "1" } }
            features: [{ name: dark, percent: 120%, header: X-Forwarded-For }]

        """;

    private const string Useless = Good + """
            rules:
              - { header: { x-canary: { present: true } }, version: canary }
              - { header: { X-Canary: "1" }, path: /api, version: stable }
              - { version: stable }
              - { network: 10.0.0.0/8, version: canary }

        """;

    [Theory]
    [InlineData("run")]
    [InlineData("check")]
    public void Wrong_ones_are_each_an_error_with_its_place_and_exit_code_2(string verb)
    {
        using var folder = new TempFolder();
        folder.Write("bad.yaml", Wrong);
        var ended = FastCanaryProcess.RunIn(folder.Path, verb, "-c", "bad.yaml");
        Assert.Equal(2, ended.Code);
        Assert.Empty(ended.Output);
        Assert.Collection(
            ended.Errors.Where(static line => line.StartsWith("bad.yaml:", StringComparison.Ordinal)),
            static line => Assert.Matches("""^bad\.yaml:8:47: services\.web\.rules\[0\]\.version: unknown version "cannary"; did you mean "canary"\? versions: stable, canary$""", line),
            static line => Assert.Matches("""^bad\.yaml:9:33: services\.web\.rules\[1\]\.network\[1\]: expected a network such as 10\.0\.0\.0/8 .* no bits set behind its prefix.*"10\.0\.0\.1/8"$""", line),
            static line => Assert.Matches("""^bad\.yaml:10:18: services\.web\.rules\[2\]\.network: expected a network .*"300\.1\.1\.1/8"$""", line),
            static line => Assert.Matches(@"^bad\.yaml:12:27: services\.web\.rules\[3\]\.cookie\.user: expected exactly one of exact, prefix, present, in, inFile, got 2 keys$", line),
            static line => Assert.Matches("""^bad\.yaml:13:37: services\.web\.rules\[4\]\.cookie\.user\.inFile: "none\.txt": .*beside the configuration file$""", line),
            static line => Assert.Matches(@"^bad\.yaml:14:20: services\.web\.rules\[5\]\.country: .*geoip.*", line),
            static line => Assert.Matches("""^bad\.yaml:15:20: services\.web\.rules\[6\]\.country: expected a country's two letters .*"XX"$""", line),
            static line => Assert.Matches(@"^bad\.yaml:15:20: services\.web\.rules\[6\]\.country: .*geoip.*", line),
            static line => Assert.Matches("""^bad\.yaml:16:17: services\.web\.rules\[7\]\.path: .*"api"$""", line),
            static line => Assert.Matches("""^bad\.yaml:17:19: services\.web\.rules\[8\]\.method: .*upper case.*"get"$""", line),
            static line => Assert.Matches(@"^bad\.yaml:18:9: services\.web\.rules\[9\].*version.*", line),
            static line => Assert.Matches(@"^bad\.yaml:19:5: services\.web\.features: .*affinity.*", line),
            static line => Assert.Matches("""^bad\.yaml:19:39: services\.web\.features\[0\]\.percent: .*"120%"$""", line),
            static line => Assert.Matches(@"^bad\.yaml:19:53: services\.web\.features\[0\]\.header: X-Forwarded-For is a field that FastCanary handles itself.*", line));
        if (verb == "check") Assert.Equal("14 errors", ended.Errors[^1]);
    }

    [Fact]
    public void Those_that_are_never_reached_are_warnings_with_their_place_and_the_file_is_good()
    {
        using var folder = new TempFolder();
        folder.Write("odd.yaml", Useless);
        var ended = FastCanaryProcess.RunIn(folder.Path, "check", "-c", "odd.yaml");
        Assert.Equal(0, ended.Code);
        Assert.Equal(["odd.yaml: ok"], ended.Output);
        Assert.Equal(
            [
                "warning: odd.yaml:9:9: services.web.rules[1]: this rule is never reached: the one at line 8 takes every request that it would",
                "warning: odd.yaml:11:9: services.web.rules[3]: this rule is never reached: the one at line 10 takes every request that it would",
            ],
            ended.Errors);
    }

    [Fact]
    public void A_program_that_runs_says_them_in_its_log_at_the_start_and_at_a_reload()
    {
        var port = Ports.Free();
        using var origin = ScriptedOrigin.Answering("1");
        using var proxy = FastCanaryProcess.Start(At(Useless));
        Assert.Contains("fastcanary.yaml:9:9: services.web.rules[1]: this rule is never reached", proxy.WaitForLog("rules[1]"), StringComparison.Ordinal);
        var before = proxy.Log.Length;
        proxy.Reload(At(Useless).Replace("weight: 9", "weight: 8", StringComparison.Ordinal));
        Assert.Contains("never reached", proxy.WaitForLog("rules[3]", before), StringComparison.Ordinal);

        // A wrong one changes nothing.
        proxy.Replace(At(Wrong));
        proxy.WaitForLog("configuration not reloaded (file change): 14 errors");
        proxy.WaitForLog("""fastcanary.yaml:8:47: services.web.rules[0].version: unknown version "cannary";""");
        using var client = new RawClient(port);
        Assert.Equal("1", client.Get().Text);

        string At(string yaml) => yaml.Replace("127.0.0.1:8080", $"127.0.0.1:{port}", StringComparison.Ordinal).Replace("127.0.0.1:9001", $"127.0.0.1:{origin.Port}", StringComparison.Ordinal);
    }
}
