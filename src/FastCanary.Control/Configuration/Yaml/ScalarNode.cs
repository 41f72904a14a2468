using System.Globalization;
using System.Text;

namespace FastCanary.Control;

/// <summary>A single value, as written; variables are not replaced yet.</summary>
internal sealed class ScalarNode(ConfigPosition position, string value, bool quoted) : ConfigNode(position)
{
    /// <summary>What a secret is called where it would be quoted.</summary>
    public const string Hidden = "text that is not shown";

    private const int QuoteLengthMax = 60;

    public string Value { get; } = value;

    public ScalarKind Kind { get; } = quoted ? ScalarKind.Text : KindOf(value);

    /// <summary>What it would be without its quotes.</summary>
    public ScalarKind UnquotedKind => KindOf(Value);

    public override string Description => Kind switch
    {
        ScalarKind.Null => "nothing",
        ScalarKind.Text when Position.IsSecret => Hidden,
        ScalarKind.Number when Position.IsSecret => "a number that is not shown",
        ScalarKind.Text => Quote(Value),
        _ => Value,
    };

    /// <summary>In double quotes, shortened, and safe to print on one line.</summary>
    public static string Quote(string value)
    {
        var quoted = new StringBuilder("\"");
        foreach (char character in value.AsSpan(0, Math.Min(value.Length, QuoteLengthMax)))
        {
            if (char.IsControl(character))
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else if (character is '"' or '\\')
                quoted.Append('\\').Append(character);
            else
                quoted.Append(character);
        }
        return quoted.Append(value.Length > QuoteLengthMax ? "…\"" : "\"").ToString();
    }

    private static ScalarKind KindOf(string value) => value switch
    {
        "" or "~" or "null" or "Null" or "NULL" => ScalarKind.Null,
        "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => ScalarKind.Boolean,
        _ => IsNumber(value) ? ScalarKind.Number : ScalarKind.Text,
    };

    private static bool IsNumber(ReadOnlySpan<char> value)
    {
        if (value.StartsWith("0x"))
            return long.TryParse(value[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);
        if (value.StartsWith("0o"))
            return value.Length > 2 && value[2..].IndexOfAnyExceptInRange('0', '7') < 0;
        ReadOnlySpan<char> unsigned = value.TrimStart("+-");
        if (value.Length - unsigned.Length > 1)
            return false;
        return unsigned is ".inf" or ".Inf" or ".INF" or ".nan" or ".NaN" or ".NAN"
            || unsigned.Length > 0 && (char.IsAsciiDigit(unsigned[0]) || unsigned[0] == '.')
                && double.TryParse(unsigned, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out _);
    }
}
