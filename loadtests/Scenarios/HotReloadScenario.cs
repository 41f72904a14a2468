using System.Globalization;
using System.Text.Json;
using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Judging;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Scenarios;

/// <summary>The split is changed under load in every way there is; no request fails, no connection is closed, and the shares follow.</summary>
internal sealed class HotReloadScenario : IScenario
{
    private const int ConnectionsKept = 100;
    private const int RequestsPerConnection = 3;
    private const double ShortPart = 0.25;
    private const double FileLimitSeconds = 2;
    private const double HangUpLimitSeconds = 1;

    // The change is in force when all that was sent for so long is answered by the new split.
    private const double CalmSeconds = 0.3;
    private const double WindowSeconds = 0.5;

    // A window that has too few requests, of a machine that is busy, goes on for so long at most.
    private const double WindowSecondsMax = 15;

    // So long beyond its limit a change is waited for.
    private const double LateSecondsMax = 5;

    // A window is judged where it has so many requests: five cycles of the longest split.
    private const int WindowRequestsMin = 50;
    private const int RoundsMin = 1;

    // What a round of eight changes takes mostly.
    private const double RoundSeconds = 6.5;
    private const double BrokenSeconds = 1.5;

    public string Name => "hot-reload";

    public string Summary => "weights change by file, SIGHUP and API under load: no request fails, no connection is closed, shares follow";

    public Needs Needs => Needs.Admin | Needs.Service;

    public double DefaultSeconds => 30;

    public double DefaultRate => 1500;

    public async Task PlayAsync(ScenarioRun run)
    {
        ServiceUnderTest service = await run.Stage.ServiceAsync(Services.Split);
        if (service.Versions.Count < 2) throw new InvalidOperationException($"the service {service.Name} has one version: there is nothing to change");
        Dictionary<string, int> before = await run.Admin.WeightsAsync(service.Name);
        StageConfiguration? file = run.Stage.Configuration;
        using var watch = new StandstillWatch(run.Clock);
        var play = new Play(run, service, watch.Seen);
        try
        {
            await PlayAsync(run, service, play);
        }
        finally
        {
            if (file is not null)
            {
                run.Stage.Write(file);
                await run.Admin.ReloadAsync();
            }

            await run.Admin.SetWeightsAsync(service.Name, before);
        }
    }

    private static async Task PlayAsync(ScenarioRun run, ServiceUnderTest service, Play play)
    {
        var step = new LoggedStep(new HttpStep(service.Host, service.Path), play.Log);
        var another = new LoggedStep(new HttpStep(service.Host, service.Path), play.Log);
        bool isFileOurs = run.Stage.Process is not null;
        await play.PrepareAsync(isFileOurs);
        ProcessUse use = await run.Admin.ProcessUseAsync();
        await using var kept = new BackgroundLoad(run, "kept connections", service.Versions, run.Http with { ConnectionsMin = ConnectionsKept }, step, run.Rate * (1 - ShortPart));
        await using var brief = new BackgroundLoad(run, "short connections", service.Versions, run.Http with { RequestsPerConnection = RequestsPerConnection }, another, run.Rate * ShortPart);
        double end = run.Clock.Seconds + run.Seconds - (isFileOurs ? RoundSeconds + BrokenSeconds + 1 : RoundSeconds / 2);
        int rounds = 0;
        do
        {
            if (isFileOurs)
            {
                await play.PairAsync("file", FileLimitSeconds, play.WriteFile);
                await play.PairAsync("SIGHUP", HangUpLimitSeconds, play.HangUp);
            }

            await play.PairAsync("API, weights", 0, play.SetWeightsAsync);
            if (isFileOurs) await play.PairAsync("API, reload", 0, play.ReloadAsync);
            rounds++;
        }
        while (rounds < RoundsMin || run.Clock.Seconds < end);
        if (isFileOurs) await PlayBrokenAsync(run, play);
        StepResult[] results = [await kept.StopAsync(), await brief.StopAsync()];
        foreach (StepResult result in results) run.ExpectNoFailures(result);
        run.Expect("kept connections: closed by the proxy", $"{results[0].ConnectionsDropped} of {results[0].ConnectionsOpened}", "none", results[0].ConnectionsDropped == 0);
        await ExpectExactAsync(run, service);
        await play.TellAsync();
        if (!isFileOurs) run.Figure("left out", "changes by file, SIGHUP and reload: the file and the process are not this program's");
        await run.FigureUseAsync(use, results.Sum(result => result.Ended));
    }

    /// <summary>A file with an error changes nothing, however it is noticed.</summary>
    private static async Task PlayBrokenAsync(ScenarioRun run, Play play)
    {
        int[] weights = play.Mixed;
        await play.SetWeightsAsync(weights);
        double from = run.Clock.Seconds;
        run.Stage.Write("services: { split: { versions: { stable: { weight: none } } } }\n");
        run.Stage.Process!.HangUp();
        bool isRefused = await run.Admin.IsReloadRefusedAsync();
        QuietWindow window;
        do
        {
            await Task.Delay(TimeSpan.FromSeconds(BrokenSeconds), run.Cancel);
            window = await play.WindowAsync(from, run.Clock.Seconds, weights.Length);
        }
        while (window.Total < WindowRequestsMin && run.Clock.Seconds < from + WindowSecondsMax);

        run.Expect("a broken file: refused by the API with 422", isRefused ? "yes" : "no", "yes", isRefused);
        run.Expect("a broken file: answers of each version while it is there", string.Join(", ", window.ByVersion), $"the shares of before, {string.Join(':', weights)}, of {window.Total}", window.Total >= WindowRequestsMin && window.IsExact(weights));
    }

    /// <summary>After all changes the split is exact, over whole cycles.</summary>
    private static async Task ExpectExactAsync(ScenarioRun run, ServiceUnderTest service)
    {
        int[] weights = [9, 1, .. new int[service.Versions.Count - 2]];
        await run.Admin.SetWeightsAsync(service.Name, service.Versions, weights);
        StepResult result = await run.LoadAsync("after it", service.Versions, new HttpStep(service.Host, service.Path), Simulation.Inject(1000, TimeSpan.FromSeconds(1)));
        run.ExpectNoFailures(result);
        run.Expect("after it: answers of each version", string.Join(", ", result.ByVersion), $"{string.Join(':', weights)} of {result.Ended}", ExactShares.Hold(result.ByVersion, result.Ended, weights));
    }

    /// <summary>One play: the changes and what came of them.</summary>
    private sealed class Play(ScenarioRun run, ServiceUnderTest service, Standstills standstills)
    {
        private readonly SortedDictionary<string, List<double>> _followed = new(StringComparer.Ordinal);
        private readonly SortedDictionary<string, double> _limits = new(StringComparer.Ordinal);
        private int _changes;
        private int _exact;
        private int _hangUps;
        private string _notExact = "";
        private double _gap;

        public AnswerLog Log { get; } = new(run.Clock);

        /// <summary>
        /// Two splits that no version has a part of both in, so that each answer tells which one was in force. With three versions one of them is mixed, in two forms that take turns.
        /// Every weight differs from the one before, since a file's weight that stays leaves a version at what was set by hand.
        /// </summary>
        public int[] Mixed => service.Versions.Count == 2 ? [1, 0] : [.. _changes % 4 < 2 ? (int[])[9, 1] : [1, 9], .. new int[service.Versions.Count - 2]];

        private int[] Other => [.. new int[service.Versions.Count - 1], 1];

        /// <summary>Begins with a split that none of the first change's versions has a part in: of another, answers would not tell whether they are of before the change.</summary>
        public Task PrepareAsync(bool isFileOurs) => isFileOurs ? ReloadAsync(Other) : SetWeightsAsync(Other);

        public async Task PairAsync(string way, double limit, Func<int[], Task> change)
        {
            _limits[way] = limit;
            await ChangeAsync(way, limit, Mixed, change);
            await ChangeAsync(way, limit, Other, change);
        }

        public Task WriteFile(int[] weights)
        {
            Write(weights);
            return Task.CompletedTask;
        }

        public Task HangUp(int[] weights)
        {
            // At once: the file's watcher waits until the file is at rest, so the signal is first.
            Write(weights);
            run.Stage.Process!.HangUp();
            _hangUps++;
            return Task.CompletedTask;
        }

        public Task SetWeightsAsync(int[] weights) => run.Admin.SetWeightsAsync(service.Name, service.Versions, weights);

        public Task ReloadAsync(int[] weights)
        {
            Write(weights);
            return run.Admin.ReloadAsync();
        }

        public async Task<QuietWindow> WindowAsync(double from, double to, int versions)
        {
            await Log.SettleAsync(to, run.Cancel);
            return QuietWindow.Find(Log.Since(from), from, to, versions);
        }

        public async Task TellAsync()
        {
            foreach ((string way, List<double> times) in _followed)
            {
                times.Sort();
                string what = _limits[way] > 0 ? "shares follow after" : "requests of the old split after the answer, until";
                run.ExpectAtMost($"{way}: {what}", Math.Round(times[^1], 3), _limits[way], "s");
                run.Figure($"{way}: {times.Count} changes, median", Math.Round(times[times.Count / 2], 3), "s");
            }

            run.Expect("shares under load, between two changes", $"exact in {_exact} of {_changes}{_notExact}", "exact in all", _exact == _changes);
            run.Figure("longest time without an answer", _gap * 1000, "ms");
            if (_hangUps == 0) return;
            int told = run.Stage.Process!.Log.Count(line => line.Contains("configuration reloaded (SIGHUP)", StringComparison.Ordinal));
            run.Expect("reloads by SIGHUP in the log", told.ToString(CultureInfo.InvariantCulture), $"{_hangUps}", told == _hangUps);
            JsonElement status = await run.Admin.StatusAsync();
            run.Figure("reloads", status.GetProperty("configuration").GetProperty("reloads").ToString());
        }

        private void Write(int[] weights) => run.Stage.Write(run.Stage.Configuration! with { Split = (weights[0], weights[1], weights[2]) });

        private async Task ChangeAsync(string way, double limit, int[] weights, Func<int[], Task> change)
        {
            double began = run.Clock.Seconds;
            await change(weights);
            double answered = run.Clock.Seconds;
            foreach ((string version, int weight) in service.Versions.Names.Zip(weights))
            {
                run.Intend("kept connections", version, weight / (double)weights.Sum());
                run.Intend("short connections", version, weight / (double)weights.Sum());
            }

            // By API the answer is the word that it is in force; else the time runs from the change's begin.
            double from = limit > 0 ? began : answered;
            double giveUp = from + limit + LateSecondsMax;
            while (run.Clock.Seconds < giveUp && !Change.IsCalm(Log.Since(from), from, CalmSeconds, weights)) await Task.Delay(20, run.Cancel);
            Answer[] answers;
            double followed;
            QuietWindow window;
            giveUp = run.Clock.Seconds + WindowSecondsMax;
            do
            {
                await Task.Delay(TimeSpan.FromSeconds(WindowSeconds), run.Cancel);
                double to = run.Clock.Seconds;
                await Log.SettleAsync(to, run.Cancel);
                answers = Log.Since(began);
                // What comes late belongs to the time too.
                followed = Change.FollowedAt(answers, from, weights);
                window = QuietWindow.Find(answers, Math.Max(followed, answered), to, weights.Length);
            }
            while (window.Total < WindowRequestsMin && followed < from + limit + LateSecondsMax && run.Clock.Seconds < giveUp);

            if (!_followed.TryGetValue(way, out List<double>? times)) _followed.Add(way, times = []);
            // A change by API is in force with the answer, whatever the machine does. The others are given the time in which it stood still.
            times.Add(followed - from - (limit > 0 ? standstills.Within(from, followed) : 0));
            _changes++;
            if (window.Total >= WindowRequestsMin && window.IsExact(weights)) _exact++;
            else _notExact = $"; by {way} to {string.Join(':', weights)}: {string.Join(", ", window.ByVersion)} of {window.Total}";
            _gap = Math.Max(_gap, Change.LongestGap(answers));
            Log.Forget(began);
        }
    }
}
