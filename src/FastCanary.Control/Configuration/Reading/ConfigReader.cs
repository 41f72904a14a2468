using System.Globalization;

namespace FastCanary.Control;

/// <summary>Turns nodes into typed values. A node that cannot be one is an error, and null is returned so that reading goes on.</summary>
internal sealed class ConfigReader(string file, Func<string, string?> environment)
{
    /// <summary>The most items of a list and entries of a mapping of names.</summary>
    public const int ItemsMax = 4096;

    /// <summary>The longest time that can be configured.</summary>
    public static readonly TimeSpan DurationMax = TimeSpan.FromHours(24);

    private const int NameLengthMax = 63;

    public List<ConfigError> Errors { get; } = [];

    public void Error(ConfigPosition at, string message) => Errors.Add(new ConfigError(file, at.Line, at.Column, at.Path, message));

    public MappingNode? Mapping(ConfigNode node)
    {
        if (node is not MappingNode mapping)
            Error(node.Position, $"expected a mapping of keys to values, got {node.Description}");
        return node as MappingNode;
    }

    /// <summary>The entries of a mapping whose keys the user chooses; those with an invalid name are left out.</summary>
    public IEnumerable<MappingEntry> Named(ConfigNode node, string what)
    {
        if (node is not MappingNode mapping)
        {
            Error(node.Position, $"expected a mapping of {what} names to {what}s, got {node.Description}");
            yield break;
        }
        CheckCount(node, mapping.Entries.Count, what);
        foreach (MappingEntry entry in mapping.Entries)
        {
            if (IsName(entry.Key))
                yield return entry;
            else
                Error(entry.KeyPosition, $"{ScalarNode.Quote(entry.Key)} is not a name; expected 1 to {NameLengthMax} letters, digits, \".\", \"_\" or \"-\"");
        }
    }

    public IReadOnlyList<ConfigNode> List(ConfigNode node, string what, bool mayBeEmpty = false)
    {
        if (node is not SequenceNode sequence)
        {
            Error(node.Position, $"expected a list of {what}s, got {node.Description}");
            return [];
        }
        if (!mayBeEmpty || sequence.Items.Count > 0)
            CheckCount(node, sequence.Items.Count, what);
        return sequence.Items;
    }

    /// <summary>Text that passes <paramref name="accepts"/>. <paramref name="expected"/> follows "expected" in the error.</summary>
    public string? Text(ConfigNode node, string expected, Predicate<string> accepts)
    {
        if (Scalar(node, ScalarKind.Text, expected) is not { } scalar)
            return null;
        if (accepts(scalar.Text))
            return scalar.Text;
        Error(node.Position, $"expected {expected}, got {scalar.Got}");
        return null;
    }

    public bool? Boolean(ConfigNode node)
    {
        const string Expected = "true or false";
        if (Scalar(node, ScalarKind.Boolean, Expected) is not { } scalar)
            return null;
        if (bool.TryParse(scalar.Text, out bool value))
            return value;
        Error(node.Position, $"expected {Expected}, got {scalar.Got}");
        return null;
    }

    public int? Whole(ConfigNode node, int min, int max)
    {
        string expected = $"a whole number from {min} to {max}";
        if (Scalar(node, ScalarKind.Number, expected) is not { } scalar)
            return null;
        if (TryParseDigits(scalar.Text, out long value) && value >= min && value <= max)
            return (int)value;
        Error(node.Position, $"expected {expected}, got {scalar.Got}");
        return null;
    }

    /// <summary>A time from 1 ms to <see cref="DurationMax"/>: a whole number and one unit.</summary>
    public TimeSpan? Duration(ConfigNode node)
    {
        const string Expected = "a time from 1ms to 24h, such as 250ms, 5s, 2m or 1h";
        if (Scalar(node, ScalarKind.Text, Expected) is not { } scalar)
            return null;
        ReadOnlySpan<char> text = scalar.Text;
        int unitAt = text.IndexOfAnyExceptInRange('0', '9');
        long unitMs = unitAt < 0 ? 0 : text[unitAt..] switch
        {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => 0,
        };
        if (unitMs > 0 && TryParseDigits(text[..unitAt], out long count) && count >= 1 && count <= (long)DurationMax.TotalMilliseconds / unitMs)
            return TimeSpan.FromMilliseconds(count * unitMs);
        Error(node.Position, $"expected {Expected}, got {scalar.Got}");
        return null;
    }

    /// <summary>A size in bytes: a whole number, with or without a unit.</summary>
    public long? Size(ConfigNode node, long min, long max)
    {
        string expected = $"a size from {Written(min)} to {Written(max)}, such as 4096, 64KiB or 10MiB";
        // With a unit it is text, without one a number.
        ScalarKind kind = node is ScalarNode { Kind: ScalarKind.Text, UnquotedKind: ScalarKind.Text } ? ScalarKind.Text : ScalarKind.Number;
        if (Scalar(node, kind, expected) is not { } scalar)
            return null;
        ReadOnlySpan<char> text = scalar.Text;
        int unitAt = text.IndexOfAnyExceptInRange('0', '9');
        int shift = unitAt < 0 ? 0 : text[unitAt..] switch
        {
            "B" => 0,
            "KiB" => 10,
            "MiB" => 20,
            "GiB" => 30,
            _ => -1,
        };
        if (shift >= 0 && TryParseDigits(unitAt < 0 ? text : text[..unitAt], out long count) && count <= max >> shift && count << shift >= min)
            return count << shift;
        Error(node.Position, $"expected {expected}, got {scalar.Got}");
        return null;
    }

    /// <summary>One of a few words.</summary>
    public T? Choice<T>(ConfigNode node, params ReadOnlySpan<(string Word, T Value)> choices)
        where T : struct
    {
        string expected = choices[0].Word;
        for (int i = 1; i < choices.Length; i++)
            expected += (i == choices.Length - 1 ? " or " : ", ") + choices[i].Word;
        if (Scalar(node, ScalarKind.Text, expected) is not { } scalar)
            return null;
        foreach ((string word, T value) in choices)
        {
            if (word == scalar.Text)
                return value;
        }
        Error(node.Position, $"expected {expected}, got {scalar.Got}");
        return null;
    }

    public static bool IsName(string text)
    {
        if (text.Length is 0 or > NameLengthMax)
            return false;
        foreach (char character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('.' or '_' or '-'))
                return false;
        }
        return true;
    }

    /// <summary>A number of bytes in the largest unit that divides it.</summary>
    public static string Written(long bytes) => bytes switch
    {
        0 => "0",
        _ when bytes % (1L << 30) == 0 => $"{bytes >> 30}GiB",
        _ when bytes % (1L << 20) == 0 => $"{bytes >> 20}MiB",
        _ when bytes % (1L << 10) == 0 => $"{bytes >> 10}KiB",
        _ => bytes.ToString(CultureInfo.InvariantCulture),
    };

    // A scalar with a variable in it has whatever kind fits, since only a quoted scalar may hold a brace.
    private (string Text, string Got)? Scalar(ConfigNode node, ScalarKind kind, string expected)
    {
        if (node is not ScalarNode scalar)
        {
            Error(node.Position, $"expected {expected}, got {node.Description}");
            return null;
        }
        string? text = Variables.Replace(scalar.Value, environment, out string? error);
        if (text is null)
        {
            Error(node.Position, error!);
            return null;
        }
        if (text != scalar.Value)
            return (text, $"{ScalarNode.Quote(text)}, from {ScalarNode.Quote(scalar.Value)}");
        if (scalar.Kind == kind)
            return (text, scalar.Description);
        string got = scalar.Kind switch
        {
            ScalarKind.Boolean or ScalarKind.Number when kind == ScalarKind.Text => $"{scalar.Description}; text like that needs quotes",
            ScalarKind.Text when scalar.UnquotedKind == kind => $"the text {scalar.Description}; leave the quotes away",
            _ => scalar.Description,
        };
        Error(node.Position, $"expected {expected}, got {got}");
        return null;
    }

    private void CheckCount(ConfigNode node, int count, string what)
    {
        if (count == 0)
            Error(node.Position, $"expected at least one {what}");
        if (count > ItemsMax)
            Error(node.Position, $"expected at most {ItemsMax} {what}s, got {count}");
    }

    /// <summary>Digits only: no sign, no white space, and no leading zero, which some read as octal.</summary>
    public static bool TryParseDigits(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        if (text.Length is 0 or > 18 || text[0] == '0' && text.Length > 1)
            return false;
        foreach (char digit in text)
        {
            if (!char.IsAsciiDigit(digit))
                return false;
            value = value * 10 + (digit - '0');
        }
        return true;
    }
}
