using System.Text;

namespace FastCanary.Reports;

/// <summary>A line for a terminal: text whose width is known apart from its colours. A character counts as one column.</summary>
internal sealed class TextLine
{
    private readonly List<(string Text, Ink Ink)> _pieces = [];

    /// <summary>Columns.</summary>
    public int Width { get; private set; }

    public static TextLine Of(string text, Ink ink = Ink.Plain) => new TextLine().Add(text, ink);

    public TextLine Add(string text, Ink ink = Ink.Plain)
    {
        if (text.Length == 0) return this;
        _pieces.Add((text, ink));
        Width += text.Length;
        return this;
    }

    public TextLine PadTo(int column) => Add(new string(' ', Math.Max(0, column - Width)));

    public TextLine Add(TextLine line)
    {
        foreach (var (text, ink) in line._pieces) Add(text, ink);
        return this;
    }

    /// <summary>Writes what fits in the columns; a line that was cut ends with two dots.</summary>
    public void WriteTo(StringBuilder to, bool colour, int columns = int.MaxValue)
    {
        var cut = Width > columns;
        var left = cut ? Math.Max(0, columns - 2) : columns;
        foreach (var (text, ink) in _pieces)
        {
            if (left == 0) break;
            var piece = text.Length <= left ? text : text[..left];
            left -= piece.Length;
            if (!colour || ink == Ink.Plain) to.Append(piece);
            else to.Append(Begin(ink)).Append(piece).Append("\u001b[0m");
        }

        if (cut) to.Append("..".AsSpan(0, Math.Min(2, columns)));
        else TrimEnd(to);
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        WriteTo(text, colour: false);
        return text.ToString();
    }

    private static void TrimEnd(StringBuilder text)
    {
        var end = text.Length;
        while (end > 0 && text[end - 1] == ' ') end--;
        text.Length = end;
    }

    private static string Begin(Ink ink) => ink switch
    {
        Ink.Strong => "\u001b[1m",
        Ink.Faint => "\u001b[2m",
        Ink.Good => "\u001b[32m",
        Ink.Warning => "\u001b[33m",
        _ => "\u001b[1;31m",
    };
}
