using System.Collections.Immutable;
using System.Text;

namespace FastCanary.Traffic;

/// <summary>What of a mirrored response must equal the one that the user got. The status always must.</summary>
public sealed class MirrorComparison
{
    /// <summary>The most paths that may be ignored.</summary>
    public const int IgnoredPathsMax = 64;

    private readonly ImmutableArray<string> _headers;
    private readonly ImmutableArray<string> _ignoredPaths;

    /// <summary>Names of response fields, in lower case.</summary>
    public required ImmutableArray<string> Headers
    {
        get => _headers;
        init
        {
            _headers = value;
            HeadersUtf8 = ImmutableArray.CreateRange(value, Encoding.UTF8.GetBytes);
        }
    }

    /// <summary><see cref="Headers"/> in UTF-8.</summary>
    public ImmutableArray<byte[]> HeadersUtf8 { get; private init; }

    /// <summary>How bodies are compared.</summary>
    public required MirrorBodyComparison Body { get; init; }

    /// <summary>Paths of JSON values that may differ, such as <c>$.time</c>, <c>$.items[*].id</c>; at most <see cref="IgnoredPathsMax"/>.</summary>
    /// <exception cref="ArgumentException">One cannot be read (<see cref="JsonPath.TryParse"/>), or there are too many.</exception>
    public required ImmutableArray<string> IgnoredPaths
    {
        get => _ignoredPaths;
        init
        {
            if (value.Length > IgnoredPathsMax) throw new ArgumentException($"{value.Length} ignored paths; at most {IgnoredPathsMax} are possible", nameof(value));
            _ignoredPaths = value;
            var paths = ImmutableArray.CreateBuilder<JsonPath>(value.Length);
            foreach (string text in value)
                paths.Add(JsonPath.TryParse(text, out string? problem) ?? throw new ArgumentException(problem, nameof(value)));
            Ignored = paths.MoveToImmutable();
        }
    }

    /// <summary><see cref="IgnoredPaths"/>, parsed.</summary>
    public ImmutableArray<JsonPath> Ignored { get; private init; }

    /// <summary>The largest response body that is compared, in bytes; of a larger one the status and the headers are.</summary>
    public required int ResponseBodyBytesMax { get; init; }
}
