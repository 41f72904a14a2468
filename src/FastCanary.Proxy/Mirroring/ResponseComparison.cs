using System.Globalization;
using FastCanary.Traffic;

namespace FastCanary.Proxy;

/// <summary>Compares two captured responses, kind by kind. One thread.</summary>
/// <remarks>
/// Bodies with a content coding are not decoded. Equal bytes are equal bodies; other bytes differ where bodies are compared exactly, and say nothing where they are compared
/// as JSON: <see cref="Compared.Encoded"/>. What is no JSON on either side is compared byte for byte.
/// </remarks>
internal sealed class ResponseComparison(MirrorMemory memory)
{
    private readonly JsonComparison _json = new();
    private readonly MirrorBytes _left = new(memory);
    private readonly MirrorBytes _right = new(memory);

    /// <summary>Where the last two differ: the header's name, the JSON path or <c>byte N</c>; empty for the status.</summary>
    public string DifferentAt { get; private set; } = "";

    public Compared Compare(MirrorDifferenceKind kind, MirrorComparison comparison, MirrorResponse user, MirrorResponse other)
    {
        DifferentAt = "";
        return kind switch
        {
            MirrorDifferenceKind.Status => user.Status == other.Status ? Compared.Equal : Compared.Differs,
            MirrorDifferenceKind.Header => CompareHeaders(comparison, user, other),
            _ => CompareBodies(comparison, user, other),
        };
    }

    private Compared CompareHeaders(MirrorComparison comparison, MirrorResponse user, MirrorResponse other)
    {
        if (user.LacksFields || other.LacksFields) return Compared.Missing;
        var field = user.FirstOtherField(other);
        if (field < 0) return Compared.Equal;
        DifferentAt = comparison.Headers[field];
        return Compared.Differs;
    }

    private Compared CompareBodies(MirrorComparison comparison, MirrorResponse user, MirrorResponse other)
    {
        if (comparison.Body == MirrorBodyComparison.None) return Compared.Equal;
        if (user.IsTruncated || other.IsTruncated) return Compared.Truncated;
        try
        {
            var bytesMax = comparison.ResponseBodyBytesMax;
            if (!user.TryReadBody(_left, bytesMax, out var left) || !other.TryReadBody(_right, bytesMax, out var right)) return Compared.Truncated;
            if (left.Span.SequenceEqual(right.Span)) return Compared.Equal;
            if (comparison.Body == MirrorBodyComparison.Json)
            {
                if (user.IsEncoded || other.IsEncoded) return Compared.Encoded;
                var reading = _json.Compare(left, right, comparison.Ignored, out var areEqual);
                DifferentAt = _json.DifferentAt;
                if (reading == JsonReading.TooLarge) return Compared.Truncated;
                if (reading == JsonReading.Done) return areEqual ? Compared.Equal : Compared.Differs;
            }

            DifferentAt = string.Create(CultureInfo.InvariantCulture, $"byte {left.Span.CommonPrefixLength(right.Span)}");
            return Compared.Differs;
        }
        finally
        {
            _left.Release();
            _right.Release();
        }
    }
}
