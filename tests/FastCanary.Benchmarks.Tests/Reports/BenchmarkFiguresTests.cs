using FastCanary.Benchmarks.Reports;

namespace FastCanary.Benchmarks.Tests.Reports;

public sealed class BenchmarkFiguresTests
{
    [Fact]
    public void Rounds_are_pooled_into_their_fastest_median_and_slowest_and_the_interval_of_all_iterations()
    {
        BenchmarkFigures figures = BenchmarkFigures.Pool(
        [
            new RoundMeasurement("A.B", "N=1", [30, 31, 38], 100, 24),
            new RoundMeasurement("A.B", "N=1", [10, 11, 12], 200, 24),
            new RoundMeasurement("A.B", "N=1", [20, 21, 25], 300, 26),
        ]);
        Assert.Equal("A.B(N=1)", figures.Key);
        Assert.Equal((11, 21, 31), (figures.FastestNs, figures.MedianNs, figures.SlowestNs));
        Assert.Equal(22, figures.MeanNs, 1e-9);
        Assert.Equal(9.8742, figures.StdDevNs, 1e-4);
        // Student's t of 8 degrees of freedom at 99.95 % is 5.0413; times the deviation over the root of 9.
        Assert.Equal(16.593, figures.ErrorNs, 1e-3);
        Assert.Equal((3, 9, 600), (figures.Rounds, figures.Iterations, figures.Operations));
    }

    [Fact]
    public void What_another_thread_allocates_in_some_rounds_is_not_the_benchmark_s()
    {
        BenchmarkFigures figures = BenchmarkFigures.Pool([new RoundMeasurement("A.B", "", [1, 1], 1, 2), new RoundMeasurement("A.B", "", [1, 1], 1, 0)]);
        Assert.Equal(0, figures.AllocatedBytes);
        Assert.Equal("A.B", figures.Key);
    }
}
