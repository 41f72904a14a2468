using FastCanary.Control;
using FastCanary.Release;
using FastCanary.Traffic;

namespace FastCanary.Control.Tests;

public class RolloutKeyTests
{
    private const string Hold = "expected a time from 1ms to 168h, such as 250ms, 5s, 2m or 1h";
    private const string Weight = "expected a share from 0.01% to 100% in steps of 0.01%, such as 5% or 0.25%";
    private const string Url = "expected an absolute http or https URL without user name, such as";
    private const string Source =
        "expected \"prometheus\" and an absolute http or https URL without user name, such as \"prometheus http://127.0.0.1:9100/metrics\", or a mapping with \"path\" and \"port\"";
    private const string Window =
        "expected days, a time of the day and a time zone, such as \"Mon-Fri 09:00-16:00 Europe/Berlin\", \"Sat,Sun 10:00-12:00 UTC\" or \"22:00-02:00 UTC\"";
    private const string Query = "{ name: a, prometheus: 'http://h', query: up";

    [Fact]
    public void What_is_not_written_has_its_default()
    {
        Assert.Null(Sample.Clean(Sample.WithKeys("")).Services[0].Rollout);
        RolloutConfig rollout = Rollout("");
        Assert.Equal(("canary", "stable"), (rollout.Canary, rollout.Baseline));
        Assert.Equal(
            [(100, 1.0), (500, 2.0), (2500, 5.0), (5000, 5.0), (10_000, 0.0)], rollout.Steps.Select(step => (step.WeightBasisPoints, step.Hold.TotalMinutes)));
        Assert.Equal((AnalysisPolicy.Evidence, 100, 100), (rollout.Analysis.Policy, rollout.Analysis.FalseAbortBasisPoints, rollout.Analysis.MinRequests));
        Assert.Equal((null, true), (rollout.Analysis.Errors.MaxRateBasisPoints, rollout.Analysis.Errors.Compare));
        Assert.Equal(Enumerable.Range(500, 100), rollout.Analysis.Errors.Statuses.Statuses);
        Assert.Equal([500, 900, 990], rollout.Analysis.Latency!.QuantilesPerMille);
        Assert.Equal((3000, 1.0), (rollout.Analysis.Latency.MaxIncreaseBasisPoints, rollout.Analysis.Latency.MinIncrease.TotalMilliseconds));
        Assert.Null(rollout.Analysis.Resources ?? rollout.Analysis.Business ?? (object?)rollout.Analysis.Harm);
        Assert.Equal((FailureAction.Rollback, false, 2000, 10.0),
            (rollout.OnFailure.Action, rollout.OnFailure.IsGradual, rollout.OnFailure.StepBasisPoints, rollout.OnFailure.Interval.TotalSeconds));
        Assert.Equal((24.0, DeadlineOutcome.Pause), (rollout.Deadlines.Step.After.TotalHours, rollout.Deadlines.Step.Outcome));
        Assert.Equal((168.0, DeadlineOutcome.Abort), (rollout.Deadlines.Pause.After.TotalHours, rollout.Deadlines.Pause.Outcome));
        Assert.Equal((10.0, 100), (rollout.Promotion.Watch.TotalMinutes, rollout.Promotion.HoldBackBasisPoints));
        Assert.Empty(rollout.Allow);
        Assert.Empty(rollout.Notify);
    }

    [Fact]
    public void A_guard_that_is_not_written_beside_others_is_off_but_for_errors()
    {
        AnalysisConfig analysis = Rollout("analysis: { harm: { max: 5 } }").Analysis;
        Assert.Equal((true, null, 5), (analysis.Errors.Compare, analysis.Latency, analysis.Harm!.Max));
        Assert.Null(Rollout("analysis: {}").Analysis.Latency);
    }

    [Fact]
    public void A_guard_that_is_written_bare_has_its_defaults()
    {
        AnalysisConfig analysis = Rollout("analysis: { latency: {}, business: { header: X-E }, resources: { cpu: 5%, from: {} }, queries: [{ name: a, prometheus: 'http://h', query: up, max: 0 }] }").Analysis;
        Assert.Equal([500, 900, 990], analysis.Latency!.QuantilesPerMille);
        Assert.Equal(0, analysis.Business!.Max);
        Assert.Equal((null, "/metrics", 0, 0), (analysis.Resources!.Url, analysis.Resources.Path, analysis.Resources.Port, analysis.Resources.MemoryLimitBytes));
        Assert.Equal(15, analysis.Queries[0].Interval.TotalSeconds);
    }

    [Fact]
    public void Guards_are_read()
    {
        AnalysisConfig analysis = Rollout("""
            analysis:
              falseAbort: 0.5%
              minRequests: 0
              errors: { status: [5xx, 404, "429"], maxRate: 0.01%, compare: false }
              latency: { quantiles: [p5, p99.9], maxIncrease: 250%, minIncrease: 0s }
              resources: { cpu: 250%, memory: 90%, from: { path: /m, port: 9100 }, memoryLimit: 512MiB }
              business: { header: X-Business-Error, max: 7 }
              queries:
                - { name: a, prometheus: "https://[::1]:9090/prefix", query: "up{job=\"x\"}", max: 0.25, interval: 1h }
                - { name: b, prometheus: "http://h", query: up, min: -1e3 }
              harm: { max: 12 }
            """).Analysis;
        Assert.Equal((50, 0, 1, false), (analysis.FalseAbortBasisPoints, analysis.MinRequests, analysis.Errors.MaxRateBasisPoints!.Value, analysis.Errors.Compare));
        Assert.Equal([404, 429, .. Enumerable.Range(500, 100)], analysis.Errors.Statuses.Statuses);
        Assert.Equal([50, 999], analysis.Latency!.QuantilesPerMille);
        Assert.Equal((25_000, TimeSpan.Zero), (analysis.Latency.MaxIncreaseBasisPoints, analysis.Latency.MinIncrease));
        Assert.Equal(
            (25_000, 9000, "/m", 9100, 512L << 20),
            (analysis.Resources!.CpuBasisPoints!.Value, analysis.Resources.MemoryBasisPoints!.Value, analysis.Resources.Path, analysis.Resources.Port, analysis.Resources.MemoryLimitBytes));
        Assert.Equal(("X-Business-Error", 7, 12), (analysis.Business!.Header, analysis.Business.Max, analysis.Harm!.Max));
        Assert.Equal(
            [("a", "https://[::1]:9090/prefix", "up{job=\"x\"}", 0.25, null, 3600.0), ("b", "http://h/", "up", (double?)null, (double?)-1000, 15.0)],
            analysis.Queries.Select(query => (query.Name, query.Prometheus!.AbsoluteUri, query.Query, query.Max, query.Min, query.Interval.TotalSeconds)));
    }

    [Fact]
    public void Thresholds_are_read()
    {
        ThresholdsConfig thresholds = Rollout("""
            analysis:
              policy: thresholds
              resources: { from: "prometheus http://h/metrics" }
              business: { header: X-E }
              thresholds: { successRate: 99.5%, latencyIncrease: 150%, cpu: 80%, business: 3, healthy: 5%, unhealthy: 50%, period: 30s }
            """).Analysis.Thresholds;
        Assert.Equal((9950, 15_000, 8000, 3), (thresholds.SuccessRateBasisPoints, thresholds.LatencyIncreaseBasisPoints, thresholds.CpuBasisPoints, thresholds.Business));
        Assert.Equal((500, 5000, 30.0), (thresholds.HealthyBasisPoints, thresholds.UnhealthyBasisPoints, thresholds.Period.TotalSeconds));
        ThresholdsConfig defaults = Rollout("analysis: { policy: thresholds }").Analysis.Thresholds;
        Assert.Equal((9500, 3000, 7000, 0), (defaults.SuccessRateBasisPoints, defaults.LatencyIncreaseBasisPoints, defaults.CpuBasisPoints, defaults.Business));
        Assert.Equal((1000, 2000, 60.0), (defaults.HealthyBasisPoints, defaults.UnhealthyBasisPoints, defaults.Period.TotalSeconds));
    }

    [Fact]
    public void Steps_outcomes_and_notifiers_are_read()
    {
        RolloutConfig rollout = Rollout("""
            steps: [{ pause: true }, { weight: 0.01%, hold: 168h }, { pause: 5m }, { weight: 0.01% }, { weight: 60%, hold: 1ms }]
            onFailure: { action: rollback, mode: gradual, step: 5%, interval: 1s }
            deadlines: { step: { after: 1h, outcome: promote }, pause: { after: 8760h, outcome: wait } }
            promotion: { watch: 0s }
            notify:
              - { webhook: "https://hooks.example/x?y=1", on: [completed, started, started] }
              - { alertmanager: "http://127.0.0.1:9093" }
            """);
        Assert.Equal(
            [(0, 0.0, true), (1, 604_800_000.0, false), (0, 300_000.0, true), (1, 0.0, false), (6000, 1.0, false)],
            rollout.Steps.Select(step => (step.WeightBasisPoints, step.Hold.TotalMilliseconds, step.IsPause)));
        Assert.Equal((true, 500, 1.0), (rollout.OnFailure.IsGradual, rollout.OnFailure.StepBasisPoints, rollout.OnFailure.Interval.TotalSeconds));
        Assert.Equal((1.0, DeadlineOutcome.Promote, 8760.0, DeadlineOutcome.Wait),
            (rollout.Deadlines.Step.After.TotalHours, rollout.Deadlines.Step.Outcome, rollout.Deadlines.Pause.After.TotalHours, rollout.Deadlines.Pause.Outcome));
        Assert.Equal(TimeSpan.Zero, rollout.Promotion.Watch);
        Assert.Equal(
            [(NotifyTarget.Webhook, "https://hooks.example/x?y=1", "completed started"), (NotifyTarget.Alertmanager, "http://127.0.0.1:9093/", "aborted promoted paused")],
            rollout.Notify.Select(notify => (notify.Target, notify.Url!.AbsoluteUri, string.Join(' ', notify.On))));
    }

    [Theory]
    [InlineData("Mon-Fri 09:00-16:00 Europe/Berlin", 0b0111110, 540, 960, "Europe/Berlin")]
    [InlineData("Sat,Sun 10:00-12:00 UTC", 0b1000001, 600, 720, "UTC")]
    [InlineData("22:00-02:00 UTC", 0b1111111, 1320, 120, "UTC")]
    [InlineData("00:00-24:00 America/New_York", 0b1111111, 0, 1440, "America/New_York")]
    [InlineData("Fri-Mon,Wed 08:30-09:15 UTC", 0b1101011, 510, 555, "UTC")]
    [InlineData("Sun 23:59-00:00 UTC", 0b0000001, 1439, 0, "UTC")]
    public void A_window_has_days_times_and_a_zone(string allow, int days, int from, int to, string zone)
    {
        ScheduleWindow window = Assert.Single(Rollout($"schedule: {{ allow: \"{allow}\" }}").Allow);
        Assert.Equal((days, from, to, zone), (window.Days, window.FromMinute, window.ToMinute, window.Zone));
    }

    [Fact]
    public void There_can_be_several_windows() =>
        Assert.Equal([540, 600], Rollout("schedule: { allow: [\"09:00-10:00 UTC\", \"Mon 10:00-11:00 UTC\"] }").Allow.Select(window => window.FromMinute));

    [Theory]
    [InlineData("Mon-Fri 09:00-16:00")]
    [InlineData("09:00 UTC")]
    [InlineData("mon 09:00-16:00 UTC")]
    [InlineData("Monday 09:00-16:00 UTC")]
    [InlineData("Mon-Tue-Wed 09:00-16:00 UTC")]
    [InlineData("Mon, Tue 09:00-16:00 UTC")]
    [InlineData("9:00-16:00 UTC")]
    [InlineData("09:60-16:00 UTC")]
    [InlineData("24:00-16:00 UTC")]
    [InlineData("09:00-24:01 UTC")]
    [InlineData("09:00-16:00 ../UTC")]
    [InlineData("09:00-16:00  UTC")]
    public void Another_window_is_refused(string allow) =>
        Sample.AssertOnlyError(Sample.WithRollout($"schedule: {{ allow: §\"{allow}\" }}"), $"services.s.rollout.schedule.allow: {Window}, got \"{allow}\"");

    [Theory]
    [InlineData("canary: canary, baseline: §canary", "baseline: canary is the canary, and cannot be compared with itself; expected another version: stable")]
    [InlineData("canary: §cannary, baseline: stable", "canary: unknown version \"cannary\"; did you mean \"canary\"? versions: stable, canary")]
    [InlineData("canary: canary, baseline: §live", "baseline: unknown version \"live\"; versions: stable, canary")]
    [InlineData("canary: §live, baseline: live", "canary: unknown version \"live\"; versions: stable, canary")]
    [InlineData("canary: §[canary], baseline: stable", "canary: expected the name of a version, got a list")]
    [InlineData("canary: canary, baseline: stable, §step: []", "step: unknown key \"step\"; did you mean \"steps\"? allowed here: canary, baseline, steps, analysis, onFailure, deadlines, schedule, promotion, notify")]
    public void A_rollout_is_between_two_versions(string keys, string error) =>
        Sample.AssertOnlyError(Sample.WithKeys($"rollout: {{ {keys} }}"), $"services.s.rollout.{error}");

    [Theory]
    [InlineData("rollout: §{ baseline: stable }", "rollout: the key \"canary\" is missing")]
    [InlineData("rollout: §{ canary: canary }", "rollout: the key \"baseline\" is missing")]
    [InlineData("rollout: §true", "rollout: expected a mapping of keys to values, got true")]
    public void A_rollout_names_both(string keys, string error) => Sample.AssertOnlyError(Sample.WithKeys(keys), $"services.s.{error}");

    [Fact]
    public void A_service_with_one_version_has_no_rollout() =>
        Sample.AssertOnlyError(
            $"{Sample.Listeners}{Sample.Services}    rollout: {{ canary: v, baseline: §v }}\n",
            "services.s.rollout.baseline: v is the canary, and cannot be compared with itself; expected another version, and the service has no other");

    [Theory]
    [InlineData("v2: { weight: §5, endpoints: [\"127.0.0.1:3\"] }", ".weight: expected weight: 0, got 5: with")]
    [InlineData("§v2: { endpoints: [\"127.0.0.1:3\"] }", ": expected weight: 0, got 1, which is the default: with")]
    public void Other_versions_have_no_weight(string version, string error) =>
        Sample.AssertOnlyError(
            Sample.WithKeys("rollout: { canary: canary, baseline: stable }").Replace("      stable:", $"      {version}\n      stable:"),
            $"services.s.versions.v2{error} a rollout the split is between stable and canary; rules can still send requests to v2");

    [Fact]
    public void Other_versions_without_a_weight_are_fine()
    {
        ServiceConfig service = Sample.Clean(
            Sample.WithRollout("").Replace("      stable:", "      v2: { weight: 0, endpoints: [\"127.0.0.1:3\"] }\n      stable:")).Services[0];
        Assert.Equal(3, service.Versions.Count);
    }

    [Theory]
    [InlineData("steps: §[]", "steps: expected at least one step")]
    [InlineData("steps: §{ weight: 1% }", "steps: expected a list of steps, got a mapping")]
    [InlineData("steps: [§5%]", "steps[0]: expected a mapping of keys to values, got \"5%\"")]
    [InlineData("steps: [{ weight: §0% }]", $"steps[0].weight: {Weight}, got \"0%\"")]
    [InlineData("steps: [{ weight: §100.01% }]", $"steps[0].weight: {Weight}, got \"100.01%\"")]
    [InlineData("steps: [{ weight: §5 }]", $"steps[0].weight: {Weight}, got 5")]
    [InlineData("steps: [{ weight: 5% }, { pause: true }, { weight: §4.99% }]", "steps[2].weight: expected at least 5%, what a step before has, got 4.99%: a rollout's weights never fall")]
    [InlineData("steps: [{ weight: 5%, hold: §169h }]", $"steps[0].hold: {Hold}, got \"169h\"")]
    [InlineData("steps: [{ weight: 5%, §pause: true }]", "steps[0].pause: a step has either \"weight\" or \"pause\", not both; make the pause a step of its own, behind this one")]
    [InlineData("steps: [{ pause: true, §hold: 5m }, { weight: 1% }]", "steps[0].hold: has no meaning in a pause; a pause that ends by itself is written \"pause: 5m\"")]
    [InlineData("steps: [{ weight: 1% }, §{ hold: 5m }]", "steps[1]: a step needs \"weight\" or \"pause\"")]
    [InlineData("steps: [{ weight: 1% }, { pause: §false }]", "steps[1].pause: expected true or a time such as 5m, got false; leave the step away")]
    [InlineData("steps: [{ weight: 1% }, { pause: §0s }]", "steps[1].pause: expected true, or a time from 1ms to 168h, such as 250ms, 5s, 2m or 1h, got \"0s\"")]
    [InlineData("steps: §[{ pause: true }]", "steps: expected at least one step with a \"weight\": with pauses alone the canary gets nothing")]
    [InlineData("steps: [{ §wait: 5m }]", "steps[0].wait: unknown key \"wait\"; allowed here: weight, hold, pause")]
    [InlineData("onFailure: { action: §abort }", "onFailure.action: expected rollback or hold, got \"abort\"")]
    [InlineData("onFailure: { mode: §slow }", "onFailure.mode: expected immediate or gradual, got \"slow\"")]
    [InlineData("onFailure: { mode: gradual, step: §0% }", $"onFailure.step: {Weight}, got \"0%\"")]
    [InlineData("onFailure: { mode: gradual, interval: §999ms }", "onFailure.interval: expected a time from 1s to 1h, such as 5s, 2m or 1h, got \"999ms\"")]
    [InlineData("deadlines: { step: { after: §8761h } }", "deadlines.step.after: expected a time from 1s to 8760h, such as 5s, 2m or 1h, got \"8761h\"")]
    [InlineData("deadlines: { pause: { outcome: §rollback } }", "deadlines.pause.outcome: expected pause, promote, abort or wait, got \"rollback\"")]
    [InlineData("deadlines: { §hold: { after: 1h } }", "deadlines.hold: unknown key \"hold\"; allowed here: step, pause")]
    [InlineData("schedule: §{}", "schedule: the key \"allow\" is missing")]
    [InlineData("schedule: { allow: §[] }", "schedule.allow: expected at least one window")]
    [InlineData("schedule: { allow: [§\"09:00-16:00 Europe/Atlantis\"] }", "schedule.allow[0]: the system knows no time zone \"Europe/Atlantis\"; expected UTC or a name of the IANA database, such as Europe/Berlin (systems have it from the package tzdata)")]
    [InlineData("schedule: { allow: §\"09:00-09:00 UTC\" }", "schedule.allow: the window closes when it opens; a whole day is 00:00-24:00")]
    [InlineData("promotion: { watch: §169h }", "promotion.watch: expected a time from 0s to 168h, such as 250ms, 5s, 2m or 1h, got \"169h\"")]
    [InlineData("promotion: { holdBack: §51% }", "promotion.holdBack: expected a share from 0% to 50% in steps of 0.01%, such as 5% or 0.25%, got \"51%\"")]
    [InlineData("notify: [§{}]", "notify[0]: a notifier needs \"webhook\" or \"alertmanager\"")]
    [InlineData("notify: [{ webhook: 'http://h', §alertmanager: 'http://h' }]", "notify[0].alertmanager: a notifier has either \"webhook\" or \"alertmanager\", not both; list two")]
    [InlineData("notify: [{ webhook: §hooks.example }]", $"notify[0].webhook: {Url} https://hooks.example/x, got text that is not shown")]
    [InlineData("notify: [{ alertmanager: §'//h' }]", $"notify[0].alertmanager: {Url} http://127.0.0.1:9093, got \"//h\"")]
    [InlineData("notify: [{ alertmanager: §'http://u@h' }]", $"notify[0].alertmanager: {Url} http://127.0.0.1:9093, got text that is not shown, since there is an \"@\" in it; where a password is needed, let a proxy add it")]
    [InlineData("notify: [{ webhook: 'http://h', on: [aborted, §retried] }]", "notify[0].on[1]: expected started, advanced, paused, held, promoted, aborted, undone or completed, got \"retried\"")]
    [InlineData("notify: [{ webhook: 'http://h', on: §[] }]", "notify[0].on: expected at least one decision")]
    [InlineData("notify: [{ webhook: 'http://h', on: §aborted }]", "notify[0].on: expected a list of decisions, got \"aborted\"")]
    [InlineData("notify: §{}", "notify: expected a list of notifiers, got a mapping")]
    public void A_wrong_value_says_what_is_wrong_and_where(string keys, string error) => Sample.AssertOnlyError(Sample.WithRollout(keys), $"services.s.rollout.{error}");

    [Theory]
    [InlineData("policy: §canary", "policy: expected evidence or thresholds, got \"canary\"")]
    [InlineData("falseAbort: §0%", "falseAbort: expected a share from 0.01% to 50% in steps of 0.01%, such as 5% or 0.25%, got \"0%\"")]
    [InlineData("falseAbort: §51%", "falseAbort: expected a share from 0.01% to 50% in steps of 0.01%, such as 5% or 0.25%, got \"51%\"")]
    [InlineData("minRequests: §1000000001", "minRequests: expected a whole number from 0 to 1000000000, got 1000000001")]
    [InlineData("errors: { status: [§5XX] }", "errors.status[0]: expected a status from 100 to 599, or a class of them such as 5xx, got \"5XX\"")]
    [InlineData("errors: { maxRate: §0% }", $"errors.maxRate: {Weight}, got \"0%\"")]
    [InlineData("errors: { compare: §yes }", "errors.compare: expected true or false, got \"yes\"")]
    [InlineData("latency: { quantiles: [§p100] }", "latency.quantiles[0]: expected a quantile from p1 to p99.9, such as p50, p99 or p99.5, got \"p100\"")]
    [InlineData("latency: { quantiles: [§p0] }", "latency.quantiles[0]: expected a quantile from p1 to p99.9, such as p50, p99 or p99.5, got \"p0\"")]
    [InlineData("latency: { quantiles: [§p99.99] }", "latency.quantiles[0]: expected a quantile from p1 to p99.9, such as p50, p99 or p99.5, got \"p99.99\"")]
    [InlineData("latency: { quantiles: [§99] }", "latency.quantiles[0]: expected a quantile from p1 to p99.9, such as p50, p99 or p99.5, got 99; text like that needs quotes")]
    [InlineData("latency: { quantiles: [p99, §p99.0] }", "latency.quantiles[1]: p99.0 is listed already")]
    [InlineData("latency: { quantiles: §[p1, p2, p3, p4] }", "latency.quantiles: expected at most 3 quantiles, got 4")]
    [InlineData("latency: { quantiles: §[] }", "latency.quantiles: expected at least one quantile")]
    [InlineData("latency: { maxIncrease: §10001% }", "latency.maxIncrease: expected a share from 0% to 10000% in steps of 0.01%, such as 5% or 0.25%, got \"10001%\"")]
    [InlineData("latency: { minIncrease: §61s }", "latency.minIncrease: expected a time from 0s to 1m, such as 250ms or 5s, got \"61s\"")]
    [InlineData("resources: §{ cpu: 5% }", "resources: the key \"from\" is missing")]
    [InlineData("resources: §{ from: \"prometheus http://h\" }", "resources: needs \"cpu\", \"memory\" or both")]
    [InlineData("resources: { cpu: §0%, from: {} }", "resources.cpu: expected a share from 0.01% to 10000% in steps of 0.01%, such as 5% or 0.25%, got \"0%\"")]
    [InlineData("resources: { memory: §101%, from: {} }", $"resources.memory: {Weight}, got \"101%\"")]
    [InlineData("resources: { cpu: 5%, from: §'http://h' }", $"resources.from: {Source}, got \"http://h\"")]
    [InlineData("resources: { cpu: 5%, from: §'prometheus ftp://h' }", $"resources.from: {Source}, got \"prometheus ftp://h\"")]
    [InlineData("resources: { cpu: 5%, from: { path: §metrics } }", "resources.from.path: expected a path that begins with \"/\", with or without a query, such as /metrics, got \"metrics\"")]
    [InlineData("resources: { cpu: 5%, from: { port: §65536 } }", "resources.from.port: expected a whole number from 0 to 65535, got 65536")]
    [InlineData("resources: { cpu: 5%, from: {}, memoryLimit: §1KiB }", "resources.memoryLimit: expected a size from 1MiB to 16384GiB, such as 4096, 64KiB or 10MiB, got \"1KiB\"")]
    [InlineData("business: §{ max: 5 }", "business: the key \"header\" is missing")]
    [InlineData("business: { header: §a b }", "business.header: expected a field's name: letters, digits and any of !#$%&'*+-.^_`|~, got \"a b\"")]
    [InlineData("business: { header: a, max: §-1 }", "business.max: expected a whole number from 0 to 1000000000, got -1")]
    [InlineData("queries: §{}", "queries: expected a list of queries, got a mapping")]
    [InlineData("queries: [§{ name: a, prometheus: 'http://h', max: 0 }]", "queries[0]: the key \"query\" is missing")]
    [InlineData($"queries: [§{Query} }}]", "queries[0]: a query needs \"max\" or \"min\"")]
    [InlineData($"queries: [{Query}, max: 1, §min: 0 }}]", "queries[0].min: a query has either \"max\" or \"min\", not both; for two bounds, list it twice under two names")]
    [InlineData($"queries: [{Query}, max: §\"1\" }}]", "queries[0].max: expected a number, such as 5, 0.25 or -1, got the text \"1\"; leave the quotes away")]
    [InlineData($"queries: [{Query}, min: §.inf }}]", "queries[0].min: expected a number, such as 5, 0.25 or -1, got .inf")]
    [InlineData($"queries: [{Query}, min: §1e999 }}]", "queries[0].min: expected a number, such as 5, 0.25 or -1, got 1e999")]
    [InlineData($"queries: [{Query}, min: 1, interval: §2h }}]", "queries[0].interval: expected a time from 1s to 1h, such as 5s, 2m or 1h, got \"2h\"")]
    [InlineData($"queries: [{Query}, min: 1 }}, {{ name: §a, prometheus: 'http://h', query: up, max: 0 }}]", "queries[1].name: the query a is listed already, at line 12")]
    [InlineData("queries: [{ name: §a b, prometheus: 'http://h', query: up, max: 0 }]", "queries[0].name: expected 1 to 63 letters, digits, \".\", \"_\" or \"-\", got \"a b\"")]
    [InlineData("queries: [{ name: a, prometheus: §127.0.0.1, query: up, max: 0 }]", $"queries[0].prometheus: {Url} http://127.0.0.1:9090, got \"127.0.0.1\"")]
    [InlineData("queries: [{ name: a, prometheus: 'http://h', query: §' ', max: 0 }]", "queries[0].query: expected a query in PromQL, 1 to 16384 characters, got \" \"")]
    [InlineData("harm: §{}", "harm: the key \"max\" is missing")]
    [InlineData("harm: { max: §0 }", "harm.max: expected a whole number from 1 to 1000000000, got 0")]
    [InlineData("policy: thresholds, thresholds: { §cpu: 5% }", "thresholds.cpu: needs \"resources.from\" beside \"thresholds\": without it nothing tells the canary's CPU")]
    [InlineData("policy: thresholds, thresholds: { §business: 5 }", "thresholds.business: needs \"business.header\" beside \"thresholds\": without it no response is a business error")]
    [InlineData("policy: thresholds, thresholds: { healthy: §0% }", $"thresholds.healthy: {Weight}, got \"0%\"")]
    [InlineData("policy: thresholds, thresholds: { unhealthy: §101% }", $"thresholds.unhealthy: {Weight}, got \"101%\"")]
    [InlineData("policy: thresholds, thresholds: { period: §999ms }", "thresholds.period: expected a time from 1s to 24h, such as 5s, 2m or 1h, got \"999ms\"")]
    public void A_wrong_guard_says_what_is_wrong_and_where(string analysis, string error) =>
        Sample.AssertOnlyError(Sample.WithRollout($"analysis: {{ {analysis} }}"), $"services.s.rollout.analysis.{error}");

    [Fact]
    public void Evidence_needs_a_guard() =>
        Sample.AssertOnlyError(
            Sample.WithRollout("analysis: §{ errors: { compare: false } }"),
            "services.s.rollout.analysis: nothing is judged: leave \"errors.compare\" true, or name one of errors.maxRate, latency, resources, business, queries and harm");

    [Theory]
    [InlineData("errors: { compare: false, maxRate: 5% }")]
    [InlineData("errors: { compare: false }, harm: { max: 5 }")]
    [InlineData("errors: { compare: false }, latency: {}")]
    [InlineData("policy: thresholds, errors: { compare: false }")]
    public void Any_guard_will_do(string analysis) => Assert.False(Rollout($"analysis: {{ {analysis} }}").Analysis.Errors.Compare);

    [Theory]
    [InlineData("analysis: { §thresholds: {} }", "analysis.thresholds: does nothing: the policy is evidence; thresholds are for \"policy: thresholds\"")]
    [InlineData("analysis: { policy: thresholds }\n§steps: [{ weight: 5% }]", "steps: do nothing: with \"policy: thresholds\" the share moves by thresholds.healthy and thresholds.unhealthy")]
    [InlineData("onFailure: { §step: 5% }", "onFailure.step: does nothing without \"mode: gradual\": the share is taken back at once")]
    [InlineData("onFailure: { mode: immediate, §interval: 5s }", "onFailure.interval: does nothing without \"mode: gradual\": the share is taken back at once")]
    [InlineData("onFailure: { action: hold, §mode: gradual }", "onFailure.mode: does nothing: with \"action: hold\" the share stays where it is")]
    [InlineData("promotion: { watch: 0s, §holdBack: 5% }", "promotion.holdBack: does nothing with \"watch: 0s\": the baseline keeps its share only while the canary is watched")]
    public void What_does_nothing_is_warned_of(string keys, string warning) => Sample.AssertOnlyWarning(Sample.WithRollout(keys), $"services.s.rollout.{warning}");

    [Fact]
    public void A_rollout_that_a_restart_forgets_is_warned_of() =>
        Sample.AssertOnlyWarning(
            Sample.WithKeys("§rollout: { canary: canary, baseline: stable }"),
            "services.s.rollout: a restart forgets where the rollout is, and its journal: without \"state\" at the top of the file, nothing is kept");

    [Fact]
    public void A_rollout_that_only_tcp_listeners_feed_is_warned_of() =>
        Sample.AssertOnlyWarning(
            $"{Sample.WithKeys("§rollout: { canary: canary, baseline: stable }")}state: {{ path: state }}\n".Replace("    service: s", "    protocol: tcp\n    service: s"),
            "services.s.rollout: statuses, latency and business errors are not judged, connections that fail are: only tcp listeners use the service, and they see no requests");

    [Theory]
    [InlineData("stable")]
    [InlineData("canary")]
    public void The_rollouts_baseline_is_the_services(string baseline)
    {
        string canary = baseline == "stable" ? "canary" : "stable";
        FastCanaryConfig config = Sample.Config(Sample.WithKeys($"rollout: {{ canary: {canary}, baseline: {baseline} }}"));
        var errors = new List<ConfigError>();
        Snapshot snapshot = new SnapshotCompiler(new StateTable(), _ => []).Compile(config, errors)!;
        Assert.Equal(baseline, snapshot.Services[0].Baseline.Name);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("analysis: { errors: { status: [5xx, 503] } }", "")]
    [InlineData("analysis: { errors: { status: [404, 5xx, 429] } }", "404 429")]
    [InlineData("analysis: { business: { header: X-Business-Error } }", "x-business-error")]
    [InlineData("analysis: { errors: { status: [404] }, business: { header: X-E } }", "404 x-e")]
    public void What_counts_as_evidence_is_in_the_snapshot(string keys, string evidence)
    {
        var errors = new List<ConfigError>();
        AnalysisModel? analysis = new SnapshotCompiler(new StateTable(), _ => []).Compile(Sample.Config(Sample.WithRollout(keys)), errors)!.Services[0].Analysis;
        IEnumerable<string> header = analysis?.BusinessHeader is { } name ? [System.Text.Encoding.ASCII.GetString(name)] : [];
        Assert.Equal(evidence, string.Join(' ', [.. analysis?.FailureStatuses.Select(status => $"{status}") ?? [], .. header]));
        Assert.Equal(evidence.Length == 0, analysis is null);
    }

    [Fact]
    public void The_example_of_a_release_has_no_error_and_no_warning()
    {
        string path = Path.Combine(Sample.Root, "config", "examples", "release.yaml");
        ConfigResult result = ConfigLoader.Load(path, Sample.NoEnvironment);
        Assert.Equal("", string.Join('\n', result.Errors));
        Assert.Equal("", string.Join('\n', result.Warnings));
        string text = File.ReadAllText(path);
        foreach (Section section in (Section[])
            [
                HealthSection.Keys, RolloutSection.Keys, RolloutStepSection.Keys, AnalysisSection.Keys, ErrorsSection.Keys, LatencySection.Keys, ResourcesSection.Keys,
                BusinessSection.Keys, QuerySection.Keys, HarmSection.Keys, ThresholdsSection.Keys, OnFailureSection.Keys, DeadlinesSection.Keys, DeadlineSection.Keys,
                ScheduleSection.Keys, PromotionSection.Keys, NotifySection.Keys, AdminSection.Keys, AdminTokensSection.Keys, LogSection.Keys, AccessLogSection.Keys,
                StateSection.Keys, JournalSection.Keys,
            ])
        {
            Assert.All(section.Keys, key => Assert.Contains($"{key}:", text));
        }
    }

    private static RolloutConfig Rollout(string keys) => Sample.Clean(Sample.WithRollout(keys)).Services[0].Rollout!;
}
