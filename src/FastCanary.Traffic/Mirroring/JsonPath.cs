using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace FastCanary.Traffic;

/// <summary>
/// Which values of a JSON text are meant: the part of RFC 9535 that leads to fixed places and over wildcards, such as <c>$.time</c>, <c>$.items[*].id</c>,
/// <c>$.a.b[0]</c> and <c>$['odd name']</c>. Immutable.
/// </summary>
public sealed class JsonPath
{
    /// <summary>The most steps: a JSON text that is deeper is not compared as JSON.</summary>
    public const int StepsMax = 64;

    // Of an index: more elements than that do not fit a body.
    private const int DigitsMax = 8;

    private static readonly SearchValues<char> NameEnds = SearchValues.Create(".[]'\" \t");

    private JsonPath(string text, ImmutableArray<JsonPathStep> steps)
    {
        Text = text;
        Steps = steps;
    }

    /// <summary>As configured.</summary>
    public string Text { get; }

    /// <summary>From the outermost value inwards; at least one.</summary>
    public ImmutableArray<JsonPathStep> Steps { get; }

    /// <summary>Reads a path.</summary>
    /// <param name="text">As configured.</param>
    /// <param name="problem">What is wrong with it, and what is expected; null where nothing is.</param>
    /// <returns>Null where there is a problem.</returns>
    public static JsonPath? TryParse(string text, out string? problem)
    {
        problem = null;
        if (text.Length == 0 || text[0] != '$')
        {
            problem = $"'{text}' does not begin with $, which stands for the whole body; write $.name";
            return null;
        }

        var steps = ImmutableArray.CreateBuilder<JsonPathStep>();
        int at = 1;
        while (at < text.Length && problem is null && steps.Count <= StepsMax)
        {
            JsonPathStep? step = text[at] switch
            {
                '.' => TryParseDot(text, ref at, out problem),
                '[' => TryParseBracket(text, ref at, out problem),
                _ => null,
            };
            if (step is not null) steps.Add(step);
            else problem ??= $"'{text}' has '{text[at]}' where . or [ is expected";
        }

        if (problem is null && steps.Count == 0) problem = "'$' is the whole body; to compare no bodies write body: none";
        if (problem is null && steps.Count > StepsMax) problem = $"'{text}' has more than {StepsMax} steps";
        return problem is null ? new JsonPath(text, steps.ToImmutable()) : null;
    }

    private static JsonPathStep? TryParseDot(string text, ref int at, out string? problem)
    {
        problem = null;
        int start = at + 1;
        int length = text.AsSpan(start).IndexOfAny(NameEnds);
        if (length < 0) length = text.Length - start;
        at = start + length;
        if (length == 0)
        {
            problem = start < text.Length && text[start] == '.'
                ? $"'{text}' has '..', which is not supported: name each step, or use [*]"
                : $"'{text}' has no name behind a dot; a name with odd characters is written ['like this']";
            return null;
        }

        ReadOnlySpan<char> name = text.AsSpan(start, length);
        return name is "*" ? JsonPathStep.All : JsonPathStep.ToMember(Encoding.UTF8.GetBytes(name.ToString()));
    }

    private static JsonPathStep? TryParseBracket(string text, ref int at, out string? problem)
    {
        problem = null;
        int start = at + 1;
        JsonPathStep? step = null;
        int end = start;
        if (start < text.Length && text[start] == '*')
        {
            step = JsonPathStep.All;
            end = start + 1;
        }
        else if (start < text.Length && text[start] is '\'' or '"')
        {
            step = TryParseQuoted(text, start, out end);
        }
        else
        {
            int index = 0;
            while (end < text.Length && char.IsAsciiDigit(text[end]) && end - start < DigitsMax) index = (index * 10) + (text[end++] - '0');
            if (end > start) step = JsonPathStep.ToElement(index);
        }

        if (step is null || end >= text.Length || text[end] != ']')
        {
            problem = $"'{text}' has a [ that is followed by none of 0], *] and 'name']";
            return null;
        }

        at = end + 1;
        return step;
    }

    private static JsonPathStep? TryParseQuoted(string text, int start, out int end)
    {
        char quote = text[start];
        var name = new char[text.Length];
        int length = 0;
        for (end = start + 1; end < text.Length; end++)
        {
            char next = text[end];
            if (next == quote)
            {
                end++;
                return JsonPathStep.ToMember(Encoding.UTF8.GetBytes(name, 0, length));
            }

            if (next == '\\' && end + 1 < text.Length && text[end + 1] is '\'' or '"' or '\\') next = text[++end];
            name[length++] = next;
        }

        return null;
    }
}
