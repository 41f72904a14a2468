using FastCanary.Decisions;
using FastCanary.Decisions.Deciders;
using FastCanary.Decisions.Streams;
using FastCanary.Release.Tests.Evidence;
using FastCanary.Traffic;
using static FastCanary.Release.Tests.Property;

namespace FastCanary.Release.Tests.Decisions;

/// <summary>What the study in bench/FastCanary.Decisions is made of.</summary>
public sealed class StudyPartsTests
{
    [Fact]
    public void Handing_on_only_looks_with_events_of_the_canarys_decides_the_same_at_the_same_moment()
    {
        int aborted = 0;
        foreach (ulong run in Enumerable.Range(0, 30).Select(number => (ulong)number))
        {
            Cell cell = Study.Aim with { ErrorRate = 0.02, Minutes = 20 };
            TrafficStream stream = TrafficStream.Of(cell, new SimulatedRandom(8, run));
            var sparse = new RolloutDecider(cell);
            Rollout each = new RolloutDecider(cell).Rollout;
            for (bool ends = false; !ends;)
            {
                Look look = stream.Next(cell.ShareBasisPoints);
                each.Observe(new Observation { At = each.PhaseSince.AddSeconds(look.Second), Counts = [new ShareCounts(look.CanaryBasisPoints, look.Baseline.Seen(), look.Canary.Seen())] });
                bool aborts = sparse.Observe(look);
                Assert.Equal(each.Phase == RolloutPhase.Aborted, aborts);
                aborted += aborts ? 1 : 0;
                ends = aborts || look.Second == cell.Minutes * 60;
            }
        }

        Assert.InRange(aborted, 20, 30);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(2500)]
    [InlineData(3333)]
    public void Requests_are_split_as_the_proxy_splits_them(int share)
    {
        SplitTable table = SplitTable.Compile([Share.All - share, share]);
        var random = new Random(9);
        long position = 777;
        long at = position % table.CycleLength;
        foreach (int count in Enumerable.Range(0, 300).Select(_ => random.Next(40) * random.Next(40)))
        {
            int canary = 0;
            for (int i = 0; i < count; i++)
                canary += table.Pick((ulong)at++);
            Assert.Equal(canary, ExactSplit.Of(share).Take(ref position, count));
        }
    }

    [Theory]
    [InlineData(1, 0.3)]
    [InlineData(9, 0.05)]
    [InlineData(400, 0.1)]
    public void Failures_come_as_often_as_independent_ones(int requests, double rate)
    {
        const int Looks = 40_000;
        var stream = new FailureStream(new SimulatedRandom(10, 0));
        int[] counts = Tally(Enumerable.Range(0, Looks).Select(_ => stream.Draw(requests, rate)), requests + 1);
        Fits(counts, failures => Math.Exp(Binomials.Log(requests, failures, rate)), Looks);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(10)]
    [InlineData(600)]
    public void Arrivals_are_Poisson_numbers(double mean)
    {
        const int Looks = 40_000;
        var table = new PoissonTable(mean);
        var random = new SimulatedRandom(11, 0);
        int[] counts = Tally(Enumerable.Range(0, Looks).Select(_ => table.Next(random)), (int)(mean * 3) + 20);
        Fits(counts, number => Math.Exp((number * Math.Log(mean)) - mean - Binomials.Factorial(number)), Looks);
    }

    [Fact]
    public void The_heaviest_user_asks_a_known_part_of_all_requests() => Assert.Equal(0.03, UserStream.Weights()[0], 0.005);

    [Fact]
    public void The_rank_test_agrees_with_published_figures()
    {
        // The example of R's wilcox.test: W = 35, so (35 - 25 - 0.5) / sqrt(10 * 5 * 16 / 12); the shift's estimate is 0.305.
        double[] x = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
        double[] y = [1.15, 0.88, 0.90, 0.74, 1.21];
        Near(9.5 / Math.Sqrt(800 / 12.0), MannWhitneyDecider.Statistic(x, y, 0), 1e-12);
        Assert.Equal(0.305, MannWhitneyDecider.ShiftAt(x, y, 0), 0.03);
        Assert.False(MannWhitneyDecider.IsHigh(x, y));
        Assert.True(MannWhitneyDecider.IsHigh(Array.ConvertAll(x, value => value + 1), y));
        Assert.False(MannWhitneyDecider.IsHigh(Array.ConvertAll(x, value => value - 1), y));
        Assert.False(MannWhitneyDecider.IsHigh(new double[10], new double[10]));
        // Ties: ranks 1.5, 1.5, 3, 4 with a variance lowered by one pair.
        Near((4.5 - 3 - 2 - (-1 * 0.5)) / Math.Sqrt(4 / 12.0 * (5 - (6 / 12.0))), MannWhitneyDecider.Statistic([0, 1], [0, 2], 0), 1e-12);
    }

    [Fact]
    public void Intervals_are_Wilsons()
    {
        Interval interval = Interval.Of(10, 100);
        Assert.Equal((0.0552, 0.1744), (Math.Round(interval.Low, 4), Math.Round(interval.High, 4)));
        Assert.Equal((0, 0.0370), (Interval.Of(0, 100).Low, Math.Round(Interval.Of(0, 100).High, 4)));
    }

    private static int[] Tally(IEnumerable<long> numbers, int count)
    {
        var counts = new int[count];
        foreach (long number in numbers)
            counts[number]++;
        return counts;
    }

    /// <summary>A chi-squared test whose bound lies six standard deviations out; the seed is fixed.</summary>
    private static void Fits(int[] counts, Func<int, double> probability, int total)
    {
        (double sum, int cells, double restExpected, double restFound) = (0, 0, 0, 0);
        for (int number = 0; number < counts.Length; number++)
        {
            double expected = probability(number) * total;
            if (expected < 10)
            {
                (restExpected, restFound) = (restExpected + expected, restFound + counts[number]);
                continue;
            }

            sum += (counts[number] - expected) * (counts[number] - expected) / expected;
            cells++;
        }

        if (restExpected > 1)
            sum += (restFound - restExpected) * (restFound - restExpected) / restExpected;
        Assert.True(sum <= cells + (6 * Math.Sqrt(2 * cells)), $"chi squared {sum} of {cells} cells");
        Assert.True(cells > 1);
    }
}
