using FastCanary.Release;

namespace FastCanary.Decisions.Streams;

/// <summary>What became of a version's requests: <see cref="VersionCounts"/> that can be added up in place.</summary>
internal struct Counts
{
    public long Requests;
    public long Failures;
    public long FirstFailures;
    public long Slow0;
    public long Slow1;
    public long Slow2;

    /// <summary>Something that an E-value moves with.</summary>
    public readonly bool HasEvidence => (FirstFailures | Slow0 | Slow1 | Slow2) != 0;

    public void Add(in Counts more)
    {
        Requests += more.Requests;
        if ((more.Failures | more.Slow0 | more.Slow1 | more.Slow2) == 0)
            return;
        Failures += more.Failures;
        FirstFailures += more.FirstFailures;
        Slow0 += more.Slow0;
        Slow1 += more.Slow1;
        Slow2 += more.Slow2;
    }

    public readonly VersionCounts Seen() => new() { Requests = Requests, Failures = Failures, FirstFailures = FirstFailures, Slow0 = Slow0, Slow1 = Slow1, Slow2 = Slow2 };
}
