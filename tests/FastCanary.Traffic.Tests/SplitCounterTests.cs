using FastCanary.Traffic;

namespace FastCanary.Traffic.Tests;

public class SplitCounterTests
{
    [Fact]
    public void Positions_count_up_from_zero()
    {
        var counter = new SplitCounter();
        Assert.Equal(0UL, counter.Position);
        Assert.Equal([0UL, 1UL, 2UL], new[] { counter.Next(), counter.Next(), counter.Next() });
        Assert.Equal(3UL, counter.Position);
    }

    [Theory]
    [InlineData(new[] { 10, 5 })]
    [InlineData(new[] { 3, 7, 11, 0, 4 })]
    [InlineData(new[] { 65535, 65534, 1 })]
    public void Threads_that_pick_at_the_same_time_share_one_exact_split(int[] weights)
    {
        SplitTable table = SplitTable.Compile(weights);
        var counter = new SplitCounter();
        // A whole number of cycles, near four threads' worth of 100,000 picks.
        long cycles = Math.Max(1, 400_000 / table.CycleLength);
        long picks = cycles * table.CycleLength;
        long left = picks;
        var totals = new long[weights.Length];
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            var counts = new long[weights.Length];
            while (Interlocked.Decrement(ref left) >= 0)
                counts[table.Pick(counter.Next())]++;
            for (int i = 0; i < counts.Length; i++)
                Interlocked.Add(ref totals[i], counts[i]);
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();

        Assert.Equal((ulong)picks, counter.Position);
        Assert.Equal(weights.Select(weight => weight * picks / weights.Sum()), totals);
    }
}
