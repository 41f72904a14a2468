using System.Globalization;

namespace FastCanary.Proxy.Tests.Soak;

/// <summary>The head of a request or a response, by the plainest reading.</summary>
internal sealed class SoakHead
{
    private readonly string[] _lines;

    private SoakHead(string text)
    {
        Text = text;
        _lines = text.Split("\r\n");
    }

    public string Text { get; }

    public string StartLine => _lines[0];

    public int Status => int.Parse(StartLine.AsSpan(9, 3), CultureInfo.InvariantCulture);

    /// <exception cref="InvalidDataException">The field is there twice.</exception>
    public string? this[string name]
    {
        get
        {
            string? value = null;
            foreach (var line in _lines.AsSpan(1))
            {
                if (line.Length <= name.Length || line[name.Length] != ':' || !line.StartsWith(name, StringComparison.OrdinalIgnoreCase)) continue;
                if (value is not null) throw new InvalidDataException($"{name} is there twice: {Text}");
                value = line[(name.Length + 1)..].Trim();
            }

            return value;
        }
    }

    /// <summary>The next head; null where the connection has ended before its first byte, or was reset in it.</summary>
    /// <exception cref="InvalidDataException">It ended in order, but within the head.</exception>
    public static SoakHead? Read(Wire wire)
    {
        var text = wire.ReadThrough("\r\n\r\n");
        if (text.EndsWith("\r\n\r\n", StringComparison.Ordinal)) return new SoakHead(text);
        if (text.Length > 0 && wire.End == EndKind.Closed) throw new InvalidDataException("the connection ended in a head: " + text);
        return null;
    }
}
