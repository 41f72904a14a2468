using FsCheck;
using FsCheck.Fluent;

namespace FastCanary.Release.Tests;

internal static class Property
{
    /// <summary>Checks as many values as FASTCANARY_PROPERTY_TESTS says; a failure prints the seed that repeats it.</summary>
    public static void Hold<T>(Gen<T> values, Action<T> holds)
    {
        int tests = int.Parse(Environment.GetEnvironmentVariable("FASTCANARY_PROPERTY_TESTS") ?? "1000");
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(tests), Prop.ForAll(Arb.From(values), holds));
    }

    /// <summary>That two figures differ by rounding only.</summary>
    public static void Near(double expected, double actual, double relative = 1e-9)
    {
        Assert.False(double.IsNaN(actual), $"expected {expected:R}, found NaN");
        Assert.True(Math.Abs(expected - actual) <= relative * (1 + Math.Abs(expected)), $"expected {expected:R}, found {actual:R}");
    }
}
