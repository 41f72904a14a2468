using FastCanary.LoadTests.Measuring;

namespace FastCanary.LoadTests.Scenarios;

/// <summary>A line a second while a scenario runs: rate, failures, p99, time left. On a terminal it is drawn over, elsewhere a line comes every few seconds.</summary>
internal sealed class Progress : IDisposable
{
    private const int SecondsBetweenLines = 5;

    private readonly TextWriter _output;
    private readonly ScenarioRun _run;
    private readonly IScenario _scenario;
    private readonly bool _isTerminal;
    private readonly Timer _timer;
    private readonly Lock _lock = new();
    private int _ticks;
    private int _width;

    /// <param name="output">Where it goes.</param>
    /// <param name="run">Whose progress.</param>
    /// <param name="scenario">Its name.</param>
    public Progress(TextWriter output, ScenarioRun run, IScenario scenario)
    {
        (_output, _run, _scenario) = (output, run, scenario);
        _isTerminal = output == Console.Out && !Console.IsOutputRedirected;
        _timer = new Timer(_ => Tick(), state: null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>Ends it; the line is taken away.</summary>
    public void Dispose()
    {
        using var done = new ManualResetEvent(initialState: false);
        if (_timer.Dispose(done)) done.WaitOne();
        if (_isTerminal && _width > 0) _output.Write("\r" + new string(' ', _width) + "\r");
    }

    private void Tick()
    {
        lock (_lock)
        {
            _ticks++;
            if (!_isTerminal && _ticks % SecondsBetweenLines != 0) return;
            string line = Line();
            if (_isTerminal) _output.Write("\r" + line.PadRight(_width));
            else _output.WriteLine(line);
            _width = Math.Max(_width, line.Length);
        }
    }

    private string Line()
    {
        IReadOnlyList<StepRecorder> steps = _run.Steps;
        double left = Math.Max(0, _run.Seconds - _run.Clock.Seconds);
        if (steps.Count == 0) return $"{_scenario.Name,-12} {_run.Clock.Seconds,4:0} s  preparing";
        // The steps of now are those that the last second saw something of.
        SecondSample[] seconds = [.. steps.Select(step => step.LastSecond).OfType<SecondSample>()];
        long p99 = seconds.Where(second => second.Succeeded > 0).Select(second => second.P99).DefaultIfEmpty().Max();
        long rate = seconds.Sum(second => second.Succeeded + second.Failed);
        return $"{_scenario.Name,-12} {_run.Clock.Seconds,4:0} s  {rate,7} req/s  {steps.Sum(step => step.Failed),5} failed  p99 {p99 / 1000.0,8:0.00} ms  {left,4:0} s left";
    }
}
