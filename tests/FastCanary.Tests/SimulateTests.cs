using FastCanary.Tests.Support;

namespace FastCanary.Tests;

public sealed class SimulateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fastcanary-simulate-").FullName;
    private readonly string _config;

    public SimulateTests()
    {
        _config = Path.Combine(_folder, "f.yaml");
        File.WriteAllText(_config, """
            listeners: [ { address: "127.0.0.1:8080", service: web } ]
            services:
              web:
                versions:
                  stable: { weight: 1, endpoints: ["127.0.0.1:8081"] }
                  canary: { weight: 0, endpoints: ["127.0.0.1:8082"] }
                rollout: { canary: canary, baseline: stable, steps: [{ weight: 10%, hold: 1m }, { weight: 100% }] }
              plain: { versions: { v1: { endpoints: ["127.0.0.1:8083"] } } }
            """);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("simulate web --base-error 0 --canary-error 0", "--rps")]
    [InlineData("simulate web --rps 10 --canary-error 0", "--base-error")]
    [InlineData("simulate web --rps 10 --base-error 0", "--canary-error")]
    [InlineData("simulate web --rps 0 --base-error 0 --canary-error 0", "--rps: expected a number above 0, at most 1000000, got \"0\"")]
    [InlineData("simulate web --rps many --base-error 0 --canary-error 0", "--rps: expected a number above 0, at most 1000000, got \"many\"")]
    [InlineData("simulate web --rps 1e3 --base-error 0 --canary-error 0", "--rps: expected a number above 0, at most 1000000, got \"1e3\"")]
    [InlineData("simulate web --rps 2000000 --base-error 0 --canary-error 0", "--rps: expected a number above 0, at most 1000000, got \"2000000\"")]
    [InlineData("simulate web --rps 10 --base-error 2 --canary-error 0", "--base-error: expected a part of the requests, such as 0.5% or 0.005, got \"2\"")]
    [InlineData("simulate web --rps 10 --base-error 0 --canary-error 101%", "--canary-error: expected a part of the requests, such as 0.5% or 0.005, got \"101%\"")]
    [InlineData("simulate web --rps 10 --base-error -1% --canary-error 0", "--base-error: expected a part of the requests, such as 0.5% or 0.005, got \"-1%\"")]
    [InlineData("simulate web --rps 10 --base-error % --canary-error 0", "--base-error: expected a part of the requests, such as 0.5% or 0.005, got \"%\"")]
    [InlineData("simulate web --rps 10 --base-error NaN --canary-error 0", "--base-error: expected a part of the requests, such as 0.5% or 0.005, got \"NaN\"")]
    [InlineData("simulate web --rps 10 --base-error 0 --canary-error 0 --runs 0", "--runs: expected a whole number from 1 to 1000000, got \"0\"")]
    [InlineData("simulate web --rps 10 --base-error 0 --canary-error 0 --runs 1.5", "--runs: expected a whole number from 1 to 1000000, got \"1.5\"")]
    [InlineData("simulate web --rps 10 --base-error 0 --canary-error 0 --hours 721", "--hours: expected a number above 0, at most 720, got \"721\"")]
    [InlineData("simulate web --rps 10 --base-error 0 --canary-error 0 --canary-slower 0", "--canary-slower: expected a number above 0, at most 1000, got \"0\"")]
    [InlineData("simulate web --rps 10 --base-error 0 --canary-error 0 --latency-ms -5", "--latency-ms: expected a number above 0, at most 1000000, got \"-5\"")]
    [InlineData("simulate web --rps 10 --base-error 0 --canary-error 0 --seed x", "--seed: expected a whole number from 0, got \"x\"")]
    public void A_wrong_argument_is_named_in_a_line_with_what_is_allowed_and_exits_2(string line, string words)
    {
        var run = ProgramRun.Of(line.Split(' '));
        Assert.Equal(2, run.Code);
        Assert.Empty(run.Output);
        var lines = run.Errors.TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Contains(words, lines[0], StringComparison.Ordinal);
        Assert.Equal("fastcanary simulate --help says what is understood", lines[1]);
    }

    [Theory]
    [InlineData("wep", "there is no service wep: web, plain")]
    [InlineData("plain", "services.plain has no rollout")]
    public void A_service_without_a_rollout_is_named_in_one_line_and_exits_2(string service, string words)
    {
        var run = Simulate(service, "0", "0");
        Assert.Equal(2, run.Code);
        Assert.Empty(run.Output);
        Assert.Equal($"{_config}: {words}\n", run.Errors);
    }

    [Fact]
    public void A_configuration_that_is_not_there_is_one_line_and_exits_2()
    {
        var run = ProgramRun.Of(["simulate", "-c", _config + ".none", "web", "--rps", "1", "--base-error", "0", "--canary-error", "0"]);
        Assert.Equal(2, run.Code);
        Assert.Empty(run.Output);
        Assert.StartsWith($"{_config}.none: there is no such file", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.5%", "0.005", "0.2", "20%")]
    [InlineData("0", "0%", "100%", "1")]
    public void A_percentage_and_a_fraction_mean_the_same(string baseError, string sameBaseError, string canaryError, string sameCanaryError)
    {
        var (one, other) = (Simulate("web", baseError, canaryError), Simulate("web", sameBaseError, sameCanaryError));
        Assert.Equal((0, ""), (one.Code, one.Errors));
        Assert.Equal(one.Output, other.Output);
        Assert.Matches(@"\n  aborted +100(\.0+)? ?% +\S+", one.Output);
    }

    [Fact]
    public void The_same_seed_tells_the_same()
    {
        Assert.Equal(Simulate("web", "1%", "2%").Output, Simulate("web", "1%", "2%").Output);
        Assert.Contains("errors 1 % and 2 %", Simulate("web", "1%", "2%").Output, StringComparison.Ordinal);
    }

    private ProgramRun Simulate(string service, string baseError, string canaryError) =>
        ProgramRun.Of(["simulate", "-c", _config, service, "--rps", "50", "--base-error", baseError, "--canary-error", canaryError, "--runs", "20", "--hours", "1"]);
}
