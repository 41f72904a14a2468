using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Judging;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Scenarios;

/// <summary>
/// Endpoints die, become unwell, hang and come back under load. A GET that meets one is sent again, within its version or to the baseline (configuration.md, retries and rescue), so
/// that none fails as long as there is another endpoint to send it to; once the health checks have found out, the endpoint gets nothing any more.
/// </summary>
internal sealed class FailoverScenario : IScenario
{
    // Three checks of 500 ms, one that may just be over, and a tenth of jitter are 2.2 s.
    private const double DownLimitSeconds = 4;

    // Two checks, one that may just be over, and jitter are 1.7 s.
    private const double UpLimitSeconds = 4;

    // What one part takes beside its two stretches of watching.
    private const double PartSeconds = 3;
    private const double WatchSecondsMin = 1;
    private const int WindowRequestsMin = 40;

    // A standstill of this program is one of all endpoints: FastCanary may find them down, and needs this to find them up again. What is watched meanwhile is watched again.
    private const double AftermathSeconds = UpLimitSeconds;
    private const int WatchesMax = 6;
    private const double CalmSecondsMax = 15;

    // A standstill that has just ended is noticed within this.
    private const int NoticeMs = 100;

    // The endpoints of a version have the same weight.
    private const double EndpointShareLeast = 0.45;

    private static readonly int[] Weights = [3, 1];

    public string Name => "failover";

    public string Summary => "endpoints die, hang and come back under load: no GET fails while another endpoint is left, and the shares are exact again";

    public Needs Needs => Needs.Admin | Needs.Origins;

    public double DefaultSeconds => 35;

    public double DefaultRate => 500;

    public async Task PlayAsync(ScenarioRun run)
    {
        ServiceUnderTest service = await run.Stage.ServiceAsync(Services.Failover);
        Dictionary<string, int> before = await run.Admin.WeightsAsync(service.Name);
        try
        {
            await run.Admin.SetWeightsAsync(service.Name, new Dictionary<string, int>(StringComparer.Ordinal) { ["stable"] = Weights[0], ["canary"] = Weights[1] });
            using var watch = new StandstillWatch(run.Clock);
            await new Play(run, service, watch.Seen).PlayAsync();
        }
        finally
        {
            run.Origins.Restore();
            await run.Admin.SetWeightsAsync(service.Name, before);
        }
    }

    /// <summary>One play.</summary>
    private sealed class Play(ScenarioRun run, ServiceUnderTest service, Standstills standstills)
    {
        private const string Step = "requests";

        private readonly AnswerLog _log = new(run.Clock);
        private readonly List<(double From, double To)> _baselineDown = [];
        private double _watchSeconds;

        public async Task PlayAsync()
        {
            Origins origins = run.Origins;
            ProcessUse use = await run.Admin.ProcessUseAsync();
            await AwaitAsync([], isUp: true, UpLimitSeconds);
            var step = new LoggedStep(new HttpStep(service.Host, service.Path), _log);
            await using var load = new BackgroundLoad(run, Step, service.Versions, run.Http, step, run.Rate);
            (string Name, HttpOrigin[] Of, Action<HttpOrigin> Begin, Action<HttpOrigin> End, int[] Left)[] parts =
            [
                ("an endpoint dies", [origins.Stable1], origins.TakeDown, origins.BringUp, Weights),
                ("an endpoint's health checks fail", [origins.Stable2], origin => origin.IsUnwell = true, origin => origin.IsUnwell = false, Weights),
                ("an endpoint hangs", [origins.Stable1], origin => origin.Hangs = true, origin => origin.Hangs = false, Weights),
                ("a version's only endpoint dies", [origins.Canary1], origins.TakeDown, origins.BringUp, [1, 0]),
                ("the baseline dies wholly", [origins.Stable1, origins.Stable2], origins.TakeDown, origins.BringUp, []),
            ];
            _watchSeconds = Math.Max(WatchSecondsMin, (run.Seconds - (parts.Length * PartSeconds)) / ((2 * parts.Length) + 1));
            Intend(Weights);
            await WatchAsync("before", Weights);
            foreach (var part in parts) await PlayAsync(part.Name, part.Of, part.Begin, part.End, part.Left);
            StepResult result = await load.StopAsync();
            // Nothing else may fail than what had no endpoint left, by this scenario's doing or as the endpoints stood still.
            long failed = _log.Since(0).Count(answer => answer.HasFailed && !_baselineDown.Exists(time => answer.EndedAt >= time.From && answer.SentAt <= time.To) && !standstills.Meet(answer.SentAt, answer.EndedAt, AftermathSeconds));
            run.Expect($"{Step}: failed while an endpoint was left for them", $"{failed} of {result.Ended}", "none", failed == 0 && result.Ended > 0);
            run.Figure("requests of the baseline that failed while all its endpoints were down", result.Failed - failed);
            run.Figure("longest latency", result.Latency.Max / 1000.0, "ms");
            await run.FigureUseAsync(use, result.Ended);
        }

        private async Task PlayAsync(string name, HttpOrigin[] of, Action<HttpOrigin> begin, Action<HttpOrigin> end, int[] left)
        {
            double began = run.Clock.Seconds;
            foreach (HttpOrigin origin in of) begin(origin);
            double down = await AwaitAsync(of, isUp: false, DownLimitSeconds);
            run.ExpectAtMost($"{name}: found out after", Math.Round(Took(began, down), 3), DownLimitSeconds, "s");
            Intend(left.Length > 0 ? left : Weights);
            // What was sent to it before ends, at the latest by its time-out.
            await _log.SettleAsync(down, run.Cancel);
            long before = await CountAsync(of);
            if (left.Length > 0) await WatchAsync($"{name}: after that", left);
            else await WatchWithoutBaselineAsync($"{name}: after that");
            long after = await CountAsync(of);
            if (left.Length > 0) run.ExpectAtMost($"{name}: requests to it after that", after - before, 0);

            double back = run.Clock.Seconds;
            foreach (HttpOrigin origin in of) end(origin);
            double up = await AwaitAsync(of, isUp: true, UpLimitSeconds);
            run.ExpectAtMost($"{name}: back after", Math.Round(Took(back, up), 3), UpLimitSeconds, "s");
            if (left.Length == 0) _baselineDown.Add((began, up));
            Intend(Weights);
            await _log.SettleAsync(up, run.Cancel);
            (long first, long second) = await WatchAsync($"{name}: back", Weights);
            run.ExpectAtLeast($"{name}: back, the lesser part of stable's two endpoints", Math.Round(Math.Min(first, second) / Math.Max(1.0, first + second), 3), EndpointShareLeast);
        }

        /// <summary>For a while the answers of each version are exactly its share, and none fails.</summary>
        /// <returns>How many requests each of stable's endpoints got.</returns>
        private async Task<(long First, long Second)> WatchAsync(string name, int[] weights)
        {
            (QuietWindow window, long first, long second) = await PassAsync();
            run.Expect($"{name}, answers of each version", $"{string.Join(", ", window.ByVersion)} of {window.Total}", $"{string.Join(':', weights)}, exactly", window.Total >= WindowRequestsMin && window.IsExact(weights));
            return (first, second);
        }

        /// <summary>The canary has its share all the same; the baseline's part has nobody.</summary>
        private async Task WatchWithoutBaselineAsync(string name)
        {
            (QuietWindow window, _, _) = await PassAsync();
            long least = window.Total * Weights[1] / Weights.Sum();
            run.Expect($"{name}, answers of the canary, which is left", $"{window.ByVersion[1]} of {window.Total}", $"at least {least}", window.Total >= WindowRequestsMin && window.ByVersion[1] >= least && window.Total - window.Failed >= least);
        }

        /// <summary>Lets a while pass in which this program does not stand still, and in which there is enough to be judged.</summary>
        private async Task<(QuietWindow Window, long First, long Second)> PassAsync()
        {
            for (int i = 1; ; i++)
            {
                double until = run.Clock.Seconds + CalmSecondsMax;
                while (standstills.Meet(run.Clock.Seconds, run.Clock.Seconds, AftermathSeconds) && run.Clock.Seconds < until) await Task.Delay(50, run.Cancel);
                (long first, long second) = (run.Origins.Stable1.Requests, run.Origins.Stable2.Requests);
                double from = run.Clock.Seconds;
                await Task.Delay(TimeSpan.FromSeconds(_watchSeconds), run.Cancel);
                double to = run.Clock.Seconds;
                await _log.SettleAsync(to, run.Cancel);
                (first, second) = (run.Origins.Stable1.Requests - first, run.Origins.Stable2.Requests - second);
                await Task.Delay(NoticeMs, run.Cancel);
                QuietWindow window = QuietWindow.Find(_log.Since(from), from, to, Weights.Length);
                if (i == WatchesMax || (window.Total >= WindowRequestsMin && !standstills.Meet(from, run.Clock.Seconds))) return (window, first, second);
            }
        }

        /// <summary>How long something took, without what standstills took of it.</summary>
        private double Took(double from, double to) => to - from - standstills.Within(from, to, AftermathSeconds);

        /// <summary>Waits until the admin API tells so of endpoints, and of all others that they are up; for twice the limit, and then it goes on.</summary>
        /// <returns>Seconds.</returns>
        private async Task<double> AwaitAsync(HttpOrigin[] of, bool isUp, double limit)
        {
            double until = run.Clock.Seconds + (2 * limit);
            while (run.Clock.Seconds < until)
            {
                IReadOnlyList<EndpointStatus> endpoints = await run.Admin.EndpointsAsync(service.Name);
                if (endpoints.All(endpoint => endpoint.IsUp == (isUp || !IsOf(of, endpoint)))) break;
                await Task.Delay(25, run.Cancel);
            }

            double now = run.Clock.Seconds;
            await Task.Delay(NoticeMs, run.Cancel);
            return now;
        }

        /// <summary>Requests that endpoints have got, or would have got were they there.</summary>
        private async Task<long> CountAsync(HttpOrigin[] of) =>
            of.Sum(origin => origin.Requests) + (await run.Admin.EndpointsAsync(service.Name)).Where(endpoint => IsOf(of, endpoint)).Sum(endpoint => endpoint.Failures);

        private static bool IsOf(HttpOrigin[] of, EndpointStatus endpoint) => of.Any(origin => origin.Address.ToString() == endpoint.Address);

        private void Intend(int[] weights)
        {
            foreach ((string version, int weight) in service.Versions.Names.Zip(weights)) run.Intend(Step, version, weight / (double)weights.Sum());
        }
    }
}
