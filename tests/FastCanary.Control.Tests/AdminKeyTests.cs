using System.Net;
using FastCanary.Control;

namespace FastCanary.Control.Tests;

public class AdminKeyTests
{
    private const string Token = "0123456789abcdef";

    private const string Address = "expected an IP address and a port from 1 to 65535, such as 127.0.0.1:9901 or \"[::1]:9901\", or off";
    private const string TokenText = "expected up to 256 visible ASCII characters without spaces, or \"\" for no token";

    [Fact]
    public void What_is_not_written_has_its_default()
    {
        AdminConfig admin = Sample.Clean(Sample.Listeners + Sample.Services).Admin;
        Assert.Equal(("127.0.0.1:9901", new IPEndPoint(IPAddress.Loopback, 9901), false), (admin.Address, admin.BindTo, admin.IsWritten));
        Assert.Equal(("", ""), (admin.OperatorToken, admin.ViewerToken));
        Assert.Empty(admin.AllowedOrigins);
    }

    [Fact]
    public void What_is_written_is_read()
    {
        AdminConfig admin = Admin($"{{ address: \"[::]:9902\", tokens: {{ operator: {Token}, viewer: \"{Token}=\" }}, allowedOrigins: [\"https://Ops.example\", \"http://h:80\", \"https://h:8443\"] }}");
        Assert.Equal(("[::]:9902", new IPEndPoint(IPAddress.IPv6Any, 9902), true), (admin.Address, admin.BindTo, admin.IsWritten));
        Assert.Equal((Token, $"{Token}="), (admin.OperatorToken, admin.ViewerToken));
        Assert.Equal(["https://ops.example", "http://h", "https://h:8443"], admin.AllowedOrigins);
    }

    [Fact]
    public void It_can_be_off()
    {
        AdminConfig admin = Admin("{ address: off }");
        Assert.Equal(("off", null), (admin.Address, admin.BindTo));
    }

    [Fact]
    public void An_empty_section_is_written_all_the_same() => Assert.Equal((true, 9901), (Admin("{}").IsWritten, Admin("{}").BindTo!.Port));

    [Theory]
    [InlineData("127.0.0.1:1")]
    [InlineData("127.8.9.10:1")]
    [InlineData("'[::1]:1'")]
    public void A_loopback_address_needs_no_token(string address) => Assert.Equal("", Admin($"{{ address: {address} }}").OperatorToken);

    [Theory]
    [InlineData("{ address: §0.0.0.0:9901 }", "0.0.0.0:9901")]
    [InlineData("{ address: §192.0.2.1:9901, tokens: { operator: '' } }", "192.0.2.1:9901")]
    [InlineData("{ address: §'[::]:9901', tokens: { viewer: 0123456789abcdef } }", "[::]:9901")]
    public void Another_address_is_refused_without_an_operators_token(string admin, string address)
    {
        ConfigResult result = Sample.Parse($"admin: {admin.Replace("§", "")}\n{Sample.Listeners}{Sample.Services}");
        Assert.Equal(
            $"f.yaml:1:{"admin: ".Length + admin.IndexOf('§') + 1}: admin.address: {address} is no loopback address, so it is refused without \"tokens.operator\": anybody could move traffic;"
            + " set a token, or listen on 127.0.0.1",
            string.Join('\n', result.Errors));
    }

    [Theory]
    [InlineData("{ address: §localhost:9901 }", $"address: {Address}, got \"localhost:9901\"")]
    [InlineData("{ address: §9901 }", $"address: {Address}, got 9901; text like that needs quotes")]
    [InlineData("{ address: §Off }", $"address: {Address}, got \"Off\"")]
    [InlineData("{ address: §'127.0.0.1:0' }", $"address: {Address}, got \"127.0.0.1:0\"")]
    [InlineData("{ address: 127.0.0.1:9901, §adress: x }", "adress: unknown key \"adress\"; did you mean \"address\"? allowed here: address, tokens, allowedOrigins")]
    [InlineData("{ tokens: { §admin: x } }", "tokens.admin: unknown key \"admin\"; allowed here: operator, viewer")]
    [InlineData("{ tokens: { operator: §a b } }", $"tokens.operator: {TokenText}, got text that is not shown")]
    [InlineData("{ tokens: { viewer: §[a] } }", $"tokens.viewer: {TokenText}, got a list")]
    [InlineData("{ tokens: { operator: 0123456789abcdef, viewer: §0123456789abcdef } }", "tokens.viewer: the viewer's token is the operator's too, so whoever may look may also change; make them differ")]
    [InlineData("{ allowedOrigins: §https://a.example }", "allowedOrigins: expected a list of origins, got \"https://a.example\"")]
    [InlineData("{ allowedOrigins: [§a.example] }", "allowedOrigins[0]: expected an origin, which is http or https, a host, and a port unless it is the scheme's own, without a path: https://ops.example, got \"a.example\"")]
    [InlineData("{ allowedOrigins: [§'https://a.example/'] }", "allowedOrigins[0]: expected an origin, which is http or https, a host, and a port unless it is the scheme's own, without a path: https://ops.example, got \"https://a.example/\"")]
    [InlineData("{ allowedOrigins: [§'*'] }", "allowedOrigins[0]: expected an origin, which is http or https, a host, and a port unless it is the scheme's own, without a path: https://ops.example, got \"*\"")]
    [InlineData("{ address: §'0.0.0.0:8080', tokens: { operator: 0123456789abcdef } }", "address: 0.0.0.0:8080 is taken by the listener at line 2")]
    public void A_wrong_value_says_what_is_wrong_and_where(string admin, string error) =>
        Sample.AssertOnlyError($"{Sample.Listeners}{Sample.Services}admin: {admin}\n", $"admin.{error}");

    [Fact]
    public void A_token_is_no_longer_than_256_characters()
    {
        Assert.Equal(256, Admin($"{{ tokens: {{ operator: {new string('a', 256)} }} }}").OperatorToken.Length);
        Sample.AssertOnlyError(
            $"{Sample.Listeners}{Sample.Services}admin: {{ tokens: {{ operator: §{new string('a', 257)} }} }}\n", $"admin.tokens.operator: {TokenText}, got text that is not shown");
    }

    [Theory]
    [InlineData("{ tokens: { operator: §0123456789abcde } }", "tokens.operator: a token of fewer than 16 characters can be guessed; take one at random, as \"openssl rand -hex 16\" makes it")]
    [InlineData("{ tokens: { viewer: §0123456789abcdef } }", "tokens.viewer: looking needs a token, and changing needs none: \"operator\" has none")]
    public void What_is_weak_is_warned_of(string admin, string warning) =>
        Sample.AssertOnlyWarning($"{Sample.Listeners}{Sample.Services}admin: {admin}\n", $"admin.{warning}");

    [Fact]
    public void Tokens_come_from_the_environment()
    {
        string text = $"{Sample.Listeners}{Sample.Services}admin: {{ tokens: {{ operator: \"${{OPERATOR:-}}\", viewer: \"${{VIEWER:-}}\" }} }}\n";
        Assert.Equal((Token, ""), Tokens(name => name == "OPERATOR" ? Token : null));
        Assert.Equal(("", ""), Tokens(Sample.NoEnvironment));

        (string, string) Tokens(Func<string, string?> environment)
        {
            AdminConfig admin = Sample.Config(text, environment).Admin;
            return (admin.OperatorToken, admin.ViewerToken);
        }
    }

    private static AdminConfig Admin(string admin) => Sample.Clean($"{Sample.Listeners}{Sample.Services}admin: {admin}\n").Admin;
}
