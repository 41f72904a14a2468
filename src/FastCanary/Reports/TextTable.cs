namespace FastCanary.Reports;

/// <summary>Rows whose columns are as wide as what they hold.</summary>
internal sealed class TextTable
{
    private const string Gap = "  ";
    private readonly bool[] _rightAligned;
    private readonly List<(string Text, Ink Ink)[]> _rows = [];

    /// <param name="alignment">One letter a column: l for left, r for right.</param>
    public TextTable(string alignment) => _rightAligned = [.. alignment.Select(static letter => letter == 'r')];

    public void Add(params (string Text, Ink Ink)[] cells) => _rows.Add(cells);

    public void AddHeader(params string[] names) => _rows.Add([.. names.Select(static name => (name, Ink.Faint))]);

    public IEnumerable<TextLine> Lines()
    {
        var widths = new int[_rightAligned.Length];
        foreach (var row in _rows)
        {
            for (var i = 0; i < row.Length; i++) widths[i] = Math.Max(widths[i], row[i].Text.Length);
        }

        foreach (var row in _rows)
        {
            var line = new TextLine();
            for (var i = 0; i < row.Length; i++)
            {
                if (i > 0) line.Add(Gap);
                var end = line.Width + widths[i];
                if (_rightAligned[i]) line.PadTo(end - row[i].Text.Length);
                line.Add(row[i].Text, row[i].Ink).PadTo(end);
            }

            yield return line;
        }
    }
}
