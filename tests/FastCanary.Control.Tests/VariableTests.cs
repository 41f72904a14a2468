using FastCanary.Control;

namespace FastCanary.Control.Tests;

public class VariableTests
{
    [Theory]
    [InlineData("${HOST}:1", "example:1")]
    [InlineData("${HOST}:${PORT}", "example:8081")]
    [InlineData("${UNSET:-127.0.0.1}:1", "127.0.0.1:1")]
    [InlineData("${EMPTY:-127.0.0.1}:1", "127.0.0.1:1")]
    [InlineData("${HOST:-127.0.0.1}:1", "example:1")]
    [InlineData("${HOST:-}:1", "example:1")]
    public void A_variable_is_replaced_by_its_value_or_its_default(string written, string address) =>
        Assert.Equal(address, Sample.Config(WithEndpoint($"\"{written}\""), Environment).Services[0].Versions[0].Endpoints[0].Address);

    [Theory]
    [InlineData("$${HOME}", "${HOME}")]
    [InlineData("$$", "$$")]
    [InlineData("a$b", "a$b")]
    [InlineData("$HOME", "$HOME")]
    [InlineData("$", "$")]
    [InlineData("${NESTED}", "${HOST}")]
    [InlineData("a${UNSET:-}b", "ab")]
    [InlineData("${UNSET:-:-}", ":-")]
    public void Other_dollars_stand_for_themselves_and_values_are_not_looked_at_again(string written, string read)
    {
        Assert.Equal(read, Variables.Replace(written, Environment, out string? error));
        Assert.Null(error);
    }

    [Fact]
    public void A_number_may_come_from_a_variable()
    {
        string text = $"{Sample.Listeners}services:\n  s:\n    versions:\n      v: {{ weight: \"${{WEIGHT}}\", endpoints: [\"h:1\"] }}\n";
        Assert.Equal(42, Sample.Config(text, Environment).Services[0].Versions[0].Weight);
    }

    [Fact]
    public void A_value_cannot_change_the_structure_of_the_file() =>
        Sample.AssertOnlyError(
            WithEndpoint("§\"${EVIL}\""),
            "services.s.versions.v.endpoints[0]: expected host:port with a port from 1 to 65535, such as 127.0.0.1:8081, example.com:80 or \"[::1]:8081\","
            + " got \"h:1\\u000aadmin: {}\", from \"${EVIL}\"",
            Environment);

    [Fact]
    public void A_variable_that_is_not_set_is_named() =>
        Sample.AssertOnlyError(
            WithEndpoint("§\"${UNSET}:1\""),
            "services.s.versions.v.endpoints[0]: the environment variable UNSET is not set; set it, or give a default: ${UNSET:-default}",
            Environment);

    [Theory]
    [InlineData("${}")]
    [InlineData("${HOST")]
    [InlineData("${1HOST}")]
    [InlineData("${HO ST}")]
    [InlineData("${HOST-x}")]
    public void A_malformed_variable_is_refused(string written) =>
        Sample.AssertOnlyError(
            WithEndpoint($"§\"{written}\""),
            $"services.s.versions.v.endpoints[0]: \"{written}\" holds no variable's name behind \"${{\"; write ${{NAME}}, ${{NAME:-default}}, or $${{ for a literal ${{",
            Environment);

    private static string WithEndpoint(string endpoint) => $"{Sample.Listeners}services:\n  s:\n    versions:\n      v: {{ endpoints: [{endpoint}] }}\n";

    private static string? Environment(string name) => name switch
    {
        "HOST" => "example",
        "PORT" => "8081",
        "WEIGHT" => "42",
        "EMPTY" => "",
        "NESTED" => "${HOST}",
        "EVIL" => "h:1\nadmin: {}",
        _ => null,
    };
}
