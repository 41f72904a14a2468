using System.Globalization;

namespace FastCanary.Control;

/// <summary>Reads the query parameters that a call takes; as strict as <see cref="AdminBody"/>.</summary>
internal static class AdminQuery
{
    /// <summary>The most entries of a journal that one call gives.</summary>
    public const int LimitMax = 1000;

    private const int LimitDefault = 50;

    /// <summary>Takes a query apart.</summary>
    /// <param name="query">As received, undecoded, without the question mark.</param>
    /// <param name="known">The parameters that there are.</param>
    /// <param name="values">By parameter, decoded.</param>
    /// <returns>What is wrong; null where nothing is.</returns>
    public static string? Read(string query, IReadOnlyList<string> known, out Dictionary<string, string> values)
    {
        values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = Decode(equals < 0 ? pair : pair[..equals]);
            var value = Decode(equals < 0 ? "" : pair[(equals + 1)..]);
            if (name is null || value is null) return "the query is not percent-encoded UTF-8";
            if (!known.Contains(name, StringComparer.Ordinal)) return KeySuggestion.Unknown("parameter", name, known);
            if (!values.TryAdd(name, value)) return $"{ScalarNode.Quote(name)} is there twice";
        }

        return null;
    }

    /// <summary>Reads <c>limit=N</c>.</summary>
    public static string? ReadLimit(string query, out int limit)
    {
        limit = LimitDefault;
        if (Read(query, ["limit"], out var values) is { } problem) return problem;
        if (!values.TryGetValue("limit", out var text)) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= LimitMax
            ? null
            : $"limit must be a whole number from 1 to {LimitMax}";
    }

    /// <summary>Reads a percentage from 0 to 100 with at most two decimals, with or without its sign.</summary>
    /// <returns>Its hundredths; null where it is none.</returns>
    public static int? BasisPoints(string text)
    {
        if (text.EndsWith('%')) text = text[..^1];
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)) return null;
        var points = percent * 100;
        return points is >= 0 and <= 10_000 && points == decimal.Truncate(points) ? (int)points : null;
    }

    private static string? Decode(string text) => AdminRoutes.Decode(text.Replace('+', ' '));
}
