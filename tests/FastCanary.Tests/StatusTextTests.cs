using FastCanary.Reports;
using FastCanary.Tests.Support;

namespace FastCanary.Tests;

public sealed class StatusTextTests
{
    [Fact]
    public void A_status_tells_the_split_the_versions_the_rollout_and_the_last_decisions()
    {
        var text = Text(Sample.Status(Sample.Service()), 100);
        Assert.Equal(
            """
            FastCanary 0.1.0, epoll, 2 loops, up 1h02m, fastcanary.yaml

            search
                        = stable   # canary
              split     [=========================================================###]
              live      [=========================================================###]

              version  weight  intended     live  requests/s  errors      p50     p90      p99   up
              stable       95   95.00 %  94.90 %         112  0.02 %   2.1 ms  4.0 ms  10.0 ms  1/1
              canary        5    5.00 %   5.10 %         6.0  0.00 %  0.61 ms  124 ms   1.10 s  1/2
              down      canary 127.0.0.1:8083: ejected

              rollout   Progressing, step 2 of 4 (5 % for 2m at least); since 07:03:00Z (2m)
                        the canary is no worse
              abort     errors   [##############################]  3.10 of 2.30  canary 41 of 700, stable 30 of 12,900
                        latency  [..............................]  -1.20 of 2.52  canary 2 of 650, stable 300 of 12,800
                        cpu      41 % of 70 %
              advance   requests [#####################.........]  300 missing, expected in 50s
                        hold     [#######.......................]  30s of 2m
                        waits for hold: 90 s left; 300 more requests
              hurt      3 requests
              problem   query orders: no data

              last      07:04:30Z  #7  advanced  stable=99 canary=1 -> stable=95 canary=5  engine: words
                        07:04:30Z  #6  started   stable=99 canary=1 -> stable=95 canary=5  engine: words
            """,
            text);
    }

    [Fact]
    public void What_is_not_known_is_a_dash_and_what_is_not_there_is_left_out()
    {
        var text = Text(
            """
            {"services":[{"name":"web","baseline":"v1","versions":[{"name":"v1","weight":1,"share":null,"intended":1,"requestsPerSecond":null,"healthyEndpoints":0,
             "endpoints":[{"address":"10.0.0.7:80","up":false,"ejected":false}]}],"rollout":null,"decisions":[]}]}
            """,
            80);
        Assert.Equal(
            """
            web
              version  weight  intended  live  requests/s  errors  p50  p90  p99   up
              v1            1  100.00 %     -           -       -    -    -    -  0/1
              down      v1 10.0.0.7:80: its health check fails
            """,
            text);
    }

    [Fact]
    public void Columns_are_as_wide_as_what_they_hold()
    {
        var lines = Text(Sample.Status(Sample.Service().Replace("\"stable\"", "\"a-version-with-a-long-name\"")), 200).Split('\n');
        var header = lines.Single(static line => line.Contains("requests/s", StringComparison.Ordinal));
        var row = lines.Single(static line => line.StartsWith("  a-version", StringComparison.Ordinal));
        Assert.Equal(header.IndexOf("requests/s", StringComparison.Ordinal) + "requests/s".Length, row.IndexOf("112", StringComparison.Ordinal) + "112".Length);
    }

    [Fact]
    public void Text_of_the_server_cannot_steer_the_terminal()
    {
        var text = Text(Sample.Status(Sample.Service(reason: "\\u001b[2Jgone\\u0007\\u009b1m", name: "x\\u001b]0;y")), 100);
        Assert.DoesNotContain('\u001b', text);
        Assert.DoesNotContain('\u0007', text);
        Assert.DoesNotContain('\u009b', text);
        Assert.Contains("?[2Jgone??1m", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_reason_is_broken_at_spaces()
    {
        var text = Text(Sample.Status(Sample.Service(reason: string.Join(' ', Enumerable.Repeat("word", 60)))), 80).Split('\n');
        Assert.Equal(60, text.Sum(static line => line.Split(' ').Count(static word => word == "word")));
        Assert.All(text.Where(static line => line.EndsWith(" word", StringComparison.Ordinal)), static line => Assert.InRange(line.Length, 1, 80));
    }

    [Fact]
    public void A_decision_of_another_day_has_its_date() =>
        Assert.Contains(
            "last      2026-11-20 23:59:59Z  #7",
            Text(Sample.Status($$"""{"name":"s","versions":[],"decisions":[{{Sample.Decision(7, "paused", at: "2026-11-20T23:59:59.9Z")}}]}"""), 100),
            StringComparison.Ordinal);

    [Fact]
    public void Members_of_other_kinds_than_expected_are_as_if_they_were_missing() =>
        Assert.Equal("no service is configured", Text("""{"version":7,"services":{},"loops":"two","uptimeSeconds":[]}""", 80));

    [Theory]
    [InlineData("""{"weight":0.0025,"holdSeconds":60}""", "0.25 % for 1m at least")]
    [InlineData("""{"weight":1}""", "100 %")]
    [InlineData("""{"pause":true}""", "pause until promote")]
    [InlineData("""{"pause":true,"holdSeconds":3600}""", "pause for 1h")]
    public void A_step_of_the_plan_is_told_in_words(string json, string words)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json);
        Assert.Equal(words, PlanStep.Read(document.RootElement).ToString());
    }

    private static string Text(string json, int columns) =>
        string.Join('\n', StatusText.Lines(Sample.StatusOf(json), ProgramRun.Start, columns)).TrimEnd();
}
