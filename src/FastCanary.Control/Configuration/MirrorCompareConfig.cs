using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary><c>services.NAME.mirror.compare</c>: what of a mirrored response must equal the one that the user got, beside the status.</summary>
public sealed class MirrorCompareConfig
{
    /// <summary>Names of response fields, in lower case.</summary>
    public IReadOnlyList<string> Headers { get; internal set; } = ["content-type"];

    /// <summary>How bodies are compared.</summary>
    public MirrorBodyComparison Body { get; internal set; } = MirrorBodyComparison.Json;

    /// <summary>Paths of JSON values that may differ.</summary>
    public IReadOnlyList<string> IgnoredPaths { get; internal set; } = [];

    /// <summary>The largest response body that is compared, in bytes.</summary>
    public int BodyBytesMax { get; internal set; } = 256 * 1024;
}
