using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>Features: a field at the origin for a share of the users. There is one version only: they need no canary.</summary>
public sealed class FeatureTests : IDisposable
{
    private const int Users = 2000;

    private readonly int _port = Ports.Free();

    // Says which fields it was told that a back end might take for a feature's.
    private readonly ScriptedOrigin _origin = ScriptedOrigin.Answering(static request => ScriptedOrigin.Response(string.Join(
        " | ", request.Fields.Where(static field => field.Name.Replace('_', '-').StartsWith("X-Feature", StringComparison.OrdinalIgnoreCase))
            .Select(static field => $"{field.Name}: {field.Value}"))));

    private readonly string[] _requests = [.. Enumerable.Range(0, Users).Select(static i => Request($"user-{i}"))];

    public void Dispose() => _origin.Dispose();

    [Fact]
    public void A_share_of_the_users_has_it_the_same_ones_each_time_and_more_of_them_where_it_is_raised()
    {
        string[] first;
        using (var proxy = FastCanaryProcess.Start(Yaml("25%", "0.5%")))
        {
            first = Ask();
            // Computed apart from FastCanary, by XXH64's definition.
            Assert.Equal(491, first.Count(static told => told.Contains("X-Feature-New: 1", StringComparison.Ordinal)));
            Assert.Equal(11, first.Count(static told => told.Contains("X-Feature-Dark: on", StringComparison.Ordinal)));
            Assert.All(first, static told => Assert.Contains(told, (string[])["", "X-Feature-New: 1", "X-Feature-Dark: on", "X-Feature-New: 1 | X-Feature-Dark: on"]));
            Assert.Equal(first, Ask());

            proxy.Reload(Yaml("50%", "0%"));
            var raised = Ask();
            Assert.All(first.Zip(raised), static pair => Assert.True(pair.Second == "X-Feature-New: 1" || !pair.First.Contains("New", StringComparison.Ordinal)));
            Assert.InRange(raised.Count(static told => told.Length > 0), 900, 1100);
            Assert.DoesNotContain(raised, static told => told.Contains("Dark", StringComparison.Ordinal));

            proxy.Reload(Yaml("100%", "100%"));
            Assert.All(Ask(), static told => Assert.Equal("X-Feature-New: 1 | X-Feature-Dark: on", told));
        }

        using var again = FastCanaryProcess.Start(Yaml("25%", "0.5%"));
        Assert.Equal(first, Ask());
    }

    [Fact]
    public void Who_has_it_depends_neither_on_the_version_nor_on_the_salt()
    {
        using var other = ScriptedOrigin.Answering(static _ => ScriptedOrigin.Response("canary"));
        const string Versions = "v1: { weight: 1, endpoints:";
        using var proxy = FastCanaryProcess.Start(Yaml("25%", "0.5%"));
        var alone = Ask();
        proxy.Reload(Yaml("25%", "0.5%").Replace(Versions, $"v2: {{ weight: 1, endpoints: [\"127.0.0.1:{other.Port}\"] }}\n      {Versions}", StringComparison.Ordinal)
            .Replace("X-User }", "X-User, salt: another }", StringComparison.Ordinal));
        var split = Ask();
        var kept = split.Count(static told => told != "canary");
        Assert.InRange(kept, 900, 1100);
        Assert.All(alone.Zip(split), static pair => Assert.True(pair.Second == "canary" || pair.Second == pair.First));
    }

    [Fact]
    public void A_client_cannot_turn_it_on_by_itself()
    {
        const string Spelled =
            "X-Feature-New: 1\r\nx-feature-new: 1\r\nX_Feature_New: 1\r\nX-FEATURE_NEW: 1\r\nX-Feature-Dark: on\r\nX-Feature-News: 1\r\n";
        using var proxy = FastCanaryProcess.Start(Yaml("25%", "0.5%"));
        using var client = new RawClient(_port);
        var honest = Ask();
        var answers = client.AskAll(_requests.Take(200).Select(static request => request.Replace("\r\n\r\n", $"\r\n{Spelled}\r\n", StringComparison.Ordinal)));
        // Another field, however alike, goes on.
        Assert.Equal(honest.Take(200).Select(static own => own.Length > 0 ? "X-Feature-News: 1 | " + own : "X-Feature-News: 1"), answers.Select(static answer => answer.Text));

        // Nor can who has no key.
        Assert.Equal("X-Feature-News: 1", client.Get(fields: Spelled).Text);
        Assert.Equal("X-Feature-News: 1", client.Get(fields: "Connection: X-Feature-New\r\n" + Spelled).Text);
    }

    private static string Request(string user) => RawClient.Request(fields: $"X-User: {user}\r\n");

    private string[] Ask()
    {
        using var client = new RawClient(_port);
        return [.. client.AskAll(_requests).Select(static answer => answer.Text)];
    }

    private string Yaml(string isNew, string isDark) => Configuration.Single(_port, _origin.Port, service: $$"""
        affinity: { key: header X-User }
            features:
              - { name: new-ranking, percent: {{isNew}}, header: X-Feature-New }
              - { name: dark-mode, percent: {{isDark}}, header: X-Feature-Dark, value: "on" }
        """);
}
