using FastCanary.Traffic;

namespace FastCanary.Proxy;

/// <summary>What is written about requests. Immutable; shared by all loops.</summary>
public sealed class AccessLogModel
{
    private const int BasisPointsOfAll = 10_000;

    private readonly int _sampleBasisPoints = BasisPointsOfAll;
    private readonly SplitTable? _sample;

    /// <summary>How a line is written.</summary>
    public AccessLogFormat Format { get; init; }

    /// <summary>How many requests are written about, in hundredths of a percent, 0 to 10,000; exactly so many of 10,000.</summary>
    public int SampleBasisPoints
    {
        get => _sampleBasisPoints;
        init
        {
            _sampleBasisPoints = value;
            _sample = value is 0 or BasisPointsOfAll ? null : SplitTable.OfShare(value);
        }
    }

    /// <summary>Whether queries are written, the request's own and the Referer's: they may hold secrets.</summary>
    public bool Query { get; init; }

    /// <summary>Whether the next request is written about.</summary>
    internal bool Takes(SplitCounter counter) => _sample is { } sample ? sample.Pick(counter.Next()) == 1 : _sampleBasisPoints != 0;
}
