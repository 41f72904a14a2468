using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>
/// Reads the bodies of changes, strictly: what is unknown, there twice or of another type is refused with what would be right. Nobody's mistake becomes somebody's split.
/// </summary>
internal static class AdminBody
{
    // Bodies are flat.
    private const int DepthMax = 4;

    /// <summary>Whether the media type is JSON's, whatever its parameters.</summary>
    public static bool IsJson(string? contentType)
    {
        if (contentType is null) return false;
        var parameters = contentType.IndexOf(';', StringComparison.Ordinal);
        var type = parameters < 0 ? contentType.AsSpan() : contentType.AsSpan(0, parameters);
        return type.Trim().Equals("application/json", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Reads <c>{"stable": 90, "canary": 10}</c>.</summary>
    /// <param name="body">The body.</param>
    /// <param name="known">The versions that there are.</param>
    /// <param name="weights">By version; at least one.</param>
    /// <param name="problem">What is wrong; null where nothing is.</param>
    public static bool TryReadWeights(ReadOnlySpan<byte> body, IReadOnlyList<string> known, out Dictionary<string, int> weights, [NotNullWhen(false)] out string? problem)
    {
        weights = new Dictionary<string, int>(StringComparer.Ordinal);
        var read = weights;
        problem = Read(body, (string name, ref Utf8JsonReader reader) =>
        {
            if (!known.Contains(name, StringComparer.Ordinal)) return KeySuggestion.Unknown("version", name, known);
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var weight) || weight is < 0 or > SplitTable.WeightMax)
                return $"the weight of {ScalarNode.Quote(name)} must be a whole number from 0 to {SplitTable.WeightMax}, not {Describe(ref reader)}";
            read[name] = weight;
            return null;
        });
        if (problem is null && weights.Count == 0) problem = $"no version is named; the versions are {string.Join(", ", known)}";
        return problem is null;
    }

    /// <summary>Reads <c>{"full": true}</c>, <c>{}</c> or nothing.</summary>
    /// <param name="body">The body.</param>
    /// <param name="verb">What it belongs to.</param>
    /// <param name="full">Whether the promotion is to the end.</param>
    /// <param name="problem">What is wrong; null where nothing is.</param>
    public static bool TryReadOptions(ReadOnlySpan<byte> body, RolloutVerb verb, out bool full, [NotNullWhen(false)] out string? problem)
    {
        full = false;
        var isFull = false;
        problem = body.IsEmpty ? null : Read(body, (string name, ref Utf8JsonReader reader) =>
        {
            if (verb != RolloutVerb.Promote) return $"unknown member {ScalarNode.Quote(name)}; {AdminRoutes.Verbs[(int)verb]} takes none";
            if (name != "full") return KeySuggestion.Unknown("member", name, ["full"]);
            if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False)) return $"\"full\" must be true or false, not {Describe(ref reader)}";
            isFull = reader.GetBoolean();
            return null;
        });
        full = isFull;
        return problem is null;
    }

    /// <summary>Reads nothing: an empty body, or an empty object.</summary>
    /// <returns>What is wrong; null where nothing is.</returns>
    public static string? ReadNothing(ReadOnlySpan<byte> body) =>
        body.IsEmpty ? null : Read(body, static (string name, ref Utf8JsonReader _) => $"unknown member {ScalarNode.Quote(name)}; this call takes no body");

    private delegate string? MemberReader(string name, ref Utf8JsonReader reader);

    private static string? Read(ReadOnlySpan<byte> body, MemberReader member)
    {
        if (body.IsEmpty) return "the body is empty; it must be a JSON object";
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = DepthMax });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) return $"the body must be a JSON object, not {Describe(ref reader)}";
            var seen = new HashSet<string>(StringComparer.Ordinal);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                if (!seen.Add(name)) return $"{ScalarNode.Quote(name)} is there twice";
                reader.Read();
                if (member(name, ref reader) is { } problem) return problem;
            }

            // Whatever follows the object is looked at too: there must be nothing.
            reader.Read();
            return null;
        }
        catch (JsonException e)
        {
            return $"the body is not JSON (line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1})";
        }
        catch (InvalidOperationException)
        {
            // What GetString throws for a name that is not UTF-8, or holds half a surrogate pair.
            return "the body is not JSON: a name is not valid text";
        }
    }

    private static string Describe(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "a text",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        JsonTokenType.Null => "null",
        JsonTokenType.Number when reader.ValueSpan.Length <= 20 => System.Text.Encoding.ASCII.GetString(reader.ValueSpan),
        _ => "a number that long",
    };
}
