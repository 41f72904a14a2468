namespace FastCanary.Decisions;

/// <summary>What the traffic of a cell is like.</summary>
internal enum TrafficKind
{
    /// <summary>The same rate of requests and of failures all the time.</summary>
    Constant,

    /// <summary>Both go up and down over a day.</summary>
    Diurnal,

    /// <summary>Now and then, something that both versions need fails for a while.</summary>
    Outages,

    /// <summary>Users who stay on a version; a few ask most of the time, and one of those fails always.</summary>
    Users,

    /// <summary>Latency: the same all the time.</summary>
    Latency,

    /// <summary>Latency: now and then both versions are slower for a while.</summary>
    SlowSpells,
}
