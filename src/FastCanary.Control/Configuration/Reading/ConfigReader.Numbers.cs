using System.Globalization;

namespace FastCanary.Control;

/// <summary>Numbers that are not whole, and statuses.</summary>
internal sealed partial class ConfigReader
{
    /// <summary>The least and the largest status that can be configured.</summary>
    public const int StatusMin = 100;
    public const int StatusMax = 599;

    /// <summary>A finite number.</summary>
    public double? Number(ConfigNode node)
    {
        const string Expected = "a number, such as 5, 0.25 or -1";
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (Scalar(node, ScalarKind.Number, Expected) is not { } scalar)
            return null;
        if (double.TryParse(scalar.Text, Style, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value))
            return value;
        Error(node.Position, $"expected {Expected}, got {scalar.Got}");
        return null;
    }

    /// <summary>A list of statuses and classes of them: <c>[404, 5xx]</c>. Null where one cannot be read.</summary>
    public StatusSet? Statuses(ConfigNode node)
    {
        int errors = Errors.Count;
        var statuses = new List<int>();
        foreach (ConfigNode item in List(node, "status"))
            statuses.AddRange(Status(item));
        return Errors.Count == errors ? StatusSet.Of(statuses) : null;
    }

    private IEnumerable<int> Status(ConfigNode node)
    {
        string expected = $"a status from {StatusMin} to {StatusMax}, or a class of them such as 5xx";
        // A number, with or without quotes, or a class, which is text.
        ScalarKind kind = node is ScalarNode { Kind: ScalarKind.Number } ? ScalarKind.Number : ScalarKind.Text;
        if (Scalar(node, kind, expected, quotesHelp: false) is not { } scalar)
            return [];
        if (TryParseDigits(scalar.Text, out long status) && status is >= StatusMin and <= StatusMax)
            return [(int)status];
        if (scalar.Text is [>= '1' and <= '5', 'x', 'x'])
            return StatusSet.Class(scalar.Text[0] - '0');
        Error(node.Position, $"expected {expected}, got {scalar.Got}");
        return [];
    }
}
