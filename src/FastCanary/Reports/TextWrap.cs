namespace FastCanary.Reports;

/// <summary>Breaks text at spaces.</summary>
internal static class TextWrap
{
    private const int NarrowestColumns = 20;

    /// <param name="columns">The most a line may have; a word that is longer stands alone, uncut.</param>
    public static IEnumerable<string> Lines(string text, int columns)
    {
        columns = Math.Max(columns, NarrowestColumns);
        var left = text;
        while (left.Length > columns)
        {
            var at = left.LastIndexOf(' ', columns);
            if (at <= 0) at = left.IndexOf(' ', columns);
            if (at < 0) break;
            yield return left[..at];
            left = left[(at + 1)..];
        }

        yield return left;
    }
}
