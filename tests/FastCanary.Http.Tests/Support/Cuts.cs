namespace FastCanary.Http.Tests;

/// <summary>The ways in which the same bytes can arrive.</summary>
internal static class Cuts
{
    /// <summary>In one piece, byte by byte, and in seeded random pieces: each a list of rising lengths that ends with the whole.</summary>
    internal static IEnumerable<int[]> Of(int length)
    {
        yield return [length];
        yield return Enumerable.Range(1, length).ToArray();
        for (int seed = 1; seed <= 3; seed++) yield return Random(length, new Random(seed * 7919));
    }

    private static int[] Random(int length, Random random)
    {
        var ends = new List<int>();
        int pieceMax = random.Next(2, Math.Max(3, length / 2));
        for (int end = 0; end < length;)
        {
            end = Math.Min(length, end + random.Next(1, pieceMax));
            ends.Add(end);
        }

        return ends.ToArray();
    }
}
