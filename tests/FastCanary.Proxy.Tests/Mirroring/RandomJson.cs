using System.Globalization;
using System.Text;

namespace FastCanary.Proxy.Tests;

/// <summary>Random JSON values, and their random spellings. Objects are dictionaries, arrays lists, leaves strings, whole numbers, true, false and null.</summary>
internal static class RandomJson
{
    private static readonly string[] Names = ["a", "b", "id", "time", "odd name", "ä", "x1", "under_score", "with-hyphen", "Z"];

    public static object? Value(Random random, int depth)
    {
        switch (random.Next(depth < 4 ? 8 : 5))
        {
            case 0: return null;
            case 1: return random.Next(2) == 0;
            case 2: return random.NextInt64(-1_000_000_000_000, 1_000_000_000_000) * (random.Next(3) == 0 ? 1000 : 1);
            case 3 or 4: return string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => (string[])["a", "\"", "\\", "/", "\n", "ä", "€", "😀", "\u0001"]).Select(each => each[random.Next(each.Length)]));
            case 5: return Enumerable.Range(0, random.Next(5)).Select(_ => Value(random, depth + 1)).ToList();
            default:
                var members = new Dictionary<string, object?>(StringComparer.Ordinal);
                foreach (var name in Names.OrderBy(_ => random.Next()).Take(random.Next(6))) members[name] = Value(random, depth + 1);
                return members;
        }
    }

    public static string Write(object? value, Random random)
    {
        var text = new StringBuilder();
        Write(value, random, text);
        return text.ToString();
    }

    /// <summary>The value with one leaf changed (empty objects and arrays are leaves), and the leaf's path.</summary>
    public static (object? Changed, string Path) ChangeOneLeaf(object? value, Random random)
    {
        switch (value)
        {
            case List<object?> { Count: > 0 } list:
                var index = random.Next(list.Count);
                var (element, behind) = ChangeOneLeaf(list[index], random);
                var elements = new List<object?>(list) { [index] = element };
                return (elements, $"$[{index}]{behind[1..]}");
            case Dictionary<string, object?> { Count: > 0 } members:
                var name = members.Keys.OrderBy(_ => random.Next()).First();
                var (member, rest) = ChangeOneLeaf(members[name], random);
                var others = new Dictionary<string, object?>(members, StringComparer.Ordinal) { [name] = member };
                var isPlain = name.All(each => char.IsAsciiLetterOrDigit(each) || each is '_' or '-');
                return (others, $"${(isPlain ? "." + name : $"['{name}']")}{rest[1..]}");
            case long number:
                return (number + 1, "$");
            case string text:
                return (text + "x", "$");
            default:
                return (value is null ? 0L : null, "$");
        }
    }

    /// <summary>The path with some of its steps made wildcards.</summary>
    public static string WithWildcards(string path, Random random)
    {
        var text = new StringBuilder("$");
        for (var at = 1; at < path.Length;)
        {
            var end = path[at] == '[' ? path.IndexOf(']', at) + 1 : path.IndexOfAny(['.', '['], at + 1);
            if (end < 0) end = path.Length;
            text.Append(random.Next(2) == 0 ? path[at..end] : random.Next(2) == 0 ? "[*]" : ".*");
            at = end;
        }

        return text.ToString();
    }

    private static void Write(object? value, Random random, StringBuilder text)
    {
        Space(random, text);
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case bool truth:
                text.Append(truth ? "true" : "false");
                break;
            case long number:
                WriteNumber(number, random, text);
                break;
            case string characters:
                WriteString(characters, random, text);
                break;
            case List<object?> list:
                text.Append('[');
                for (var i = 0; i < list.Count; i++)
                {
                    if (i > 0) text.Append(',');
                    Write(list[i], random, text);
                }

                Space(random, text);
                text.Append(']');
                break;
            case Dictionary<string, object?> members:
                text.Append('{');
                var isFirst = true;
                foreach (var (name, member) in members.OrderBy(_ => random.Next()))
                {
                    if (!isFirst) text.Append(',');
                    isFirst = false;
                    Space(random, text);
                    WriteString(name, random, text);
                    Space(random, text);
                    text.Append(':');
                    Write(member, random, text);
                }

                Space(random, text);
                text.Append('}');
                break;
        }

        Space(random, text);
    }

    private static void WriteNumber(long number, Random random, StringBuilder text)
    {
        var digits = number.ToString(CultureInfo.InvariantCulture);
        var zeros = number == 0 ? 0 : digits.Length - digits.TrimEnd('0').Length;
        switch (random.Next(number == 0 ? 2 : 4))
        {
            case 0:
                text.Append(digits).Append(".00");
                break;
            case 1:
                text.Append(digits[..^zeros]).Append(random.Next(2) == 0 ? "e" : "E+").Append(zeros);
                break;
            case 2:
                text.Append(digits).Append("000e-3");
                break;
            default:
                text.Append(digits);
                break;
        }
    }

    private static void WriteString(string characters, Random random, StringBuilder text)
    {
        text.Append('"');
        foreach (var each in characters)
        {
            var mustEscape = each is '"' or '\\' || each < ' ' || char.IsSurrogate(each);
            if (each == '\n' && random.Next(2) == 0) text.Append("\\n");
            else if (each is '"' or '\\' or '/' && random.Next(2) == 0) text.Append('\\').Append(each);
            else if (mustEscape || random.Next(4) == 0) text.Append("\\u").Append(((int)each).ToString(random.Next(2) == 0 ? "x4" : "X4", CultureInfo.InvariantCulture));
            else text.Append(each);
        }

        text.Append('"');
    }

    private static void Space(Random random, StringBuilder text)
    {
        while (random.Next(4) == 0) text.Append(" \t\r\n"[random.Next(4)]);
    }
}
