using System.Globalization;

namespace FastCanary.Release;

/// <summary>Shares are whole basis points: 0.01 % each, <see cref="All"/> is everything.</summary>
public static class Share
{
    /// <summary>100 %.</summary>
    public const int All = 10_000;

    /// <summary>As a fraction, 0 to 1.</summary>
    public static double Of(int basisPoints) => basisPoints / (double)All;

    /// <summary>As people write it: <c>12.5 %</c>.</summary>
    public static string Text(int basisPoints) => string.Create(CultureInfo.InvariantCulture, $"{basisPoints / 100.0:0.##} %");
}
