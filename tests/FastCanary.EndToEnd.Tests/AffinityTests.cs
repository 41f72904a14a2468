using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>Users who keep their version, through the real process.</summary>
public sealed partial class AffinityTests : IDisposable
{
    private const int Users = 2000;

    private readonly ScriptedOrigin _stable = ScriptedOrigin.Answering("stable");
    private readonly ScriptedOrigin _canary = ScriptedOrigin.Answering("canary");
    private readonly int _port = Ports.Free();

    public void Dispose()
    {
        _stable.Dispose();
        _canary.Dispose();
    }

    /// <param name="key">As configured.</param>
    /// <param name="counts">How many of the users have the canary at 10 %, 30 % and 60 %: computed apart from FastCanary, by XXH64's definition.</param>
    [Theory]
    [InlineData("header X-User", new[] { 192, 588, 1203 })]
    [InlineData("cookie user", new[] { 192, 588, 1203 })]
    [InlineData("query user", new[] { 192, 588, 1203 })]
    [InlineData("client-ip", new[] { 186, 566, 1204 })]
    public void A_share_that_is_raised_moves_nobody_off_the_canary_nor_does_a_restart_or_another_machine(string key, int[] counts)
    {
        var affinity = $"affinity: {{ key: {key}, salt: 2026-11 }}";
        string[] requests = [.. Enumerable.Range(0, Users).Select(i => RequestOf(key, i))];
        HashSet<int> last;
        using (var proxy = FastCanaryProcess.Start(Yaml(_port, 10, affinity)))
        {
            var ten = OnCanary(_port, requests);
            Assert.Equal(ten, OnCanary(_port, requests));

            proxy.Overwrite(Yaml(_port, 30, affinity));
            proxy.Signal(PosixSignal.SIGHUP);
            proxy.WaitForLog("configuration reloaded (SIGHUP): web stable=70 canary=30");
            var thirty = OnCanary(_port, requests);
            Assert.Subset(thirty, ten);

            // After the change of the file that the SIGHUP has overtaken.
            proxy.WaitUntilReloadsAreOver();
            proxy.Replace(Yaml(_port, 60, affinity));
            proxy.WaitForLog("configuration reloaded (file change): web stable=40 canary=60");
            last = OnCanary(_port, requests);
            Assert.Subset(last, thirty);
            Assert.Equal(counts, (int[])[ten.Count, thirty.Count, last.Count]);

            var other = Ports.Free();
            using var second = FastCanaryProcess.Start(Yaml(other, 60, affinity));
            Assert.Equal(last, OnCanary(other, requests));
        }

        using var again = FastCanaryProcess.Start(Yaml(_port, 60, affinity));
        Assert.Equal(last, OnCanary(_port, requests));
        again.Reload(Yaml(_port, 60, affinity.Replace("2026-11", "2026-12", StringComparison.Ordinal)));
        var salted = OnCanary(_port, requests);
        // Two draws that know nothing of each other share 36 % of all users.
        Assert.InRange(last.Count(salted.Contains), Users * 30 / 100, Users * 42 / 100);
    }

    [Fact]
    public void Who_has_no_key_takes_a_turn_and_a_rule_goes_ahead_of_the_key()
    {
        using var proxy = FastCanaryProcess.Start(Yaml(_port, 50, "affinity: { key: header X-User, salt: 2026-11 }\n    rules: [{ path: /always, version: canary }]"));
        using var client = new RawClient(_port);
        string[] requests = [.. Enumerable.Range(0, 20).Select(static i => RequestOf("header X-User", i))];
        var kept = OnCanary(_port, requests);
        Assert.InRange(kept.Count, 1, 19);
        for (var i = 0; i < 5; i++)
        {
            // No name, an empty one, and two of them, of which the origin may take the other.
            foreach (var fields in (string[])["", "X-User:\r\n", "X-User: user-0\r\nX-User: user-1\r\n"])
                Assert.Equal("canary stable", string.Join(' ', ((string[])[client.Get(fields: fields).Text, client.Get(fields: fields).Text]).Order()));
            Assert.Equal(kept, OnCanary(_port, requests));
        }

        Assert.All(client.AskAll(requests.Select(static request => request.Replace("GET / ", "GET /always ", StringComparison.Ordinal))), static answer => Assert.Equal("canary", answer.Text));
    }

    [Theory]
    [InlineData("{ key: cookie user, assign: cookie }", @"^user=[A-Za-z0-9_-]{22}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax$")]
    [InlineData("{ key: header X-User, assign: cookie }", @"^fastcanary=[A-Za-z0-9_-]{22}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax$")]
    [InlineData(
        "{ key: query u, assign: { cookie: who, path: /shop, secure: true, httpOnly: false, sameSite: none, maxAge: 90m } }",
        @"^who=[A-Za-z0-9_-]{22}; Path=/shop; Max-Age=5400; Secure; SameSite=None$")]
    public void Who_has_no_key_is_given_a_cookie_once_and_keeps_the_version_with_it(string affinity, string expected)
    {
        var service = $"affinity: {affinity}";
        using var proxy = FastCanaryProcess.Start(Yaml(_port, 50, service));
        using var client = new RawClient(_port);
        var first = client.AskAll(Enumerable.Repeat(RawClient.Request(), 200));
        Assert.All(first, answer => Assert.Matches(expected, answer["Set-Cookie"] ?? "none"));
        Assert.All(first, static answer => Assert.Equal(1, answer.Count("Set-Cookie")));
        string[] cookies = [.. first.Select(static answer => answer["Set-Cookie"]!.Split(';')[0])];
        Assert.Equal(cookies.Length, cookies.Distinct().Count());
        string[] versions = [.. first.Select(static answer => answer.Text)];
        // 100 are expected; seven standard deviations off never happens.
        Assert.InRange(versions.Count(static version => version == "canary"), 50, 150);

        string[] requests = [.. cookies.Select(static cookie => RawClient.Request(fields: $"Cookie: a=b; {cookie}\r\n"))];
        AssertKept(client.AskAll(requests));
        var other = Ports.Free();
        using (FastCanaryProcess.Start(Yaml(other, 50, service)))
        {
            using var second = new RawClient(other);
            AssertKept(second.AskAll(requests));
        }

        proxy.Reload(Yaml(_port, 80, service));
        var raised = client.AskAll(requests);
        Assert.All(raised.Zip(versions), static pair => Assert.True(pair.First.Text == "canary" || pair.Second == "stable"));
        Assert.InRange(raised.Count(static answer => answer.Text == "canary"), 120, 195);

        void AssertKept(HttpMessage[] answers)
        {
            Assert.Equal(versions, answers.Select(static answer => answer.Text));
            Assert.All(answers, static answer => Assert.Equal(0, answer.Count("Set-Cookie")));
        }
    }

    [Fact]
    public void Who_has_a_key_is_given_no_cookie_and_an_origins_own_cookie_stays()
    {
        using var origin = ScriptedOrigin.Answering(static _ => "HTTP/1.1 200 OK\r\nSet-Cookie: basket=7\r\nContent-Length: 0\r\n\r\n");
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, origin.Port, service: "affinity: { key: header X-User, assign: cookie }"));
        using var client = new RawClient(_port);
        Assert.Equal(["basket=7"], Cookies("X-User: user-1\r\n"));
        Assert.Equal(["basket=7"], Cookies("Cookie: fastcanary=AAAAAAAAAAAAAAAAAAAAAA\r\n"));
        Assert.Collection(Cookies(""), static cookie => Assert.Equal("basket=7", cookie), static cookie => Assert.Matches(Assigned(), cookie));

        // An empty one is none.
        Assert.Matches(Assigned(), Cookies("Cookie: fastcanary=\r\n")[1]);

        string[] Cookies(string fields) =>
            [.. client.Get(fields: fields).Fields.Where(static field => field.Name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase)).Select(static field => field.Value)];
    }

    private static string RequestOf(string key, int user) => key switch
    {
        "header X-User" => RawClient.Request(fields: $"X-User: user-{user}\r\n"),
        "cookie user" => RawClient.Request(fields: $"Cookie: lang=de; user=user-{user}\r\n"),
        "query user" => RawClient.Request($"/?a=b&user=user-{user}"),
        _ => RawClient.Request(fields: $"X-Forwarded-For: 10.1.{user / 250}.{(user % 250) + 1}\r\n"),
    };

    private static HashSet<int> OnCanary(int port, IEnumerable<string> requests)
    {
        using var client = new RawClient(port);
        var answers = client.AskAll(requests);
        Assert.All(answers, static answer => Assert.Equal(200, answer.Status));
        return [.. Enumerable.Range(0, answers.Length).Where(i => answers[i].Text == "canary")];
    }

    [GeneratedRegex("^fastcanary=[A-Za-z0-9_-]{22}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax$")]
    private static partial Regex Assigned();

    private string Yaml(int port, int canary, string service) =>
        Configuration.Split(port, [("stable", 100 - canary, _stable.Port), ("canary", canary, _canary.Port)], ", trustedProxies: [127.0.0.1]", service);
}
