using FastCanary.Control;

namespace FastCanary.Control.Tests;

public class HealthKeyTests
{
    private const string Statuses = "expected a status from 100 to 599, or a class of them such as 5xx";

    [Fact]
    public void What_is_not_written_has_its_default()
    {
        Assert.Null(Sample.Clean(Sample.WithKeys("")).Services[0].Health);
        HealthConfig health = Health("{}");
        Assert.Equal((null, 2.0, 1.0, 2, 3), (health.Path, health.Interval.TotalSeconds, health.Timeout.TotalSeconds, health.Rise, health.Fall));
        Assert.Equal([200], health.Statuses.Statuses);
        Assert.Equal(("", 1000, 0, ""), (health.Body, health.JitterBasisPoints, health.Port, health.Host));
    }

    [Fact]
    public void What_is_written_is_read()
    {
        HealthConfig health = Health(
            "{ path: /health?deep=1, interval: 100ms, timeout: 50ms, rise: 1, fall: 1000, status: [204, \"301\", 4xx], body: ok, jitter: 50%, port: 8090, host: \"shop.example:8080\" }");
        Assert.Equal(("/health?deep=1", 100.0, 50.0, 1, 1000), (health.Path, health.Interval.TotalMilliseconds, health.Timeout.TotalMilliseconds, health.Rise, health.Fall));
        Assert.Equal([204, 301, .. Enumerable.Range(400, 100)], health.Statuses.Statuses);
        Assert.Equal((true, false, false), (health.Statuses.Contains(499), health.Statuses.Contains(500), health.Statuses.Contains(1000)));
        Assert.Equal(("ok", 5000, 8090, "shop.example:8080"), (health.Body, health.JitterBasisPoints, health.Port, health.Host));
    }

    [Fact]
    public void A_timeout_that_is_not_written_is_no_longer_than_the_interval() => Assert.Equal(500, Health("{ interval: 500ms }").Timeout.TotalMilliseconds);

    [Theory]
    [InlineData("{ path: §health }", "path: expected a path that begins with \"/\", with or without a query, such as /health, got \"health\"")]
    [InlineData("{ path: §'/a#b' }", "path: expected a path that begins with \"/\", with or without a query, such as /health, got \"/a#b\"")]
    [InlineData("{ interval: §99ms }", "interval: expected a time from 100ms to 1h, such as 250ms, 5s, 2m or 1h, got \"99ms\"")]
    [InlineData("{ interval: §61m }", "interval: expected a time from 100ms to 1h, such as 250ms, 5s, 2m or 1h, got \"61m\"")]
    [InlineData("{ timeout: §0s }", "timeout: expected a time from 1ms to 1h, such as 250ms, 5s, 2m or 1h, got \"0s\"")]
    [InlineData("{ timeout: §3s }", "timeout: expected at most 2s, what interval is, got 3s")]
    [InlineData("{ rise: §0 }", "rise: expected a whole number from 1 to 1000, got 0")]
    [InlineData("{ fall: §1001 }", "fall: expected a whole number from 1 to 1000, got 1001")]
    [InlineData("{ path: /, status: §200 }", "status: expected a list of statuses, got 200")]
    [InlineData("{ path: /, status: §[] }", "status: expected at least one status")]
    [InlineData("{ path: /, status: [200, §99] }", $"status[1]: {Statuses}, got 99")]
    [InlineData("{ path: /, status: [§600] }", $"status[0]: {Statuses}, got 600")]
    [InlineData("{ path: /, status: [§6xx] }", $"status[0]: {Statuses}, got \"6xx\"")]
    [InlineData("{ path: /, status: [§5XX] }", $"status[0]: {Statuses}, got \"5XX\"")]
    [InlineData("{ path: /, status: [§true] }", $"status[0]: {Statuses}, got true")]
    [InlineData("{ path: /, body: §[ok] }", "body: expected text of at most 1024 characters, got a list")]
    [InlineData("{ jitter: §51% }", "jitter: expected a share from 0% to 50% in steps of 0.01%, such as 5% or 0.25%, got \"51%\"")]
    [InlineData("{ port: §65536 }", "port: expected a whole number from 0 to 65535, got 65536")]
    [InlineData("{ path: /, host: §a b }", "host: expected a host with or without a port, such as shop.example, or \"\" for the endpoint's address, got \"a b\"")]
    [InlineData("{ §status: [200] }", "status: has no meaning without \"path\": the check is a connection then, and asks nothing")]
    [InlineData("{ §body: ok }", "body: has no meaning without \"path\": the check is a connection then, and asks nothing")]
    [InlineData("{ §host: a.example }", "host: has no meaning without \"path\": the check is a connection then, and asks nothing")]
    [InlineData("{ status: [§x] }", $"status[0]: {Statuses}, got \"x\"")]
    [InlineData("{ §url: / }", "url: unknown key \"url\"; allowed here: path, interval, timeout, rise, fall, status, body, jitter, port, host")]
    public void A_wrong_value_says_what_is_wrong_and_where(string health, string error) =>
        Sample.AssertOnlyError(Sample.WithKeys($"health: {health}"), $"services.s.health.{error}");

    private static HealthConfig Health(string health) => Sample.Clean(Sample.WithKeys($"health: {health}")).Services[0].Health!;
}
