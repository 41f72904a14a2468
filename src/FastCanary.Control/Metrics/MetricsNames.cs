using System.Text;
using FastCanary.Proxy;
using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>The names of enumerations' values as labels have them: in lower case, words divided by underscores. Each at its value's place.</summary>
internal static class MetricsNames
{
    /// <summary>Of <see cref="ExchangeOutcome"/>.</summary>
    public static byte[][] Outcomes { get; } = Of<ExchangeOutcome>();

    /// <summary>Of <see cref="MirrorCount"/>.</summary>
    public static byte[][] Mirrors { get; } = Of<MirrorCount>();

    /// <summary>Of <see cref="MetricsText.Phases"/>, as they are.</summary>
    public static byte[][] Phases { get; } = [.. MetricsText.Phases.Select(Encoding.UTF8.GetBytes)];

    private static byte[][] Of<T>()
        where T : struct, Enum => Array.ConvertAll(Enum.GetNames<T>(), static name => Encoding.UTF8.GetBytes(Underscored(name)));

    private static string Underscored(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsAsciiLetterUpper(letter) && text.Length > 0) text.Append('_');
            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
