namespace FastCanary.Control;

/// <summary>Finds the known key that an unknown one was probably meant to be.</summary>
internal static class KeySuggestion
{
    /// <summary>The nearest of <paramref name="known"/>, or null if none is near: at most a third of the key, and at most three, differs. Case does not count.</summary>
    public static string? Nearest(string key, IEnumerable<string> known)
    {
        string? nearest = null;
        int nearestDistance = Math.Min(3, Math.Max(1, key.Length / 3)) + 1;
        foreach (string candidate in known)
        {
            int distance = Distance(key.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < nearestDistance)
                (nearest, nearestDistance) = (candidate, distance);
        }
        return nearest;
    }

    /// <summary>The error for a name that is not one of those that the file defines.</summary>
    public static string Unknown(string what, string name, IEnumerable<string> known)
    {
        string suggestion = Nearest(name, known) is { } nearest ? $"; did you mean {ScalarNode.Quote(nearest)}?" : ";";
        return $"unknown {what} {ScalarNode.Quote(name)}{suggestion} {what}s: {string.Join(", ", known)}";
    }

    /// <summary>
    /// Inserted, deleted, replaced and swapped neighbouring characters (Damerau and Levenshtein, in the restricted form that edits no part twice).
    /// </summary>
    internal static int Distance(string a, string b)
    {
        var distance = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
            distance[i, 0] = i;
        for (int j = 0; j <= b.Length; j++)
            distance[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = distance[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                distance[i, j] = Math.Min(replace, Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    distance[i, j] = Math.Min(distance[i, j], distance[i - 2, j - 2] + 1);
            }
        }
        return distance[a.Length, b.Length];
    }
}
