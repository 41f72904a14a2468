using System.Globalization;
using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Scenarios;

/// <summary>One play of a scenario: its means, and what it finds.</summary>
internal sealed class ScenarioRun
{
    private readonly Lock _lock = new();
    private readonly IScenario _scenario;
    private readonly RunSettings _settings;
    private readonly List<StepRecorder> _steps = [];
    private readonly List<Threshold> _thresholds = [];
    private readonly List<(string Name, string Value)> _figures = [];
    private readonly List<(string Step, string Version, List<SharePoint> Points)> _intended = [];

    /// <param name="scenario">What is played.</param>
    /// <param name="stage">Where.</param>
    /// <param name="settings">As the command line tells them.</param>
    /// <param name="cancel">Ends it early.</param>
    public ScenarioRun(IScenario scenario, TestStage stage, RunSettings settings, CancellationToken cancel) =>
        (_scenario, Stage, _settings, Cancel) = (scenario, stage, settings, cancel);

    public TestStage Stage { get; }

    /// <summary>The admin API; only for a scenario that needs it.</summary>
    public AdminClient Admin => Stage.Admin ?? throw new InvalidOperationException("no admin API");

    /// <summary>The endpoints; only for a scenario that needs them.</summary>
    public Origins Origins => Stage.Origins ?? throw new InvalidOperationException("no endpoints of ours");

    public CancellationToken Cancel { get; }

    /// <summary>The time axis of all that is measured.</summary>
    public Clock Clock { get; } = new();

    /// <summary>How long the scenario's load lasts.</summary>
    public double Seconds => _settings.Seconds ?? _scenario.DefaultSeconds;

    /// <summary>Requests a second.</summary>
    public double Rate => _settings.Rate ?? _scenario.DefaultRate;

    /// <summary>A part of <see cref="Seconds"/>.</summary>
    /// <param name="share">0 to 1.</param>
    public TimeSpan Part(double share) => TimeSpan.FromSeconds(Seconds * share);

    /// <summary>How HTTP loads reach the target.</summary>
    public HttpLoadSettings Http => new(Stage.Http) { ConnectionsMax = _settings.Connections, Threads = _settings.Threads };

    /// <summary>The steps so far, for a progress line.</summary>
    public IReadOnlyList<StepRecorder> Steps
    {
        get
        {
            lock (_lock) return [.. _steps];
        }
    }

    /// <summary>A step, which counts what a load does; one of this name goes on counting.</summary>
    /// <param name="name">In the report.</param>
    /// <param name="versions">Which answers are told apart.</param>
    public StepRecorder Step(string name, VersionNames versions)
    {
        lock (_lock)
        {
            if (_steps.Find(step => step.Name == name) is { } known) return known;
            var step = new StepRecorder(name, versions, Clock);
            _steps.Add(step);
            return step;
        }
    }

    /// <summary>Puts an HTTP load on the target, in a step of its own.</summary>
    /// <param name="name">The step's.</param>
    /// <param name="versions">Which answers are told apart.</param>
    /// <param name="step">What is sent.</param>
    /// <param name="simulations">When.</param>
    /// <returns>What came of it.</returns>
    public Task<StepResult> LoadAsync(string name, VersionNames versions, IHttpStep step, params LoadSimulation[] simulations) => LoadAsync(name, versions, Http, step, simulations);

    /// <inheritdoc cref="LoadAsync(string, VersionNames, IHttpStep, LoadSimulation[])"/>
    /// <param name="settings">Where to, and bounds.</param>
    public async Task<StepResult> LoadAsync(string name, VersionNames versions, HttpLoadSettings settings, IHttpStep step, params LoadSimulation[] simulations)
    {
        StepRecorder recorder = Step(name, versions);
        await HttpLoad.RunAsync(settings, step, simulations, recorder, Cancel);
        return recorder.ToResult();
    }

    /// <summary>The name of a step that is tried several times.</summary>
    /// <param name="name">Of the first try.</param>
    /// <param name="number">Which try, from 1.</param>
    public static string Try(string name, int number) => number == 1 ? name : $"{name}, try {number}";

    /// <summary>Puts a load of asynchronous steps on the target.</summary>
    /// <param name="name">The step's.</param>
    /// <param name="versions">Which answers are told apart.</param>
    /// <param name="settings">Bounds.</param>
    /// <param name="step">One iteration.</param>
    /// <param name="simulations">When.</param>
    /// <returns>What came of it.</returns>
    public async Task<StepResult> LoadAsync(string name, VersionNames versions, AsyncLoadSettings settings, Func<StepContext, Task<StepOutcome>> step, params LoadSimulation[] simulations)
    {
        StepRecorder recorder = Step(name, versions);
        FigureFailure(name, await AsyncLoad.RunAsync(settings, step, simulations, recorder, Cancel));
        return recorder.ToResult();
    }

    /// <summary>Puts a number of asynchronous steps on the target.</summary>
    /// <param name="name">The step's.</param>
    /// <param name="versions">Which answers are told apart.</param>
    /// <param name="settings">Bounds.</param>
    /// <param name="step">One iteration.</param>
    /// <param name="iterations">How many.</param>
    /// <param name="copies">How many at a time.</param>
    /// <returns>What came of it.</returns>
    public async Task<StepResult> IterateAsync(string name, VersionNames versions, AsyncLoadSettings settings, Func<StepContext, Task<StepOutcome>> step, long iterations, int copies)
    {
        StepRecorder recorder = Step(name, versions);
        FigureFailure(name, await AsyncLoad.IterateAsync(settings, step, iterations, copies, recorder, Cancel));
        return recorder.ToResult();
    }

    /// <summary>From now on this is the share that a version of a step is meant to have.</summary>
    public void Intend(string step, string version, double share)
    {
        lock (_lock)
        {
            int at = _intended.FindIndex(line => line.Step == step && line.Version == version);
            if (at < 0)
            {
                at = _intended.Count;
                _intended.Add((step, version, []));
            }

            _intended[at].Points.Add(new SharePoint(Clock.Seconds, share));
        }
    }

    /// <summary>Something that has to be true.</summary>
    /// <param name="name">What.</param>
    /// <param name="value">What was seen, with its unit.</param>
    /// <param name="limit">What is asked for.</param>
    /// <param name="holds">Whether it is so.</param>
    public void Expect(string name, string value, string limit, bool holds)
    {
        lock (_lock) _thresholds.Add(new Threshold(name, value, limit, holds));
    }

    /// <summary>A figure with an upper limit.</summary>
    public void ExpectAtMost(string name, double value, double limit, string unit = "") => Expect(name, Text(value, unit), "at most " + Text(limit, unit), value <= limit);

    /// <summary>A figure with a lower limit.</summary>
    public void ExpectAtLeast(string name, double value, double limit, string unit = "") => Expect(name, Text(value, unit), "at least " + Text(limit, unit), value >= limit);

    /// <summary>That no request of a step failed, and some succeeded.</summary>
    public void ExpectNoFailures(StepResult step)
    {
        string kinds = step.Failed == 0 ? "" : $" ({string.Join(", ", step.Failures.Select(kind => $"{kind.Value} {kind.Key}"))})";
        Expect($"{step.Name}: requests that failed", $"{step.Failed} of {step.Ended}{kinds}", "none", step is { Failed: 0, Ended: > 0 });
    }

    /// <summary>Something else that was measured.</summary>
    public void Figure(string name, string value)
    {
        lock (_lock) _figures.Add((name, value));
    }

    /// <inheritdoc cref="Figure(string, string)"/>
    public void Figure(string name, double value, string unit = "") => Figure(name, Text(value, unit));

    /// <summary>What the first failure of a step was.</summary>
    /// <param name="step">Its name.</param>
    /// <param name="failure">As its load tells it; null: there was none.</param>
    public void FigureFailure(string step, string? failure)
    {
        if (failure is not null) Figure($"{step}: the first failure", failure);
    }

    /// <summary>What FastCanary's process spends on a stretch of a load.</summary>
    /// <param name="before">At its begin.</param>
    /// <param name="requests">Requests in it.</param>
    public async Task<ProcessUse> FigureUseAsync(ProcessUse before, long requests)
    {
        ProcessUse after = await Admin.ProcessUseAsync();
        if (requests > 0) Figure("CPU per request", (after.CpuSeconds - before.CpuSeconds) / requests * 1e6, "µs");
        Figure("resident memory", after.ResidentBytes / 1048576.0, "MiB");
        return after;
    }

    /// <summary>All of it.</summary>
    /// <param name="problem">Why it broke off; empty where it did not.</param>
    public ScenarioResult ToResult(string problem)
    {
        lock (_lock)
        {
            // A scenario without a threshold has shown nothing.
            bool passed = problem.Length == 0 && _thresholds.Count > 0 && _thresholds.TrueForAll(threshold => threshold.Holds);
            return new ScenarioResult(
                _scenario.Name,
                _scenario.Summary,
                passed ? Outcome.Passed : Outcome.Failed,
                problem,
                Clock.Seconds,
                [.. _steps.Select(step => step.ToResult())],
                [.. _thresholds],
                [.. _figures],
                [.. _intended.Select(line => new IntendedShare(line.Step, line.Version, line.Points))]);
        }
    }

    private static string Text(double value, string unit) => value.ToString(Math.Abs(value) >= 100 ? "0" : "0.###", CultureInfo.InvariantCulture) + (unit.Length == 0 ? "" : " " + unit);
}
