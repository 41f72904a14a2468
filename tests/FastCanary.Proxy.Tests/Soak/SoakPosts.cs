namespace FastCanary.Proxy.Tests.Soak;

/// <summary>The POSTs that origins have seen lately: none may come twice, to whichever origin (docs/laws.md, 4).</summary>
internal sealed class SoakPosts(int clients)
{
    // A client's requests can overtake each other only by those that it has abandoned.
    private const int Remembered = 64;

    private readonly int[] _seen = new int[clients * Remembered];

    /// <returns>False where it was here before.</returns>
    public bool TryAdd(int client, int number) => Interlocked.Exchange(ref _seen[(client * Remembered) + (number % Remembered)], number) != number;
}
