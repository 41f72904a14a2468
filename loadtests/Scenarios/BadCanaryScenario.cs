using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Judging;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Scenarios;

/// <summary>
/// A rollout by the default plan, whose first step gives the canary 1 % for a minute: a canary that fails, and one that is slow, are taken back by themselves in this step; one that is
/// no worse is not. The default plan takes back one good release in a hundred (releasing.md), over all its steps; in the seconds of one step next to none.
/// </summary>
internal sealed class BadCanaryScenario : IScenario
{
    private const double FailureShare = 0.5;
    private const double DelaySeconds = 0.1;
    private const long HurtMax = 100;

    // Requests of the canary that are enough by far to find that half of them fail, or that all are slow.
    private const int CanaryRequestsEnough = 40;
    private const double AbortSecondsMin = 20;

    // Slowness is judged against the baseline's quantiles, which need requests.
    private const double LatencyRateFactor = 10;
    private const double GoodSecondsMin = 15;

    // In the first step it lasts a minute: more would be the next step's share.
    private const double GoodSecondsMax = 50;

    // So many of all requests while nothing may come to the canary any more: under a split that has not changed it would have had three.
    private const int AfterAbortRequests = 300;

    private static readonly int[] FirstStep = [99, 1];

    public string Name => "bad-canary";

    public string Summary => "a canary that fails half its requests, and a slow one, are aborted at 1 % with at most 100 hurt; one that is no worse is not";

    public Needs Needs => Needs.Admin | Needs.Origins;

    public double DefaultSeconds => 60;

    public double DefaultRate => 100;

    public async Task PlayAsync(ScenarioRun run)
    {
        var play = new Play(run, await run.Stage.ServiceAsync(Services.Rollout));
        try
        {
            await play.FailingAsync();
            await play.SlowAsync();
            await play.GoodAsync();
        }
        finally
        {
            run.Origins.Restore();
            await play.EndAsync();
        }
    }

    /// <summary>One play.</summary>
    private sealed class Play(ScenarioRun run, ServiceUnderTest service)
    {
        private readonly AnswerLog _log = new(run.Clock);
        private readonly int _canary = service.Versions.Names.ToList().IndexOf("canary");

        private HttpOrigin Canary => run.Origins.Canary1;

        /// <summary>Half of the canary's requests fail.</summary>
        public async Task FailingAsync()
        {
            const string name = "a canary that fails";
            await using BackgroundLoad load = Load(name, run.Rate);
            await AbortAsync(name, "errors", run.Rate, () => Canary.FailureShare = FailureShare);
            StepResult result = await load.StopAsync();
            run.ExpectAtMost($"{name}: failed answers that clients got", result.Failed, HurtMax);
            run.Expect($"{name}: failed answers of others", $"{result.Failed - result.Failures.GetValueOrDefault(Failures.Status(500))}", "none", result.Failed == result.Failures.GetValueOrDefault(Failures.Status(500)));
        }

        /// <summary>Every answer of the canary is late.</summary>
        public async Task SlowAsync()
        {
            const string name = "a canary that is slow";
            double rate = run.Rate * LatencyRateFactor;
            await using BackgroundLoad load = Load(name, rate);
            await AbortAsync(name, "latency", rate, () => Canary.DelaySeconds = DelaySeconds);
            run.ExpectNoFailures(await load.StopAsync());
        }

        /// <summary>A canary that is as the baseline stays, with exactly its share.</summary>
        public async Task GoodAsync()
        {
            const string name = "a canary that is no worse";
            double rate = run.Rate * LatencyRateFactor;
            await using BackgroundLoad load = Load(name, rate);
            await BeginAsync();
            double from = run.Clock.Seconds;
            Intend(name, FirstStep);
            double until = from + Math.Clamp(run.Seconds - run.Clock.Seconds, GoodSecondsMin, GoodSecondsMax);
            RolloutStatus status = await run.Admin.RolloutAsync(service.Name);
            while (run.Clock.Seconds < until && status.Phase == "Progressing")
            {
                await Task.Delay(100, run.Cancel);
                status = await run.Admin.RolloutAsync(service.Name);
            }

            double to = run.Clock.Seconds;
            await _log.SettleAsync(to, run.Cancel);
            QuietWindow window = QuietWindow.Find(_log.Since(from), from, to, service.Versions.Count);
            run.Expect($"{name}: after {to - from:0} s", $"{status.Phase}, step {status.Step}: {status.Reason}", "Progressing, step 1", status is { Phase: "Progressing", Step: 1 });
            run.Expect($"{name}: answers of each version", $"{string.Join(", ", window.ByVersion)} of {window.Total}", $"{string.Join(':', FirstStep)}, exactly", window.Total >= FirstStep.Sum() && window.IsExact(FirstStep));
            run.ExpectNoFailures(await load.StopAsync());
        }

        /// <summary>The baseline has everything; a later play begins anew.</summary>
        public async Task EndAsync()
        {
            if ((await run.Admin.RolloutAsync(service.Name)).Phase is "Progressing" or "Paused" or "Aborting") await run.Admin.RolloutAsync(service.Name, "abort");
        }

        private BackgroundLoad Load(string name, double rate)
        {
            Intend(name, [1, 0]);
            return new BackgroundLoad(run, name, service.Versions, run.Http, new LoggedStep(new HttpStep(service.Host, service.Path), _log), rate);
        }

        /// <summary>Begins a rollout of a canary that is bad, and waits until it is taken back, wholly.</summary>
        private async Task AbortAsync(string name, string guard, double rate, Action spoil)
        {
            await BeginAsync();
            double began = run.Clock.Seconds;
            Intend(name, FirstStep);
            spoil();
            double limit = Math.Max(AbortSecondsMin, CanaryRequestsEnough * FirstStep.Sum() / rate);
            RolloutStatus status;
            do
            {
                await Task.Delay(25, run.Cancel);
                status = await run.Admin.RolloutAsync(service.Name);
            }
            while (status.Phase != "Aborted" && run.Clock.Seconds < began + limit);

            double aborted = run.Clock.Seconds;
            Intend(name, [1, 0]);
            run.Expect($"{name}: aborted by itself", $"{status.Phase} after {aborted - began:0.0} s", $"Aborted within {limit:0} s", status.Phase == "Aborted");
            run.Expect($"{name}: the reason", status.Reason, $"{guard}: …", status.Reason.StartsWith(guard + ": ", StringComparison.Ordinal));
            (int stable, int canary) = (status.Weights["stable"], status.Weights["canary"]);
            run.Expect($"{name}: the split after that, stable:canary", $"{stable}:{canary}", "all to stable", stable > 0 && canary == 0);

            // What was sent before has come to its end: from here on nothing comes to the canary.
            await _log.SettleAsync(aborted, run.Cancel);
            long requests = Canary.Requests;
            long ended = run.Steps[^1].Ended;
            while (run.Steps[^1].Ended < ended + AfterAbortRequests) await Task.Delay(50, run.Cancel);
            long late = _log.Since(aborted).Count(answer => answer.SentAt > aborted && answer.Version == _canary);
            run.Expect($"{name}: requests to it after that", $"{Canary.Requests - requests} at the endpoint, {late} answers, of {run.Steps[^1].Ended - ended}", "none", Canary.Requests == requests && late == 0);
            run.Figure($"{name}: time to the abort", aborted - began, "s");
            run.Figure($"{name}: hurt by FastCanary's own count", status.UsersHurt);
            (Canary.FailureShare, Canary.DelaySeconds) = (0, 0);
        }

        /// <summary>Begins a rollout, whatever came of the last one, and waits until its first step is in force.</summary>
        private async Task BeginAsync()
        {
            string phase = (await run.Admin.RolloutAsync(service.Name)).Phase;
            if (phase is "Progressing" or "Paused" or "Aborting") await run.Admin.RolloutAsync(service.Name, "abort");
            if (phase == "Promoted") await run.Admin.RolloutAsync(service.Name, "undo");
            await run.Admin.RolloutAsync(service.Name, phase == "Idle" ? "start" : "retry");
            // The exact shares begin with what is sent from here on.
            await _log.SettleAsync(run.Clock.Seconds, run.Cancel);
        }

        private void Intend(string step, int[] weights)
        {
            foreach ((string version, int weight) in service.Versions.Names.Zip(weights)) run.Intend(step, version, weight / (double)weights.Sum());
        }
    }
}
