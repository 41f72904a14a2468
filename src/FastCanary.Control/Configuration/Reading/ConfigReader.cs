using System.Buffers;
using System.Globalization;
using System.Net;

namespace FastCanary.Control;

/// <summary>Turns nodes into typed values. A node that cannot be one is an error, and null is returned so that reading goes on.</summary>
internal sealed partial class ConfigReader(string file, Func<string, string?> environment)
{
    /// <summary>The most items of a list and entries of a mapping of names.</summary>
    public const int ItemsMax = 4096;

    /// <summary>The longest time that can be configured.</summary>
    public static readonly TimeSpan DurationMax = TimeSpan.FromHours(24);

    /// <summary>The shortest time that can be configured.</summary>
    public static readonly TimeSpan DurationMin = TimeSpan.FromMilliseconds(1);

    /// <summary>All, in hundredths of a percent.</summary>
    public const int ShareMax = 10_000;

    private const int NameLengthMax = 63;

    // RFC 9110, section 5.6.2.
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly (string Text, TimeSpan Time)[] DurationExamples =
        [("250ms", TimeSpan.FromMilliseconds(250)), ("5s", TimeSpan.FromSeconds(5)), ("2m", TimeSpan.FromMinutes(2)), ("1h", TimeSpan.FromHours(1))];

    public List<ConfigError> Errors { get; } = [];

    public List<ConfigWarning> Warnings { get; } = [];

    public void Error(ConfigPosition at, string message) => Errors.Add(new ConfigError(file, at.Line, at.Column, at.Path, message));

    public void Warning(ConfigPosition at, string message) => Warnings.Add(new ConfigWarning(file, at.Line, at.Column, at.Path, message));

    /// <summary>Whether something is wrong with the value at a path, so that what follows from it is not told as well.</summary>
    public bool HasErrorAt(string path) => Errors.Exists(error => error.Path == path);

    /// <summary>Whether something is wrong with the value at a path or with anything in it.</summary>
    public bool HasErrorUnder(string path) =>
        Errors.Exists(error => error.Path.StartsWith(path, StringComparison.Ordinal) && (error.Path.Length == path.Length || error.Path[path.Length] is '.' or '['));

    /// <summary>Where a file is that the configuration names: beside the configuration, unless its path is absolute.</summary>
    public string PathBeside(string path) => Path.Combine(Path.GetDirectoryName(file) ?? "", path);

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
            Error(node.Position, $"expected a list of {Plural(what)}, got {node.Description}");
            return [];
        }
        if (!mayBeEmpty || sequence.Items.Count > 0)
            CheckCount(node, sequence.Items.Count, what);
        return sequence.Items;
    }

    /// <summary>The items of a list, or the one value that stands in its place.</summary>
    public IReadOnlyList<ConfigNode> OneOrList(ConfigNode node, string what) => node is SequenceNode ? List(node, what) : [node];

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

    /// <summary>A time from <see cref="DurationMin"/> to <see cref="DurationMax"/>: a whole number and one unit.</summary>
    public TimeSpan? Duration(ConfigNode node) => Duration(node, DurationMin, DurationMax);

    /// <summary>A time within bounds: a whole number and one unit; <c>0s</c> where the least is zero.</summary>
    /// <param name="node">What is read.</param>
    /// <param name="min">The shortest.</param>
    /// <param name="max">The longest.</param>
    /// <param name="orElse">What stands before the time in "expected", where something else would do.</param>
    public TimeSpan? Duration(ConfigNode node, TimeSpan min, TimeSpan max, string orElse = "")
    {
        string examples = Alternatives([.. DurationExamples.Where(example => example.Time >= min && example.Time <= max).Select(example => example.Text)]);
        string expected = $"{orElse}a time from {Written(min)} to {Written(max)}, such as {examples}";
        if (Scalar(node, ScalarKind.Text, expected) is not { } scalar)
            return null;
        if (min == TimeSpan.Zero && scalar.Text is "0ms" or "0s" or "0m" or "0h")
            return TimeSpan.Zero;
        if (TryParseDuration(scalar.Text, out TimeSpan time) && time >= min && time <= max)
            return time;
        Error(node.Position, $"expected {expected}, got {scalar.Got}");
        return null;
    }

    /// <summary>A share in hundredths of a percent, 0 to <see cref="ShareMax"/>: <c>20%</c>, <c>0.25%</c>.</summary>
    public int? Share(ConfigNode node) => Share(node, 0, ShareMax);

    /// <summary>A share within bounds, in hundredths of a percent; what is no part of a whole may be above <see cref="ShareMax"/>.</summary>
    public int? Share(ConfigNode node, int min, int max)
    {
        string expected = $"a share from {WrittenShare(min)} to {WrittenShare(max)} in steps of 0.01%, such as 5% or 0.25%";
        if (Scalar(node, ScalarKind.Text, expected, quotesHelp: false) is not { } scalar)
            return null;
        if (TryParseShare(scalar.Text, out int share) && share >= min && share <= max)
            return share;
        Error(node.Position, $"expected {expected}, got {scalar.Got}");
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
        var words = new string[choices.Length];
        for (int i = 0; i < words.Length; i++)
            words[i] = choices[i].Word;
        string expected = Alternatives(words);
        // A word may be a number, as a status is.
        ScalarKind kind = node is ScalarNode { Kind: ScalarKind.Number } number && Array.IndexOf(words, number.Value) >= 0 ? ScalarKind.Number : ScalarKind.Text;
        if (Scalar(node, kind, expected, quotesHelp: false) is not { } scalar)
            return null;
        foreach ((string word, T value) in choices)
        {
            if (word == scalar.Text)
                return value;
        }
        Error(node.Position, $"expected {expected}, got {scalar.Got}");
        return null;
    }

    /// <summary>A network, or an address as the network that holds it alone.</summary>
    public IPNetwork? Network(ConfigNode node)
    {
        const string Expected = "a network such as 10.0.0.0/8 or \"2001:db8::/32\" with no bits set behind its prefix, or an IP address";
        IPNetwork network = default;
        return Text(node, Expected, text => TryParseNetwork(text, out network)) is null ? null : network;
    }

    /// <summary>Whether the text is a token, as names of fields, cookies and methods are (RFC 9110, section 5.6.2).</summary>
    public static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(TokenCharacters);

    /// <summary>Whether there is no control character in it.</summary>
    public static bool IsPlain(string text)
    {
        foreach (char character in text)
        {
            if (character is < ' ' or '\x7F')
                return false;
        }
        return true;
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

    /// <summary>A time in the largest unit that divides it.</summary>
    public static string Written(TimeSpan time) => (long)time.TotalMilliseconds switch
    {
        0 => "0s",
        var ms when ms % 3_600_000 == 0 => $"{ms / 3_600_000}h",
        var ms when ms % 60_000 == 0 => $"{ms / 60_000}m",
        var ms when ms % 1000 == 0 => $"{ms / 1000}s",
        var ms => $"{ms}ms",
    };

    /// <summary>A share of hundredths of a percent, with no more digits than it needs.</summary>
    public static string WrittenShare(int basisPoints) => string.Create(CultureInfo.InvariantCulture, $"{basisPoints / 100m:0.##}%");

    // A scalar with a variable in it has whatever kind fits, since only a quoted scalar may hold a brace.
    private (string Text, string Got)? Scalar(ConfigNode node, ScalarKind kind, string expected, bool quotesHelp = true)
    {
        if (node is not ScalarNode scalar)
        {
            Error(node.Position, $"expected {expected}, got {node.Description}");
            return null;
        }
        string? text = Variables.Replace(scalar.Value, environment, out string? error, scalar.Description);
        if (text is null)
        {
            Error(node.Position, error!);
            return null;
        }
        if (text != scalar.Value)
            return (text, scalar.Position.IsSecret ? Hidden(scalar) : $"{ScalarNode.Quote(text)}, from {ScalarNode.Quote(scalar.Value)}");
        if (scalar.Kind == kind)
            return (text, scalar.Description);
        string got = scalar.Kind switch
        {
            ScalarKind.Boolean or ScalarKind.Number when kind == ScalarKind.Text && quotesHelp => $"{scalar.Description}; text like that needs quotes",
            ScalarKind.Text when scalar.UnquotedKind == kind => $"the text {scalar.Description}; leave the quotes away",
            _ => scalar.Description,
        };
        Error(node.Position, $"expected {expected}, got {got}");
        return null;
    }

    // What is made of a secret: by a variable, unless all there was to replace was an escaped dollar sign.
    private static string Hidden(ScalarNode scalar) =>
        scalar.Value.Replace("$${", "", StringComparison.Ordinal).Contains("${", StringComparison.Ordinal) ? $"{ScalarNode.Hidden}, from a variable" : ScalarNode.Hidden;

    private static string Plural(string what) => what[^1] switch
    {
        'y' => $"{what[..^1]}ies",
        's' => $"{what}es",
        _ => $"{what}s",
    };

    private void CheckCount(ConfigNode node, int count, string what)
    {
        if (count == 0)
            Error(node.Position, $"expected at least one {what}");
        if (count > ItemsMax)
            Error(node.Position, $"expected at most {ItemsMax} {Plural(what)}, got {count}");
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

    /// <summary>A whole number and one unit; above 0.</summary>
    public static bool TryParseDuration(ReadOnlySpan<char> text, out TimeSpan time)
    {
        time = default;
        int unitAt = text.IndexOfAnyExceptInRange('0', '9');
        long unitMs = unitAt < 0 ? 0 : text[unitAt..] switch
        {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => 0,
        };
        if (unitMs == 0 || !TryParseDigits(text[..unitAt], out long count) || count < 1 || count > TimeSpan.MaxValue.TotalMilliseconds / unitMs)
            return false;
        time = TimeSpan.FromMilliseconds(count * unitMs);
        return true;
    }

    // 100%, 5%, 0.25%: at most two digits behind the point.
    private static bool TryParseShare(ReadOnlySpan<char> text, out int share)
    {
        share = 0;
        if (!text.EndsWith("%"))
            return false;
        ReadOnlySpan<char> number = text[..^1];
        int point = number.IndexOf('.');
        ReadOnlySpan<char> fraction = point < 0 ? [] : number[(point + 1)..];
        if (point >= 0 && fraction.Length is not (1 or 2) || fraction.ContainsAnyExceptInRange('0', '9'))
            return false;
        if (!TryParseDigits(point < 0 ? number : number[..point], out long whole) || whole > 1_000_000)
            return false;
        share = (int)whole * 100;
        for (int i = 0, worth = 10; i < fraction.Length; i++, worth /= 10)
            share += (fraction[i] - '0') * worth;
        return true;
    }

    private static bool TryParseNetwork(string text, out IPNetwork network)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string host = slash < 0 ? text : text[..slash];
        network = default;
        if (!HostPort.IsIPv4(host) && !HostPort.IsIPv6(host))
            return false;
        IPAddress address = IPAddress.Parse(host);
        long length = address.GetAddressBytes().Length * 8;
        if (slash >= 0 && !TryParseDigits(text.AsSpan(slash + 1), out length))
            return false;

        // Some runtimes refuse bits behind the prefix and others clear them: 10.1.0.0/8 is a slip for one of two things.
        return IPNetwork.TryParse($"{host}/{length}", out network) && network.BaseAddress.Equals(address);
    }

    private static string Alternatives(string[] words) => words.Length == 1 ? words[0] : $"{string.Join(", ", words[..^1])} or {words[^1]}";
}
