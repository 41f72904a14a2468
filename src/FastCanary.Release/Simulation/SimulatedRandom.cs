using System.Numerics;

namespace FastCanary.Release;

/// <summary>
/// Random numbers for simulations: the same for a seed on every system. xoshiro256** (Blackman and Vigna, Scrambled Linear Pseudorandom Number Generators, 2021), seeded by SplitMix64.
/// </summary>
public sealed class SimulatedRandom
{
    // From these means on numbers are drawn in ways whose cost does not grow with them.
    private const double RejectionMeanMin = 16;
    private const double NormalMeanMin = 30;

    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>The stream of a seed and a number: a simulation's runs have a stream each.</summary>
    public SimulatedRandom(ulong seed, ulong stream)
    {
        ulong state = seed ^ BitOperations.RotateLeft(stream * 0x9E3779B97F4A7C15, 32);
        _s0 = SplitMix(ref state);
        _s1 = SplitMix(ref state);
        _s2 = SplitMix(ref state);
        _s3 = SplitMix(ref state);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>From [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A standard normal number (Box and Muller).</summary>
    public double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    /// <summary>How many events happen at random where <paramref name="mean"/> are expected; from a mean of 30 on, by the normal distribution.</summary>
    public long NextPoisson(double mean)
    {
        if (mean >= NormalMeanMin)
            return (long)Math.Max(0, Math.Round(mean + (Math.Sqrt(mean) * NextNormal())));
        long count = 0;
        double limit = Math.Exp(-mean);
        for (double product = NextDouble(); product > limit; product *= NextDouble())
            count++;
        return count;
    }

    /// <summary>How many of <paramref name="trials"/> succeed, each with <paramref name="probability"/>.</summary>
    public long NextBinomial(long trials, double probability)
    {
        if (trials <= 0 || probability <= 0)
            return 0;
        if (probability >= 1)
            return trials;
        if (probability > 0.5)
            return trials - NextBinomial(trials, 1 - probability);
        return trials * probability < RejectionMeanMin ? ByInversion(trials, probability) : ByRejection(trials, probability);
    }

    // Inversion: one uniform number is taken apart, term by term of the distribution (algorithm BINV of Kachitvichyanukul and Schmeiser, Binomial Random Variate Generation, 1988).
    private long ByInversion(long trials, double probability)
    {
        double odds = probability / (1 - probability);
        double factor = (trials + 1) * odds;
        double term = Math.Exp(trials * Math.Log(1 - probability));
        double left = NextDouble();
        long successes = 0;
        while (left > term && successes < trials)
        {
            left -= term;
            successes++;
            term *= (factor / successes) - odds;
        }

        return successes;
    }

    // Transformed rejection: algorithm BTRS of Hörmann, The Generation of Binomial Random Variates, 1993.
    private long ByRejection(long trials, double probability)
    {
        double n = trials;
        double deviation = Math.Sqrt(n * probability * (1 - probability));
        double b = 1.15 + (2.53 * deviation);
        double a = -0.0873 + (0.0248 * b) + (0.01 * probability);
        double c = (n * probability) + 0.5;
        double vr = 0.92 - (4.2 / b);
        double alpha = (2.83 + (5.1 / b)) * deviation;
        double logOdds = Math.Log(probability / (1 - probability));
        long mode = (long)Math.Floor((n + 1) * probability);
        double atMode = Logarithms.Factorial(mode) + Logarithms.Factorial(trials - mode);
        while (true)
        {
            double u = NextDouble() - 0.5;
            double v = NextDouble();
            double us = 0.5 - Math.Abs(u);
            double k = Math.Floor((((2 * a / us) + b) * u) + c);
            if (k < 0 || k > n)
                continue;
            if (us >= 0.07 && v <= vr)
                return (long)k;
            double height = Math.Log(v * alpha / ((a / (us * us)) + b));
            if (height <= atMode - Logarithms.Factorial((long)k) - Logarithms.Factorial(trials - (long)k) + ((k - mode) * logOdds))
                return (long)k;
        }
    }

    private static ulong SplitMix(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
