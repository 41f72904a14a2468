using System.Text.Json;
using FastCanary.Reports;

namespace FastCanary.Tests.Support;

/// <summary>Answers of the admin API, as its specification has them.</summary>
internal static class Sample
{
    public const string Evidence = """
        [{"guard":"errors","log10":3.1,"abortAt":2.30103,"requests":{"baseline":12900,"canary":700},"events":{"baseline":30,"canary":41},"text":""},
         {"guard":"latency","log10":-1.2,"abortAt":2.52,"requests":{"baseline":12800,"canary":650},"events":{"baseline":300,"canary":2},"text":null},
         {"guard":"cpu","text":"41 % of 70 %"}]
        """;

    public static string Service(string phase = "Progressing", int step = 2, string reason = "the canary is no worse", string name = "search") => $$"""
        {"name":"{{name}}","baseline":"stable","versions":[
          {"name":"stable","weight":95,"share":0.949,"intended":0.95,"requests":12900,"errors":3,"errorRate":0.0002,"requestsPerSecond":112.1,
           "p50":0.0021,"p90":0.004,"p99":0.01,"healthyEndpoints":1,"endpoints":[{"address":"127.0.0.1:8081","weight":1,"up":true,"ejected":false,"failures":0}]},
          {"name":"canary","weight":5,"share":0.051,"intended":0.05,"requests":700,"errors":5,"errorRate":0,"requestsPerSecond":6.04,
           "p50":0.00061,"p90":0.124,"p99":1.1,"healthyEndpoints":1,"endpoints":[
             {"address":"127.0.0.1:8082","weight":1,"up":true,"ejected":false,"failures":0},{"address":"127.0.0.1:8083","weight":1,"up":true,"ejected":true,"failures":7}]}],
         "rollout":{{Rollout(phase, step, reason)}},
         "decisions":[{{Decision(7, "advanced")}},{{Decision(6, "started")}}]}
        """;

    public static string Rollout(string phase = "Progressing", int step = 2, string reason = "the canary is no worse") => $$"""
        {"canary":"canary","baseline":"stable","phase":"{{phase}}","step":{{step}},"steps":4,
         "plan":[{"weight":0.01,"holdSeconds":60},{"weight":0.05,"holdSeconds":120},{"pause":true},{"weight":1}],
         "since":"2026-11-22T07:03:00.000Z","stepSince":"2026-11-22T07:04:30.000Z","reason":"{{reason}}","evidence":{{Evidence}},
         "advance":{"ready":false,"missingRequests":300,"etaSeconds":50,"waitsFor":["hold: 90 s left","300 more requests"]},"usersHurt":3,"problems":["query orders: no data"]}
        """;

    public static string Decision(
        int id,
        string kind,
        string actor = "engine",
        string at = "2026-11-22T07:04:30.000Z",
        string phase = "Progressing",
        string from = """{"stable":99,"canary":1}""",
        string to = """{"stable":95,"canary":5}""",
        string evidence = "[]",
        string reason = "words") =>
        $$"""
        {"id":{{id}},"at":"{{at}}","service":"search","kind":"{{kind}}","actor":"{{actor}}","from":{{from}},"to":{{to}},
         "phase":"{{phase}}","step":2,"reason":"{{reason}}","evidence":{{evidence}}
        }
        """;

    public static string Status(params string[] services) => $$"""
        {"version":"0.1.0","transport":"epoll","loops":2,"uptimeSeconds":3732.3,"configuration":{"file":"fastcanary.yaml","reloads":{"success":1,"failure":0}
         },
         "services":[{{string.Join(',', services)}}]}
        """;

    public static string Entries(params string[] decisions) =>
        $$$"""{"entries":[{"n":90,"kind":"observation","body":{"id":999}},{{{string.Join(',', decisions.Select(Entry))}}}]}""";

    private static string Entry(string decision) => $$"""{"n":1,"kind":"decision","service":"search","body":{{decision}} }""";

    public static StatusReport StatusOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        return StatusReport.Read(document.RootElement);
    }

    public static ServiceReport ServiceOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        return ServiceReport.Read(document.RootElement);
    }

    public static DecisionReport DecisionOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        return DecisionReport.Read(document.RootElement);
    }
}
