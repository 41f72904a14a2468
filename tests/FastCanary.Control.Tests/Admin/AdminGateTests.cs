using System.Net;

namespace FastCanary.Control.Tests.Admin;

/// <summary>Who may ask for what.</summary>
public sealed class AdminGateTests
{
    private static readonly (string Method, string Path, string Body)[] ReadingCalls =
    [
        ("GET", "/api/v1/status", ""), ("GET", "/api/v1/services/search", ""), ("GET", "/api/v1/services/nothing", ""), ("GET", "/api/v1/services/search/journal", ""),
    ];

    private static readonly (string Method, string Path, string Body)[] ChangingCalls =
    [
        ("PUT", "/api/v1/services/search/weights", """{"canary":10}"""),
        ("PUT", "/api/v1/services/nothing/weights", """{"canary":10}"""),
        ("POST", "/api/v1/services/search/rollout/abort", ""),
        ("POST", "/api/v1/services/search/rollout/promote", """{"full":true}"""),
        ("POST", "/api/v1/reload", ""),
        ("POST", "/admin/weight?service=search&weight=20", ""),
    ];

    private static AdminOptions Both => new() { OperatorToken = "op-token", ViewerToken = "view-token" };

    [Fact]
    public void A_wrong_token_is_unauthorized_everywhere_and_changes_nothing()
    {
        using var admin = new AdminUnderTest(Both);
        foreach (var (method, path, body) in ReadingCalls.Concat(ChangingCalls).Append(("GET", "/metrics", "")))
        {
            foreach (var credentials in new[] { "Bearer op-tokem", "Bearer op-token2", "Bearer ", "Bearer", "Basic op-token", "op-token", "Bearer op-token, Bearer op-token" })
            {
                var reply = admin.Send(method, path, body, "Authorization: " + credentials);
                Assert.Equal((401, "unauthorized", "Bearer"), (reply.Status, reply.Error, reply["WWW-Authenticate"]));
                Assert.DoesNotContain("search", reply.Body);
            }

            Assert.Equal(401, admin.Send(method, path, body).Status);
        }

        Assert.Empty(admin.Target.Changes);
        Assert.DoesNotContain(admin.Log.Lines, static line => line.Contains("token2", StringComparison.Ordinal) || line.Contains("tokem", StringComparison.Ordinal));
        Assert.Single(admin.Log.Lines, static line => line.Contains("refused for their token", StringComparison.Ordinal));
    }

    [Fact]
    public void The_viewers_token_reads_and_changes_nothing()
    {
        using var admin = new AdminUnderTest(Both);
        foreach (var (method, path, body) in ReadingCalls) Assert.NotEqual(401, admin.Send(method, path, body, "Authorization: Bearer view-token").Status);
        Assert.Equal(200, admin.Send("GET", "/metrics", "", "Authorization: bearer view-token").Status);
        foreach (var (method, path, body) in ChangingCalls)
        {
            var reply = admin.Send(method, path, body, "Authorization: Bearer view-token");
            Assert.Equal((403, "forbidden"), (reply.Status, reply.Error));
        }

        Assert.Empty(admin.Target.Changes);
    }

    [Fact]
    public void The_operators_token_reads_and_changes()
    {
        using var admin = new AdminUnderTest(Both);
        Assert.Equal(200, admin.Send("GET", "/api/v1/status", "", "Authorization: Bearer op-token").Status);
        Assert.Equal(200, admin.Send("POST", "/api/v1/services/search/rollout/abort", "", "Authorization: Bearer op-token").Status);
        Assert.Equal(["Abort search by admin: operator 127.0.0.1"], admin.Target.Changes);
    }

    [Fact]
    public void Health_and_the_page_need_no_token()
    {
        using var admin = new AdminUnderTest(Both);
        foreach (var path in new[] { "/healthz", "/readyz", "/" })
        {
            Assert.Equal(200, admin.Send("GET", path).Status);
            Assert.Equal(200, admin.Send("GET", path, "", "Authorization: Bearer wrong").Status);
        }
    }

    [Fact]
    public void With_an_operators_token_alone_reading_is_open_on_a_loopback_address()
    {
        using var admin = new AdminUnderTest(new AdminOptions { OperatorToken = "op-token" });
        Assert.Equal(200, admin.Send("GET", "/api/v1/status").Status);
        Assert.Equal(200, admin.Send("GET", "/metrics").Status);
        Assert.Equal(200, admin.Send("GET", "/metrics", "", "Authorization: Bearer wrong").Status);
        Assert.Equal(401, admin.Send("GET", "/api/v1/status", "", "Authorization: Bearer wrong").Status);
        Assert.Equal(401, admin.Send("POST", "/api/v1/reload").Status);
        Assert.Empty(admin.Target.Changes);
    }

    [Fact]
    public void Without_tokens_a_token_that_is_sent_all_the_same_does_no_harm()
    {
        using var admin = new AdminUnderTest();
        Assert.Equal(200, admin.Send("GET", "/api/v1/status", "", "Authorization: Bearer any").Status);
        Assert.Equal(200, admin.Send("POST", "/api/v1/reload", "", "Authorization: Bearer any").Status);
        Assert.Equal(["reload by admin: anonymous 127.0.0.1"], admin.Target.Changes);
    }

    [Fact]
    public void An_address_that_is_no_loopback_one_needs_tokens_for_reading_and_changing()
    {
        var error = Assert.Throws<ArgumentException>(static () => new AdminUnderTest(address: IPAddress.Any));
        Assert.Contains("needs admin.tokens", error.Message);
        using (var admin = new AdminUnderTest(new AdminOptions { OperatorToken = "op-token" }, address: IPAddress.Any))
        {
            Assert.Equal(401, admin.Send("GET", "/api/v1/status").Status);
            Assert.Equal(401, admin.Send("POST", "/api/v1/reload").Status);
            Assert.Equal(200, admin.Send("GET", "/metrics").Status);
            Assert.Equal(200, admin.Send("GET", "/api/v1/status", "", "Authorization: Bearer op-token").Status);
        }

        using (var admin = new AdminUnderTest(new AdminOptions { ViewerToken = "view-token" }, address: IPAddress.Any))
        {
            Assert.Equal(401, admin.Send("GET", "/metrics").Status);
            Assert.Equal(200, admin.Send("GET", "/api/v1/status", "", "Authorization: Bearer view-token").Status);
            Assert.Equal(403, admin.Send("POST", "/api/v1/reload", "", "Authorization: Bearer view-token").Status);
            Assert.Contains("no operator token is configured", admin.Send("POST", "/api/v1/reload").Detail);
            Assert.Empty(admin.Target.Changes);
        }
    }

    [Fact]
    public void New_tokens_hold_at_once()
    {
        using var admin = new AdminUnderTest(Both);
        var client = admin.Connect();
        Assert.Equal(200, client.Send("GET", "/api/v1/status", "", "Authorization: Bearer op-token").Status);
        admin.Server.Admit(new AdminOptions { OperatorToken = "other", ViewerToken = "view-token" });
        Assert.Equal(401, client.Send("GET", "/api/v1/status", "", "Authorization: Bearer op-token").Status);
        Assert.Equal(200, client.Send("GET", "/api/v1/status", "", "Authorization: Bearer other").Status);
    }

    [Theory]
    [InlineData("Origin: https://evil.example")]
    [InlineData("Origin: null")]
    [InlineData("Origin: http://127.0.0.1")]
    [InlineData("Origin: http://127.0.0.1:1")]
    [InlineData("Origin: 127.0.0.1")]
    [InlineData("Sec-Fetch-Site: cross-site")]
    [InlineData("Sec-Fetch-Site: same-site")]
    [InlineData("Sec-Fetch-Site: same-origin, cross-site")]
    public void Pages_of_other_sites_are_refused_reading_too(string field)
    {
        using var admin = new AdminUnderTest();
        foreach (var (method, path, body) in ReadingCalls.Concat(ChangingCalls).Append(("GET", "/", "")).Append(("GET", "/metrics", "")))
        {
            var reply = admin.Send(method, path, body, field);
            Assert.Equal((403, "forbidden"), (reply.Status, reply.Error));
            Assert.Null(reply["Access-Control-Allow-Origin"]);
        }

        Assert.Empty(admin.Target.Changes);
    }

    [Fact]
    public void The_own_pages_may_ask()
    {
        using var admin = new AdminUnderTest();
        Assert.Equal(200, admin.Send("POST", "/api/v1/reload", "", $"Origin: http://127.0.0.1:{admin.Port}", "Sec-Fetch-Site: same-origin").Status);
        Assert.Equal(200, admin.Send("POST", "/api/v1/reload", "", $"Host: LocalHost:{admin.Port}", $"Origin: https://localhost:{admin.Port}").Status);
        Assert.Equal(200, admin.Send("POST", "/api/v1/reload", "", "Host: localhost", "Origin: http://localhost:80").Status);
        Assert.Equal(200, admin.Send("POST", "/api/v1/reload", "", "Host: [::1]", "Origin: http://[::1]").Status);
        Assert.Equal(200, admin.Send("GET", "/", "", "Sec-Fetch-Site: none").Status);
    }

    [Fact]
    public void Sites_that_are_named_may_ask_and_read_and_others_may_not()
    {
        using var admin = new AdminUnderTest(new AdminOptions { AllowedOrigins = ["https://ops.example"] });
        var reply = admin.Send("POST", "/api/v1/reload", "", "Origin: https://ops.example", "Sec-Fetch-Site: cross-site");
        Assert.Equal((200, "https://ops.example", "Origin"), (reply.Status, reply["Access-Control-Allow-Origin"], reply["Vary"]));
        var preflight = admin.Send("OPTIONS", "/api/v1/services/search/weights", "", "Origin: https://ops.example", "Access-Control-Request-Method: PUT");
        Assert.Equal((204, "https://ops.example"), (preflight.Status, preflight["Access-Control-Allow-Origin"]));
        Assert.Contains("PUT", preflight["Access-Control-Allow-Methods"]);
        Assert.Contains("Authorization", preflight["Access-Control-Allow-Headers"]);
        Assert.Null(preflight["Content-Length"]);
        Assert.Equal(403, admin.Send("OPTIONS", "/api/v1/reload", "", "Origin: https://ops.example.evil.example", "Access-Control-Request-Method: PUT").Status);
        Assert.Equal(403, admin.Send("GET", "/api/v1/status", "", "Origin: http://ops.example").Status);
    }

    [Theory]
    [InlineData("evil.example", 403)]
    [InlineData("evil.example:9901", 403)]
    [InlineData("127.0.0.1.evil.example", 403)]
    [InlineData("localhost.evil.example", 403)]
    [InlineData("10.0.0.1:9901", 403)]
    [InlineData("[fe80::1]:9901", 403)]
    [InlineData("localhost", 200)]
    [InlineData("LOCALHOST:1234", 200)]
    [InlineData("127.0.0.1", 200)]
    [InlineData("127.1.2.3:80", 200)]
    [InlineData("[::1]:9901", 200)]
    public void A_name_that_leads_to_a_loopback_address_by_DNS_is_refused(string host, int status)
    {
        using var admin = new AdminUnderTest();
        Assert.Equal(status, admin.Send("GET", "/api/v1/status", "", $"Host: {host}").Status);
        Assert.Equal(status, admin.Send("POST", "/api/v1/reload", "", $"Host: {host}", $"Origin: http://{host}").Status);
        Assert.Equal(status == 200 ? 1 : 0, admin.Target.Changes.Length);
    }

    [Fact]
    public void Any_host_does_on_an_address_that_is_no_loopback_one()
    {
        using var admin = new AdminUnderTest(Both, address: IPAddress.Any);
        Assert.Equal(200, admin.Send("GET", "/healthz", "", "Host: canary.example").Status);
    }
}
