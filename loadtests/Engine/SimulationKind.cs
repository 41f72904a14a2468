namespace FastCanary.LoadTests.Engine;

/// <summary>The kinds of load simulation, in NBomber's words.</summary>
internal enum SimulationKind
{
    /// <summary>Open: requests at a rate, whatever became of those before.</summary>
    Inject,

    /// <summary>Open: a rate that changes evenly.</summary>
    RampingInject,

    /// <summary>Closed: each copy sends its next request when it has its answer.</summary>
    KeepConstant,

    /// <summary>Closed: a number of copies that changes evenly.</summary>
    RampingConstant,

    /// <summary>Nothing is sent.</summary>
    Pause,
}
