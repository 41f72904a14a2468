using System.Globalization;
using System.Text.Json;

namespace FastCanary.Reports;

/// <summary>
/// Reads members of the admin API's objects. What is missing, null or of another kind is null, never an error: a client may be older or newer than
/// the server that it asks.
/// </summary>
internal static class JsonFields
{
    public static string? Text(this JsonElement parent, string name) =>
        parent.Field(name) is { ValueKind: JsonValueKind.String } value ? Clean(value.GetString()!) : null;

    public static double? Number(this JsonElement parent, string name) =>
        parent.Field(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    public static long? Count(this JsonElement parent, string name) =>
        parent.Field(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var count) ? count : null;

    public static bool Flag(this JsonElement parent, string name) => parent.Field(name) is { ValueKind: JsonValueKind.True };

    public static DateTimeOffset? Moment(this JsonElement parent, string name) =>
        parent.Field(name) is { ValueKind: JsonValueKind.String } value
        && DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)
            ? moment
            : null;

    /// <summary>A member that is an object; null where there is none.</summary>
    public static JsonElement? Object(this JsonElement parent, string name) => parent.Field(name) is { ValueKind: JsonValueKind.Object } value ? value : null;

    /// <summary>The items of a member that is an array; none where there is no such member.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement parent, string name) =>
        parent.Field(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : [];

    public static IReadOnlyList<string> Texts(this JsonElement parent, string name) =>
        [.. parent.Items(name).Where(static item => item.ValueKind == JsonValueKind.String).Select(static item => Clean(item.GetString()!))];

    /// <summary>Whole numbers by name, in the order they are written: weights, counts per role.</summary>
    public static IReadOnlyList<KeyValuePair<string, long>> Counts(this JsonElement parent, string name)
    {
        var counts = new List<KeyValuePair<string, long>>();
        if (parent.Object(name) is not { } members) return counts;
        foreach (var member in members.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt64(out var count)) counts.Add(new(Clean(member.Name), count));
        }

        return counts;
    }

    /// <summary>Text from elsewhere, made fit for a terminal: a control character could move the cursor or change what was printed before.</summary>
    public static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\u001f') && !text.AsSpan().ContainsAnyInRange('\u007f', '\u009f')) return text;
        return string.Create(text.Length, text, static (clean, source) =>
        {
            for (var i = 0; i < source.Length; i++) clean[i] = char.IsControl(source[i]) ? (source[i] is '\n' or '\t' ? ' ' : '?') : source[i];
        });
    }

    private static JsonElement? Field(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : null;
}
