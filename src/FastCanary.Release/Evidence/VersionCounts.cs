using System.Text.Json.Serialization;

namespace FastCanary.Release;

/// <summary>What became of a version's requests in one look. Requests that a rule sent to it are not among them.</summary>
public readonly record struct VersionCounts
{
    /// <summary>Requests that ended.</summary>
    [JsonPropertyName("n"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Requests { get; init; }

    /// <summary>Those of them that failed on the version, also where another try or another version helped.</summary>
    [JsonPropertyName("failed"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Failures { get; init; }

    /// <summary>Failures that are their user's first, where users stay on a version; else all of them.</summary>
    [JsonPropertyName("first"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long FirstFailures { get; init; }

    /// <summary>Business errors.</summary>
    [JsonPropertyName("business"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Business { get; init; }

    /// <summary>Responses that were slower than the first quantile's threshold; under affinity, their user's first.</summary>
    [JsonPropertyName("slow0"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Slow0 { get; init; }

    /// <summary>As <see cref="Slow0"/>, for the second quantile.</summary>
    [JsonPropertyName("slow1"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Slow1 { get; init; }

    /// <summary>As <see cref="Slow0"/>, for the third quantile.</summary>
    [JsonPropertyName("slow2"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Slow2 { get; init; }

    /// <summary>The slow responses of a quantile's place.</summary>
    public long Slow(int quantile) => quantile switch { 0 => Slow0, 1 => Slow1, _ => Slow2 };

    /// <summary>Both together.</summary>
    public static VersionCounts operator +(VersionCounts left, VersionCounts right) => new()
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
    public static VersionCounts Add(VersionCounts left, VersionCounts right) => left + right;
}
