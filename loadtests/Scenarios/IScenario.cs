using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Scenarios;

/// <summary>A load with what has to be true of it.</summary>
internal interface IScenario
{
    /// <summary>On the command line and in reports: <c>hot-reload</c>.</summary>
    string Name { get; }

    /// <summary>What it shows, in a line.</summary>
    string Summary { get; }

    /// <summary>Without these it cannot be played.</summary>
    Needs Needs { get; }

    /// <summary>How long its load lasts where <c>--duration</c> says nothing, in seconds.</summary>
    double DefaultSeconds { get; }

    /// <summary>Requests a second where <c>--rate</c> says nothing.</summary>
    double DefaultRate { get; }

    /// <summary>Plays it; what it finds goes to <paramref name="run"/>.</summary>
    Task PlayAsync(ScenarioRun run);
}
