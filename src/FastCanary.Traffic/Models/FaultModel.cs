namespace FastCanary.Traffic;

/// <summary>A fault drill: a share of one version's requests is delayed, or answered with an error, by FastCanary itself.</summary>
public sealed class FaultModel
{
    private readonly int _basisPoints;

    /// <summary>The version's place in <see cref="ServiceModel.Versions"/>.</summary>
    public required int VersionIndex { get; init; }

    /// <summary>Which of the version's requests, in hundredths of a percent; exactly so many of 10,000.</summary>
    public required int BasisPoints
    {
        get => _basisPoints;
        init
        {
            _basisPoints = value;
            Share = SplitTable.OfShare(value);
        }
    }

    /// <summary>The order in which they are taken: choice 1 is.</summary>
    public SplitTable Share { get; private init; } = null!;

    /// <summary>The status of the answer, 400 to 599; 0: the request goes on to its version.</summary>
    public required int Status { get; init; }

    /// <summary>The shortest delay, in milliseconds.</summary>
    public required int DelayMinMs { get; init; }

    /// <summary>The longest delay, in milliseconds; 0: none. Delays are drawn evenly between the two.</summary>
    public required int DelayMaxMs { get; init; }
}
