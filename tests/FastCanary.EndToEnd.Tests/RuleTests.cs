using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>Rules through the real process: stable has every turn of the split, and only a rule leads elsewhere.</summary>
public sealed class RuleTests : IDisposable
{
    private readonly ScriptedOrigin _stable = ScriptedOrigin.Answering("stable");
    private readonly ScriptedOrigin _canary = ScriptedOrigin.Answering("canary");
    private readonly ScriptedOrigin _preview = ScriptedOrigin.Answering("preview");
    private readonly int _port = Ports.Free();
    private readonly int _trusting = Ports.Free();

    public void Dispose()
    {
        _stable.Dispose();
        _canary.Dispose();
        _preview.Dispose();
    }

    [Fact]
    public void By_a_field_that_is_so_begins_so_is_there_or_is_listed()
    {
        using var proxy = FastCanaryProcess.StartIn(folder =>
        {
            folder.Write("users.txt", "# those who asked for it\n\n u-1 \r\nu-2\nBjörk\n");
            return folder.Write("fastcanary.yaml", Rules("""
                - { header: { X-Exact: blue }, version: canary }
                - { header: { X-Begins: { prefix: beta- } }, version: canary }
                - { header: { X-There: { present: true } }, version: canary }
                - { header: { X-Listed: { in: [one, "2"] } }, version: canary }
                - { header: { X-In-File: { inFile: users.txt } }, version: preview }
                """));
        });
        using var client = new RawClient(_port);
        Assert.Equal("stable", client.Get().Text);
        Assert.Equal("canary", By("X-Exact: blue"));
        Assert.Equal("canary", By("x-exact:  blue\t"));
        Assert.Equal("canary", By("X-Exact: red\r\nX-Exact: blue"));
        Assert.Equal("stable", By("X-Exact: Blue"));
        Assert.Equal("stable", By("X-Exact: blueish"));
        Assert.Equal("stable", By("X_Exact: blue"));
        Assert.Equal("canary", By("X-Begins: beta-7"));
        Assert.Equal("stable", By("X-Begins: alpha, beta-7"));
        Assert.Equal("canary", By("X-There:"));
        Assert.Equal("canary", By("X-Listed: 2"));
        Assert.Equal("stable", By("X-Listed: 22"));
        Assert.Equal("preview", By("X-In-File: u-1"));
        Assert.Equal("preview", By("X-In-File: u-2"));
        // The client's bytes are read as Latin-1: these are Björk's in UTF-8.
        Assert.Equal("preview", By("X-In-File: Bj\u00C3\u00B6rk"));
        Assert.Equal("stable", By("X-In-File: u-3"));
        Assert.Equal("stable", By("X-In-File: # those who asked for it"));

        string By(string fields) => client.Get(fields: fields + "\r\n").Text;
    }

    [Fact]
    public void By_a_cookie_or_a_parameter_of_the_query_which_is_compared_decoded()
    {
        using var proxy = Start("""
            - { cookie: { user: vip }, version: canary }
            - { cookie: { group: { prefix: beta- } }, version: preview }
            - { query: { name: "a b&c" }, version: canary }
            - { query: { "größe": { present: true } }, version: preview }
            - { query: { v: { in: ["2", "3"] } }, version: canary }
            """);
        using var client = new RawClient(_port);
        Assert.Equal("canary", client.Get(fields: "Cookie: a=b; user=vip; group=none\r\n").Text);
        Assert.Equal("canary", client.Get(fields: "Cookie: a=b\r\nCookie: user=vip\r\n").Text);
        Assert.Equal("stable", client.Get(fields: "Cookie: User=vip; user=vip2; xuser=vip; a=\"user=vip\"\r\n").Text);
        Assert.Equal("preview", client.Get(fields: "Cookie: group=beta-7\r\n").Text);
        foreach (var target in (string[])["/?name=a+b%26c", "/?x=1&name=%61%20b%26%63", "/?n%61me=a%20b%26c&x"]) Assert.Equal("canary", client.Get(target).Text);
        foreach (var target in (string[])["/?name=a+b&c", "/?name=A+b%26c", "/?Name=a+b%26c", "/?name=a%2Bb%26c", "/name=a+b%26c"]) Assert.Equal("stable", client.Get(target).Text);
        Assert.Equal("preview", client.Get("/?gr%C3%B6%C3%9Fe").Text);
        Assert.Equal("stable", client.Get("/?gr%F6%DFe").Text);
        Assert.Equal("canary", client.Get("/a?v=3").Text);
        Assert.Equal("canary", client.Get("/a?v=1&v=3").Text);
        Assert.Equal("stable", client.Get("/a?v=33").Text);
    }

    [Fact]
    public void By_method_host_and_path_whose_segments_count_whole()
    {
        using var proxy = Start("""
            - { method: [PUT, PROPFIND], version: canary }
            - { host: beta.example, version: canary }
            - { host: "*.beta.example", version: preview }
            - { path: /api, version: canary }
            - { path: /admin/, method: POST, version: preview }
            """);
        using var client = new RawClient(_port);
        Assert.Equal("canary", By("PUT / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1\r\n\r\nx"));
        Assert.Equal("canary", By("PROPFIND / HTTP/1.1\r\nHost: a.example\r\n\r\n"));
        Assert.Equal("stable", By("put / HTTP/1.1\r\nHost: a.example\r\n\r\n"));
        Assert.Equal("canary", By("GET / HTTP/1.1\r\nHost: BETA.example.:8080\r\n\r\n"));
        Assert.Equal("canary", By("GET http://beta.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n"));
        Assert.Equal("preview", By("GET / HTTP/1.1\r\nHost: x.y.beta.example\r\n\r\n"));
        Assert.Equal("stable", By("GET / HTTP/1.1\r\nHost: notbeta.example\r\n\r\n"));
        foreach (var path in (string[])["/api", "/api/", "/api/x/y", "/api?q"]) Assert.Equal("canary", client.Get(path).Text);
        foreach (var path in (string[])["/apix", "/API", "/x/api", "/%61pi", "/?/api"]) Assert.Equal("stable", client.Get(path).Text);
        Assert.Equal("preview", By("POST /admin/x HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n"));
        Assert.Equal("stable", client.Get("/admin/x").Text);

        string By(string request)
        {
            client.Send(request);
            return client.Read().Text;
        }
    }

    [Fact]
    public void By_the_clients_network_which_a_trusted_proxy_names_and_nobody_else()
    {
        using var proxy = Start("""
            - { network: [203.0.113.0/24, "2001:db8::/32"], version: canary }
            - { network: 127.0.0.1, version: preview }
            """);
        using var direct = new RawClient(_port);
        Assert.Equal("preview", direct.Get().Text);
        Assert.Equal("preview", direct.Get(fields: "X-Forwarded-For: 203.0.113.7\r\n").Text);
        using var client = new RawClient(_trusting);
        Assert.Equal("preview", client.Get().Text);
        Assert.Equal("canary", By("203.0.113.7"));
        Assert.Equal("canary", By("198.51.100.1, 203.0.113.255"));
        Assert.Equal("canary", By("198.51.100.1\r\nX-Forwarded-For: 203.0.113.7, 127.0.0.9"));
        Assert.Equal("canary", By("2001:db8::7"));
        Assert.Equal("canary", By("::ffff:203.0.113.7"));
        Assert.Equal("stable", By("203.0.113.7, 198.51.100.1"));
        Assert.Equal("stable", By("203.0.114.7"));
        Assert.Equal("stable", By("2001:db9::7"));
        Assert.Equal("preview", By("203.0.113.7, unknown"));

        string By(string addresses) => client.Get(fields: $"X-Forwarded-For: {addresses}\r\n").Text;
    }

    [Fact]
    public void All_conditions_of_a_rule_have_to_hold()
    {
        using var proxy = Start("""
            - { header: { X-Canary: "1", X-Team: { prefix: s } }, cookie: { user: u-1 }, query: { p: "1" }, method: GET, host: e2e.test, path: /shop, network: 203.0.113.0/24, version: canary }
            """);
        using var client = new RawClient(_trusting);
        string[] fields = ["X-Canary: 1\r\n", "X-Team: search\r\n", "Cookie: user=u-1\r\n", "X-Forwarded-For: 203.0.113.7\r\n"];
        Assert.Equal("canary", client.Get("/shop/a?p=1", fields: string.Concat(fields)).Text);
        for (var i = 0; i < fields.Length; i++) Assert.Equal("stable", client.Get("/shop/a?p=1", fields: string.Concat(fields.Where((_, j) => j != i))).Text);
        Assert.Equal("stable", client.Get("/shop/a?p=2", fields: string.Concat(fields)).Text);
        Assert.Equal("stable", client.Get("/stop/a?p=1", fields: string.Concat(fields)).Text);
        Assert.Equal("stable", client.Get("/shop/a?p=1", "other.test", string.Concat(fields)).Text);
        client.Send($"DELETE /shop/a?p=1 HTTP/1.1\r\nHost: e2e.test\r\n{string.Concat(fields)}\r\n");
        Assert.Equal("stable", client.Read().Text);
    }

    [Fact]
    public void The_first_that_matches_wins_and_one_without_a_condition_takes_the_rest()
    {
        using var proxy = Start("""
            - { path: /payment, version: stable }
            - { header: { X-Canary: { present: true } }, version: canary }
            - { version: preview }
            """);
        using var client = new RawClient(_port);
        Assert.Equal("stable", client.Get("/payment", fields: "X-Canary: 1\r\n").Text);
        Assert.Equal("canary", client.Get("/", fields: "X-Canary: 1\r\n").Text);
        Assert.Equal("preview", client.Get().Text);
        proxy.Reload(Rules("""
            - { header: { X-Canary: { present: true } }, version: canary }
            - { path: /payment, version: preview }
            """));
        Assert.Equal("canary", client.Get("/payment", fields: "X-Canary: 1\r\n").Text);
        Assert.Equal("preview", client.Get("/payment").Text);
        Assert.Equal("stable", client.Get().Text);
    }

    [Fact]
    public void Requests_that_a_rule_takes_are_no_turns_of_the_split()
    {
        using var proxy = FastCanaryProcess.Start(Rules("- { header: { X-Canary: \"1\" }, version: canary }").Replace("canary: { weight: 0", "canary: { weight: 2", StringComparison.Ordinal));
        using var client = new RawClient(_port);
        var turns = new List<string>();
        for (var i = 0; i < 9; i++)
        {
            turns.Add(client.Get().Text);
            // Together with these, three a time: they would leave all turns to one version.
            for (var j = 0; j < 2; j++) Assert.Equal("canary", client.Get(fields: "X-Canary: 1\r\n").Text);
        }

        Assert.All(turns.Chunk(3), static three => Assert.Equal(["canary", "canary", "stable"], three.Order()));
    }

    [Fact]
    public void Of_a_thousand_rules_the_first_that_matches_wins_too()
    {
        using var proxy = Start(string.Join('\n', Enumerable.Range(0, 1000).Select(static i => (i % 4) switch
        {
            0 => $"- {{ header: {{ X-Tenant: t-{i} }}, path: /a, version: canary }}",
            1 => $"- {{ header: {{ X-Tenant: t-{i - 1} }}, version: preview }}",
            2 => $"- {{ header: {{ X-Tenant: {{ in: [t-{i}, u-{i}] }} }}, version: canary }}",
            _ => $"- {{ network: 10.{i / 250}.{i % 250}.0/24, version: preview }}",
        })));
        using var client = new RawClient(_trusting);
        foreach (var i in (int[])[0, 4, 500, 996])
        {
            Assert.Equal("canary", client.Get("/a", fields: $"X-Tenant: t-{i}\r\n").Text);
            Assert.Equal("preview", client.Get("/b", fields: $"X-Tenant: t-{i}\r\n").Text);
            // The network's rule is the fourth.
            Assert.Equal(i < 4 ? "canary" : "preview", client.Get(fields: $"X-Tenant: u-{i + 2}\r\nX-Forwarded-For: 10.0.3.1\r\n").Text);
            Assert.Equal("stable", client.Get("/a", fields: $"X-Tenant: t-{i + 1}\r\n").Text);
        }

        Assert.Equal("preview", client.Get(fields: "X-Forwarded-For: 10.3.249.7\r\n").Text);
        Assert.Equal("stable", client.Get(fields: "X-Forwarded-For: 10.3.248.7\r\n").Text);
    }

    [Fact]
    public void On_a_tcp_listener_the_clients_network_counts()
    {
        static void Name(OriginConnection connection, string name)
        {
            connection.Send(name);
            connection.WaitForEnd();
        }

        using var stable = new ScriptedOrigin(static connection => Name(connection, "stable"));
        using var canary = new ScriptedOrigin(static connection => Name(connection, "canary"));
        string Tcp(string network) => $$"""
            listeners: [{ address: "127.0.0.1:{{_port}}", protocol: tcp, service: db }]
            services:
              db:
                versions:
                  stable: { weight: 1, endpoints: ["127.0.0.1:{{stable.Port}}"] }
                  canary: { weight: 0, endpoints: ["127.0.0.1:{{canary.Port}}"] }
                rules: [{ network: {{network}}, version: canary }]
            """;

        using var proxy = FastCanaryProcess.Start(Tcp("127.0.0.0/30"));
        using (var client = new RawClient(_port)) Assert.Equal("canary"u8.ToArray(), client.Wire.Take(6));
        proxy.Reload(Tcp("127.0.0.2/31"));
        using (var client = new RawClient(_port)) Assert.Equal("stable"u8.ToArray(), client.Wire.Take(6));
    }

    private FastCanaryProcess Start(string rules) => FastCanaryProcess.Start(Rules(rules));

    private string Rules(string rules) => $$"""
        listeners:
          - { address: "127.0.0.1:{{_port}}", service: web }
          - { address: "127.0.0.1:{{_trusting}}", service: web, trustedProxies: [127.0.0.0/8] }
        services:
          web:
            timeouts: { connect: 10s }
            versions:
              stable: { weight: 1, endpoints: ["127.0.0.1:{{_stable.Port}}"] }
              canary: { weight: 0, endpoints: ["127.0.0.1:{{_canary.Port}}"] }
              preview: { weight: 0, endpoints: ["127.0.0.1:{{_preview.Port}}"] }
            rules:
              {{rules.ReplaceLineEndings("\n      ")}}
        """;
}
