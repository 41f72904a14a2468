namespace FastCanary.Simulation.Tests;

/// <summary>How a client behaves on one connection.</summary>
internal sealed record ClientManners
{
    /// <summary>Sends at once, reads at once, stays to the end.</summary>
    public bool IsGood { get; init; } = true;

    /// <summary>It connects to the listener that reloads may take away.</summary>
    public bool UsesSecondListener { get; init; }

    /// <summary>How many requests it has under way at most.</summary>
    public int Depth { get; init; } = 1;

    /// <summary>What it sends at a time; 0: everything.</summary>
    public int WriteBytes { get; init; }

    public int WritePauseUs { get; init; }

    /// <summary>What it reads at a time; 0: everything.</summary>
    public int ReadBytes { get; init; }

    public int ReadPauseUs { get; init; }

    /// <summary>It goes away this long after the beginning; 0: it does not.</summary>
    public int LeavesAfterUs { get; init; }

    public bool LeavesByReset { get; init; }

    /// <summary>It sends FIN behind its last request and goes on reading.</summary>
    public bool HalfCloses { get; init; }

    /// <summary>It sends FIN in the middle of its last request's body.</summary>
    public bool CutsBody { get; init; }

    /// <summary>It never reads, and stays.</summary>
    public bool NeverReads { get; init; }

    /// <summary>It sends no more than this, and stays; 0: no such bound.</summary>
    public int StopsAfterBytes { get; init; }

    /// <summary>It waits for the idle time-out.</summary>
    public bool Lingers { get; init; }
}
