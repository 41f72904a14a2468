namespace FastCanary.Traffic;

/// <summary>When an endpoint is ejected for its failures.</summary>
public sealed class OutlierModel
{
    /// <summary>An ejection lasts at most this many times <see cref="EjectMs"/>.</summary>
    public const int EjectTimesMax = 10;

    /// <summary>So many failures in a row eject; at least 1.</summary>
    public required int ConsecutiveFailures { get; init; }

    /// <summary>How long the first ejection lasts, in milliseconds; each further one in a row twice as long.</summary>
    public required int EjectMs { get; init; }

    /// <summary>How many of a version's endpoints may be ejected at a time, in hundredths of a percent; one always may.</summary>
    public required int EjectedMaxBasisPoints { get; init; }

    /// <summary>What counts as a failure.</summary>
    public required OutlierFailures Counted { get; init; }
}
