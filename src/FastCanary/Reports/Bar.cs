namespace FastCanary.Reports;

/// <summary>Bars of ASCII characters: every terminal has them.</summary>
internal static class Bar
{
    private const char Empty = '.';
    private const char Full = '#';

    /// <param name="fraction">How much is full; below 0 and above 1 as at the bounds.</param>
    /// <param name="width">Columns, of which two are its ends.</param>
    public static string Of(double fraction, int width)
    {
        var cells = Math.Max(0, width - 2);
        var full = double.IsNaN(fraction) ? 0 : (int)Math.Floor((Math.Clamp(fraction, 0, 1) * cells) + 1e-9);
        return $"[{new string(Full, full)}{new string(Empty, cells - full)}]";
    }

    /// <summary>One bar that is divided among shares. Who has anything has a cell, however little it is.</summary>
    public static TextLine OfShares(IReadOnlyList<(double Share, char Mark, Ink Ink)> shares, int width)
    {
        var cells = Math.Max(0, width - 2);
        var line = TextLine.Of("[");
        var total = shares.Sum(static share => Math.Max(0, share.Share));
        if (total <= 0) return line.Add(new string(Empty, cells)).Add("]");

        // Largest remainders, so that the cells are used up.
        var exact = shares.Select(share => Math.Max(0, share.Share) / total * cells).ToArray();
        var given = exact.Select(static cell => cell > 0 ? Math.Max(1, (int)Math.Floor(cell)) : 0).ToArray();
        for (var left = cells - given.Sum(); left != 0; left -= Math.Sign(left))
        {
            var at = 0;
            for (var i = 1; i < given.Length; i++)
            {
                if (left > 0 ? exact[i] - given[i] > exact[at] - given[at] : given[i] - exact[i] > given[at] - exact[at] && given[i] > 0) at = i;
            }

            given[at] = Math.Max(0, given[at] + Math.Sign(left));
        }

        for (var i = 0; i < given.Length; i++) line.Add(new string(shares[i].Mark, given[i]), shares[i].Ink);
        return line.Add("]");
    }
}
