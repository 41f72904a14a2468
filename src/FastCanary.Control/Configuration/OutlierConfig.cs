using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary><c>services.NAME.outlier</c>: when an endpoint is ejected for its failures.</summary>
public sealed class OutlierConfig
{
    /// <summary>So many failures in a row eject.</summary>
    public int ConsecutiveFailures { get; internal set; } = 5;

    /// <summary>What counts as a failure.</summary>
    public OutlierFailures Failures { get; internal set; } = OutlierFailures.All;

    /// <summary>How long the first ejection lasts.</summary>
    public TimeSpan Eject { get; internal set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many of a version's endpoints may be ejected at a time, in hundredths of a percent.</summary>
    public int EjectedMaxBasisPoints { get; internal set; } = 5000;
}
