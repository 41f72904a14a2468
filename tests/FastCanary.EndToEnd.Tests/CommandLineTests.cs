using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

public sealed class CommandLineTests
{
    private const string FiveErrors = """
        listeners:
          - address: 127.0.0.1:8080
            service: webb
            timeouts: { requestHead: 3 }
        services:
          web:
            versions:
              v1: { weight: 70000, endpoints: ["127.0.0.1:9001"] }
              v2: { weigth: 5, endpoints: ["127.0.0.1:9002"] }
            split: shuffled
        """;

    [Theory]
    [InlineData("run")]
    [InlineData("check")]
    public void A_wrong_configuration_prints_every_error_with_its_place_and_exits_2(string verb)
    {
        using var folder = new TempFolder();
        folder.Write("bad.yaml", FiveErrors);
        var ended = FastCanaryProcess.RunIn(folder.Path, verb, "-c", "bad.yaml");
        Assert.Equal(2, ended.Code);
        Assert.Empty(ended.Output);
        var errors = ended.Errors.Where(static line => line.StartsWith("bad.yaml:", StringComparison.Ordinal)).ToArray();
        Assert.Collection(
            errors,
            static line => Assert.Matches("""^bad\.yaml:3:14: listeners\[0\]\.service: .*"webb".*did you mean "web"\?""", line),
            static line => Assert.Matches(@"^bad\.yaml:4:30: listeners\[0\]\.timeouts\.requestHead: .*250ms.*", line),
            static line => Assert.Matches(@"^bad\.yaml:8:21: services\.web\.versions\.v1\.weight: .*0 to 65535.*70000", line),
            static line => Assert.Matches("""^bad\.yaml:9:13: services\.web\.versions\.v2\.weigth: .*did you mean "weight"\?""", line),
            static line => Assert.Matches(@"^bad\.yaml:10:5: services\.web\.split: .*not supported yet", line));
    }

    [Theory]
    [InlineData("run")]
    [InlineData("check")]
    public void A_configuration_that_is_no_yaml_is_one_error_with_its_place(string verb)
    {
        using var folder = new TempFolder();
        folder.Write("bad.yaml", "listeners:\n  - address: \"127.0.0.1:80\n");
        var ended = FastCanaryProcess.RunIn(folder.Path, verb, "-c", "bad.yaml");
        Assert.Equal(2, ended.Code);
        Assert.Single(ended.Errors, static line => Regex.IsMatch(line, @"^bad\.yaml:\d+:\d+: ", RegexOptions.None, TimeSpan.FromSeconds(1)));
        Assert.DoesNotContain(ended.Errors, static line => line.Contains("   at ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("run")]
    [InlineData("check")]
    public void A_missing_configuration_is_one_clear_line(string verb)
    {
        using var folder = new TempFolder();
        var ended = FastCanaryProcess.RunIn(folder.Path, verb, "-c", "none.yaml");
        Assert.Equal(2, ended.Code);
        Assert.Empty(ended.Output);
        Assert.Single(ended.Errors, static line => line.StartsWith("none.yaml: there is no such file", StringComparison.Ordinal));
    }

    [Fact]
    public void A_good_configuration_is_said_to_be_good()
    {
        using var folder = new TempFolder();
        folder.Write("good.yaml", Configuration.TwoToOne(8080, 8081, 8082));
        var ended = FastCanaryProcess.RunIn(folder.Path, "check", "-c", "good.yaml");
        Assert.Equal(0, ended.Code);
        Assert.Equal(["good.yaml: ok"], ended.Output);
        Assert.Empty(ended.Errors);
    }

    [Fact]
    public void A_configuration_with_warnings_is_good_and_each_has_its_place()
    {
        using var folder = new TempFolder();
        folder.Write("good.yaml", Configuration.Single(8080, 8081, service: "queue: { size: 5 }"));
        var ended = FastCanaryProcess.RunIn(folder.Path, "check", "-c", "good.yaml");
        Assert.Equal(0, ended.Code);
        Assert.Equal(["good.yaml: ok"], ended.Output);
        Assert.Matches(@"^warning: good\.yaml:\d+:5: services\.\w+\.queue: does nothing: no endpoint", Assert.Single(ended.Errors));
    }

    [Fact]
    public void The_configuration_that_the_repository_ships_is_good()
    {
        var ended = FastCanaryProcess.RunIn(ProgramUnderTest.RepositoryRoot, "check");
        Assert.Equal(0, ended.Code);
        Assert.Equal(["config/fastcanary.yaml: ok"], ended.Output);
    }

    [Fact]
    public void An_address_in_use_is_one_clear_line_and_exit_code_1()
    {
        using var holder = new TcpListener(IPAddress.Loopback, Ports.Free());
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;
        using var folder = new TempFolder();
        var ended = FastCanaryProcess.Run("run", "-c", folder.Write("f.yaml", Configuration.Single(port, 1)));
        Assert.Equal(1, ended.Code);
        Assert.Empty(ended.Output);
        Assert.Matches($@"cannot listen on 127\.0\.0\.1:{port}: the address is in use", Assert.Single(ended.Errors));
    }

    [Fact]
    public void A_second_FastCanary_on_the_same_address_is_refused_and_the_first_goes_on()
    {
        using var origin = ScriptedOrigin.Answering("1");
        var port = Ports.Free();
        using var first = FastCanaryProcess.Start(Configuration.Single(port, origin.Port));
        var second = FastCanaryProcess.Run("run", "-c", first.ConfigPath);
        Assert.Equal(1, second.Code);
        Assert.Contains("the address is in use", Assert.Single(second.Errors), StringComparison.Ordinal);
        for (var i = 0; i < 20; i++)
        {
            using var client = new RawClient(port);
            Assert.Equal("1", client.Get().Text);
        }
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("run --frob")]
    [InlineData("check -c")]
    [InlineData("check extra")]
    [InlineData("demo --requests -1")]
    [InlineData("demo --requests many")]
    [InlineData("")]
    public void Wrong_usage_is_said_in_a_line_and_exits_2(string line)
    {
        var ended = FastCanaryProcess.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.True(ended.Code == 2, ended.ToString());
        Assert.Empty(ended.Output);
        Assert.InRange(ended.Errors.Length, 1, 3);
        Assert.Contains(ended.Errors, static text => text.Contains("--help", StringComparison.Ordinal));
        Assert.DoesNotContain(ended.Errors, static text => text.Contains("   at ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--help", "run")]
    [InlineData("run --help", "--config")]
    [InlineData("check --help", "--config")]
    [InlineData("demo --help", "--requests")]
    [InlineData("version --help", "version")]
    public void Help_is_there_for_every_verb(string line, string contains)
    {
        var ended = FastCanaryProcess.Run(line.Split(' '));
        Assert.Equal(0, ended.Code);
        Assert.Empty(ended.Errors);
        Assert.Contains(ended.Output, text => text.Contains(contains, StringComparison.Ordinal));
    }

    [Fact]
    public void Version_is_one_line()
    {
        var ended = FastCanaryProcess.Run("version");
        Assert.Equal(0, ended.Code);
        Assert.Empty(ended.Errors);
        Assert.Matches(@"^fastcanary \d+\.\d+\.\d+.* \(linux-(x64|arm64|arm), \.NET \d+\.\d+\.\d+\)$", Assert.Single(ended.Output));
    }

    [Fact]
    public void The_demo_splits_thirty_requests_20_to_10_and_shows_how()
    {
        var ended = FastCanaryProcess.Run("demo", "--requests", "30");
        Assert.Equal(0, ended.Code);
        Assert.Empty(ended.Errors);
        Assert.Collection(
            ended.Output.Where(static line => line.Length > 0),
            static line => Assert.Matches(@"^proxy +http://127\.0\.0\.1:\d+/", line),
            static line => Assert.Matches(@"^v1 +http://127\.0\.0\.1:\d+/ +weight 10$", line),
            static line => Assert.Matches(@"^v2 +http://127\.0\.0\.1:\d+/ +weight 5$", line),
            static line => Assert.Matches("^requests +30$", line),
            static line => Assert.Matches("^counts +v1 20 +v2 10$", line),
            static line => Assert.Equal("strip     " + string.Join(' ', Enumerable.Repeat("1 2 1", 10)), line),
            static line => Assert.Matches("^shares +v1 66.67 % +v2 33.33 %", line));
    }
}
