using FastCanary.LoadTests.Scenarios;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Tests.Scenarios;

/// <summary>A scenario that does what a test says.</summary>
internal sealed class FakeScenario(Func<ScenarioRun, Task> play) : IScenario
{
    public string Name => "fake";

    public string Summary => "does what a test says";

    public Needs Needs { get; init; }

    public double DefaultSeconds => 30;

    public double DefaultRate => 100;

    public Task PlayAsync(ScenarioRun run) => play(run);
}
