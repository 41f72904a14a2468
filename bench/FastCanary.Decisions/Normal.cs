namespace FastCanary.Decisions;

/// <summary>Quantiles of the standard normal distribution that the tests need.</summary>
internal static class Normal
{
    /// <summary>What 99 % lie below: one-sided 1 %, and two-sided 98 %.</summary>
    public const double Quantile99 = 2.3263478740408408;

    /// <summary>What 97.5 % lie below: two-sided 95 %.</summary>
    public const double Quantile975 = 1.959963984540054;
}
