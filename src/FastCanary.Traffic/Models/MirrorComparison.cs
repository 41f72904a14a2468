using System.Collections.Immutable;

namespace FastCanary.Traffic;

/// <summary>What of a mirrored response must equal the one that the user got. The status always must.</summary>
public sealed class MirrorComparison
{
    /// <summary>Names of response fields, in lower case.</summary>
    public required ImmutableArray<string> Headers { get; init; }

    /// <summary>How bodies are compared.</summary>
    public required MirrorBodyComparison Body { get; init; }

    /// <summary>Paths of JSON values that may differ, such as <c>$.time</c>, <c>$.items[*].id</c>.</summary>
    public required ImmutableArray<string> IgnoredPaths { get; init; }

    /// <summary>The largest response body that is compared, in bytes; of a larger one the status and the headers are.</summary>
    public required int ResponseBodyBytesMax { get; init; }
}
