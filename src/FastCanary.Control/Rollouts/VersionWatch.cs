using FastCanary.Proxy;
using FastCanary.Release;
using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>What the engine has read of a version so far. One thread at a time.</summary>
internal sealed class VersionWatch
{
    private readonly EvidenceCounts[] _seen = new EvidenceCounts[2];

    public VersionWatch(DataPlane data, VersionModel version, DateTimeOffset now)
    {
        data.Read(version, Totals);
        Window = new TrafficWindow(Totals, now);
        (_seen[0], _seen[1]) = (Totals.Evidence0, Totals.Evidence1);
    }

    /// <summary>As of the last look.</summary>
    public VersionTotals Totals { get; } = new();

    public TrafficWindow Window { get; }

    public void Look(DataPlane data, VersionModel version, DateTimeOffset now)
    {
        data.Read(version, Totals);
        Window.Add(Totals, now);
    }

    /// <summary>Lets go of what was added to a slot's evidence up to now.</summary>
    public void PassOver(DataPlane data, VersionModel version, int slot)
    {
        data.Read(version, Totals);
        TakeEvidence(slot);
    }

    /// <summary>What was added to a slot's evidence since it was taken last.</summary>
    public VersionCounts TakeEvidence(int slot)
    {
        EvidenceCounts now = slot == 0 ? Totals.Evidence0 : Totals.Evidence1;
        EvidenceCounts before = _seen[slot];
        _seen[slot] = now;
        return new VersionCounts
        {
            Requests = now.Requests - before.Requests,
            Failures = now.Failures - before.Failures,
            FirstFailures = now.FirstFailures - before.FirstFailures,
            Business = now.Business - before.Business,
            Slow0 = now.Slow0 - before.Slow0,
            Slow1 = now.Slow1 - before.Slow1,
            Slow2 = now.Slow2 - before.Slow2,
        };
    }
}
