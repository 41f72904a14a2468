using FastCanary.Control;

namespace FastCanary.Control.Tests;

public class SecretTests
{
    [Theory]
    [InlineData("tokens: { operator: s3cret value }")]
    [InlineData("tokens: { operator: [s3cret] }")]
    [InlineData("tokens: { operator: { s3cret: 1 } }")]
    [InlineData("tokens: s3cret")]
    [InlineData("tokens: [s3cret]")]
    [InlineData("tokens: { operator: *s3cret }")]
    [InlineData("tokens: { operator: &s3cret x }")]
    [InlineData("tokens: { operator: !s3cret x }")]
    [InlineData("tokens: { operator: \"s3cret ${\" }")]
    [InlineData("tokens: { operator: \"s3cret ${1}\" }")]
    [InlineData("tokens: { operator: \"${UNSET:-s3cret value}\" }")]
    [InlineData("tokens: { operator: \"${SET}\" }")]
    [InlineData("tokens: { operator: s3cret-0123456789, viewer: s3cret-0123456789 }")]
    [InlineData("tokens: { operator: s3cret }")]
    public void A_token_is_in_no_error_and_in_no_warning(string keys)
    {
        ConfigResult result = Sample.Parse($"{Sample.Listeners}{Sample.Services}admin: {{ {keys} }}\n", name => name == "SET" ? "s3cret value" : null);
        AssertToldWithout("s3cret", result);
    }

    [Fact]
    public void A_token_of_digits_is_not_told_either() =>
        AssertToldWithout("1234567890123456", Sample.Parse($"{Sample.Listeners}{Sample.Services}admin: {{ tokens: {{ operator: 1234567890123456 }} }}\n"));

    [Theory]
    [InlineData("webhook: 'hooks.example/s3cret'")]
    [InlineData("webhook: 'https://hooks.example/s3cret#x'")]
    [InlineData("webhook: 'https://u:s3cret@hooks.example/x'")]
    [InlineData("webhook: \"${UNSET:-ftp://hooks.example/s3cret}\"")]
    [InlineData("alertmanager: 'https://u:s3cret@alerts.example'")]
    public void A_notifiers_secret_is_in_no_error(string keys) => AssertToldWithout("s3cret", Sample.Parse(Sample.WithRollout($"notify: [{{ {keys} }}]")));

    [Theory]
    [InlineData("queries: [{ name: a, query: up, max: 0, prometheus: 'http://u:s3cret@p.example' }]")]
    [InlineData("resources: { cpu: 1%, from: 'prometheus http://u:s3cret@p.example/metrics' }")]
    public void A_password_is_in_no_error(string keys) => AssertToldWithout("s3cret", Sample.Parse(Sample.WithRollout($"analysis: {{ {keys} }}")));

    [Fact]
    public void An_environments_value_that_is_no_token_is_told_of_but_not_told() =>
        Sample.AssertOnlyError(
            $"{Sample.Listeners}{Sample.Services}admin: {{ tokens: {{ operator: §\"${{SET}}\" }} }}\n",
            "admin.tokens.operator: expected up to 256 visible ASCII characters without spaces, or \"\" for no token, got text that is not shown, from a variable",
            _ => "s3cret value");

    private static void AssertToldWithout(string secret, ConfigResult result)
    {
        List<ConfigFinding> told = [.. result.Errors, .. result.Warnings];
        Assert.NotEmpty(told);
        Assert.All(told, finding => Assert.DoesNotContain(secret, $"{finding.Message}"));
    }
}
