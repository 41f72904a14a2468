namespace FastCanary.Proxy.Tests;

internal static class Cuts
{
    /// <summary>The lengths of the pieces that <paramref name="length"/> bytes go out in.</summary>
    public static IEnumerable<int> Pieces(Cut cut, int length)
    {
        if (cut == Cut.Whole)
        {
            yield return length;
            yield break;
        }

        var random = new Random(length * 7919);
        for (var left = length; left > 0;)
        {
            // Beyond some KiB byte by byte would only cost time: what a cut can break are heads and frames.
            var piece = cut == Cut.Bytes && length - left < 2048 ? 1 : random.Next(1, Math.Max(2, Math.Min(left, 1 + (length / 4))));
            yield return piece;
            left -= piece;
        }
    }
}
