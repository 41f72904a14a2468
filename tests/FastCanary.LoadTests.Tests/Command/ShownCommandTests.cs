using System.CommandLine;
using FastCanary.LoadTests.Command;

namespace FastCanary.LoadTests.Tests.Command;

public sealed class ShownCommandTests
{
    [Theory]
    [InlineData("TOKEN", "s3cret", "TOKEN")]
    [InlineData("NAME", "shop.example.org", "NAME")]
    [InlineData(null, "whatever", "VALUE")]
    [InlineData("N", "2000", "2000")]
    [InlineData("TIME", "30s", "30s")]
    [InlineData("FILE", "/var/folder/ann/bin/fastcanary", "fastcanary")]
    [InlineData("FILE", "C:\\Folder\\ann\\fastcanary.exe", "fastcanary.exe")]
    [InlineData("DIR", "/var/folder/ann/reports/", "reports")]
    [InlineData("DIR", "/", ".")]
    [InlineData("URL", "http://127.0.0.1:8080/", "http://127.0.0.1:8080")]
    [InlineData("URL", "http://localhost:9901", "http://localhost:9901")]
    [InlineData("URL", "http://ann:pass@pi.lan:8080/x?key=1", "http://HOST:8080/x")]
    [InlineData("URL", "pi.lan", "URL")]
    [InlineData("HOST:PORT", "pi.lan:8081", "HOST:8081")]
    [InlineData("HOST:PORT", "[::1]:8081", "[::1]:8081")]
    [InlineData("HOST:PORT", "pi.lan", "HOST:PORT")]
    [InlineData("ADDRESS:PORT", "192.168.1.5:9100", "HOST:9100")]
    [InlineData("ADDRESS:PORT", "127.0.0.1:9100", "127.0.0.1:9100")]
    public void A_value_is_shown_as_far_as_it_tells_nothing_of_the_machine(string? kind, string value, string shown) => Assert.Equal(shown, ShownCommand.Value(kind, value));

    [Theory]
    [InlineData("URL", "http://pi.lan:8080", "pi.lan")]
    [InlineData("URL", "http://127.0.0.1:8080", null)]
    [InlineData("HOST:PORT", "[fe80::1]:80", "fe80::1")]
    [InlineData("ADDRESS:PORT", "192.168.1.5:9100", "192.168.1.5")]
    [InlineData("FILE", "a:b", null)]
    public void The_host_that_is_left_out_is_known(string kind, string value, string? host) => Assert.Equal(host, ShownCommand.HostIn(kind, value));

    [Theory]
    [InlineData("split --self --rate 50", "split --self --rate 50")]
    [InlineData("all --token=s3cret --target http://pi:1/", "all --token TOKEN --target http://HOST:1")]
    [InlineData("--token s3cret split idle", "--token TOKEN split idle")]
    [InlineData("all --report '/a/my reports'", "all --report 'my reports'")]
    public void A_command_line_has_what_was_given_and_nothing_else(string given, string shown)
    {
        var root = new RootCommand
        {
            new Argument<string[]>("scenario") { Arity = ArgumentArity.ZeroOrMore },
            new Option<bool>("--self"),
            new Option<double?>("--rate") { HelpName = "N" },
            new Option<string?>("--token") { HelpName = "TOKEN" },
            new Option<string?>("--target") { HelpName = "URL" },
            new Option<string?>("--report") { HelpName = "DIR" },
            new Option<int>("--threads") { HelpName = "N", DefaultValueFactory = _ => 1 },
        };
        string[] arguments = given.Contains('\'', StringComparison.Ordinal) ? ["all", "--report", "/a/my reports"] : given.Split(' ');
        Assert.Equal("dotnet run --project loadtests -- " + shown, ShownCommand.From(root.Parse(arguments)));
    }
}
