namespace FastCanary.Proxy;

/// <summary>
/// What speaks for or against a version, in one slot of epochs: of the requests whose version no rule chose, so that each fell on it with a known probability. Where users keep their version,
/// an event counts once a user.
/// </summary>
public record struct EvidenceCounts
{
    /// <summary>Requests that have ended.</summary>
    public long Requests { get; set; }

    /// <summary>Those that failed: a try on the version did, or there was none, whatever the client got in the end. What a client caused is no failure.</summary>
    public long Failures { get; set; }

    /// <summary>Failures that were their user's first.</summary>
    public long FirstFailures { get; set; }

    /// <summary>Responses that told of a business error.</summary>
    public long Business { get; set; }

    /// <summary>Successful responses slower than the first threshold, the first of each user.</summary>
    public long Slow0 { get; set; }

    /// <summary>As <see cref="Slow0"/>, by the second threshold.</summary>
    public long Slow1 { get; set; }

    /// <summary>As <see cref="Slow0"/>, by the third threshold.</summary>
    public long Slow2 { get; set; }

    /// <summary>Both together.</summary>
    public static EvidenceCounts operator +(EvidenceCounts left, EvidenceCounts right) => new()
    {
        Requests = left.Requests + right.Requests,
        Failures = left.Failures + right.Failures,
        FirstFailures = left.FirstFailures + right.FirstFailures,
        Business = left.Business + right.Business,
        Slow0 = left.Slow0 + right.Slow0,
        Slow1 = left.Slow1 + right.Slow1,
        Slow2 = left.Slow2 + right.Slow2,
    };

    /// <inheritdoc cref="op_Addition"/>
    public static EvidenceCounts Add(EvidenceCounts left, EvidenceCounts right) => left + right;
}
