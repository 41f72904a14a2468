using static FastCanary.Release.Tests.Property;

namespace FastCanary.Release.Tests.Evidence;

public sealed class LogarithmsTests
{
    [Fact]
    public void Factorials_agree_with_summed_logarithms()
    {
        double sum = 0;
        double lost = 0;
        for (int n = 0; n <= 200_000; n++)
        {
            // Kahan's sum: the plain one is off by more than what is checked.
            double term = Math.Log(Math.Max(1, n)) - lost;
            double next = sum + term;
            lost = next - sum - term;
            sum = next;
            if (n <= 2000 || n % 997 == 0)
                Near(sum, Logarithms.Factorial(n), 1e-13);
        }
    }

    [Fact]
    public void Factorials_of_large_numbers_grow_by_the_next_ones_logarithm()
    {
        foreach (long n in new[] { 1_000_000L, 1_000_000_000L })
            Assert.Equal(Math.Log(n), Logarithms.Factorial(n) - Logarithms.Factorial(n - 1), n < 1e8 ? 1e-7 : 1e-4);
    }

    [Fact]
    public void Sums_of_exponentials_neither_overflow_nor_vanish()
    {
        Near(Math.Log(Math.Exp(1) + Math.Exp(2) + Math.Exp(3)), Logarithms.SumOfExponentials([1, 2, 3]), 1e-14);
        Near(1e6 + Math.Log(2), Logarithms.SumOfExponentials([1e6, 1e6]), 1e-14);
        Near(-1e6 + Math.Log(2), Logarithms.SumOfExponentials([-1e6, -1e6, -2e6]), 1e-14);
        Assert.Equal(5, Logarithms.SumOfExponentials([5, double.NegativeInfinity]));
        Assert.Equal(double.NegativeInfinity, Logarithms.SumOfExponentials([double.NegativeInfinity, double.NegativeInfinity]));
        Assert.Equal(double.PositiveInfinity, Logarithms.SumOfExponentials([0, double.PositiveInfinity]));
    }

    [Fact]
    public void Decimal_logarithms_are_for_people() => Near(2, Logarithms.ToLog10(Math.Log(100)), 1e-15);
}
