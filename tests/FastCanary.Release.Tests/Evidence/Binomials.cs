namespace FastCanary.Release.Tests.Evidence;

/// <summary>Exact probabilities, by logarithms that are summed.</summary>
internal static class Binomials
{
    /// <summary>The logarithm of the probability of <paramref name="hits"/> of <paramref name="trials"/>.</summary>
    public static double Log(int trials, int hits, double probability) =>
        Factorial(trials) - Factorial(hits) - Factorial(trials - hits) + (hits * Math.Log(probability)) + ((trials - hits) * Math.Log(1 - probability));

    public static double Factorial(int n)
    {
        double sum = 0;
        for (int i = 2; i <= n; i++)
            sum += Math.Log(i);
        return sum;
    }
}
