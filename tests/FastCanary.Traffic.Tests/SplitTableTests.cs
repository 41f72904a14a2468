using FastCanary.Traffic;

namespace FastCanary.Traffic.Tests;

public class SplitTableTests
{
    [Theory]
    [InlineData(new[] { 10, 5 }, "aba")]
    [InlineData(new[] { 5, 1, 1 }, "aabacaa")]
    [InlineData(new[] { 1, 1, 1 }, "abc")]
    [InlineData(new[] { 90, 10 }, "aaaaabaaaa")]
    [InlineData(new[] { 0, 3, 0, 3 }, "bd")]
    [InlineData(new[] { 7 }, "a")]
    public void The_order_is_the_one_nginx_documents(int[] weights, string order)
    {
        SplitTable table = SplitTable.Compile(weights);
        Assert.Equal(order.Length, table.CycleLength);
        Assert.Equal(order + order, string.Concat(Picks(table, 0, 2 * order.Length).Select(choice => (char)('a' + choice))));
    }

    [Fact]
    public void The_order_is_that_of_smooth_weighted_round_robin_for_any_weights()
    {
        foreach (int[] weights in SampleWeights(seed: 1, count: 300, weightMax: 120))
        {
            SplitTable table = SplitTable.Compile(weights);
            var reference = new SmoothRoundRobin(weights);
            int picks = (int)Math.Min(2 * table.CycleLength + 3, 5000);
            for (int position = 0; position < picks; position++)
                Assert.True(reference.Next() == table.Pick((ulong)position), $"[{string.Join(',', weights)}] at {position}");
        }
    }

    [Fact]
    public void Every_window_of_one_cycle_holds_each_choice_exactly_its_share()
    {
        var random = new Random(2);
        foreach (int[] weights in SampleWeights(seed: 3, count: 200, weightMax: 400))
        {
            SplitTable table = SplitTable.Compile(weights);
            int cycle = (int)table.CycleLength;
            int divisor = weights.Sum() / cycle;
            foreach (ulong start in new[] { 0UL, (ulong)(cycle * 7L), (ulong)random.NextInt64(long.MaxValue) })
                Assert.Equal(weights.Select(weight => weight / divisor), Counts(table, start, cycle, weights.Length));
        }
    }

    [Theory]
    [InlineData(new[] { 65535, 65534, 1 })]
    [InlineData(new[] { 65535, 2 })]
    [InlineData(new[] { 1, 0, 65535, 0, 12345, 999 })]
    [InlineData(new[] { 65521, 65519, 65497, 65479, 65449 })]
    public void A_cycle_too_long_for_a_table_is_still_exact(int[] weights)
    {
        SplitTable table = SplitTable.Compile(weights);
        Assert.True(table.CycleLength > SplitTable.CycleLengthMax);
        Assert.Equal(weights.Sum(), table.CycleLength);
        foreach (long start in new[] { 0L, table.CycleLength * 1_000_003, 123_456_789_012_345_678L })
            Assert.Equal(weights, Counts(table, (ulong)start, (int)table.CycleLength, weights.Length));
    }

    [Theory]
    [InlineData(new[] { 65535, 65534, 1 })]
    [InlineData(new[] { 50000, 30000, 20001 })]
    [InlineData(new[] { 49188, 37454, 1 })]
    [InlineData(new[] { 62702, 44878, 33759, 26151, 51972 })]
    public void A_long_cycle_keeps_within_a_few_picks_of_its_shares_all_the_way(int[] weights)
    {
        SplitTable table = SplitTable.Compile(weights);
        var counts = new int[weights.Length];
        double worst = 0;
        for (int position = 0; position < table.CycleLength; position++)
        {
            counts[table.Pick((ulong)position)]++;
            for (int choice = 0; choice < weights.Length; choice++)
                worst = Math.Max(worst, Math.Abs(counts[choice] - (position + 1.0) * weights[choice] / table.CycleLength));
        }
        Assert.InRange(worst, 0, 5);
    }

    [Fact]
    public void The_longest_table_and_the_shortest_long_form_meet_at_the_bound()
    {
        Assert.Equal(SplitTable.CycleLengthMax, SplitTable.Compile([65535, 1]).CycleLength);
        // nginx's order: the lone pick comes in the middle.
        Assert.Equal(1, SplitTable.Compile([65535, 1]).Pick(32768));
        Assert.Equal([65535, 1], Counts(SplitTable.Compile([65535, 1]), 5, 65536, 2));
        Assert.Equal([65535, 2], Counts(SplitTable.Compile([65535, 2]), 5, 65537, 2));
    }

    [Fact]
    public void More_choices_than_a_byte_names_are_split_in_the_same_order()
    {
        var random = new Random(4);
        int[] weights = [.. Enumerable.Range(0, 700).Select(_ => random.Next(0, 4))];
        SplitTable table = SplitTable.Compile(weights);
        var reference = new SmoothRoundRobin(weights);
        for (int position = 0; position < 2 * table.CycleLength; position++)
            Assert.Equal(reference.Next(), table.Pick((ulong)position));
    }

    [Fact]
    public void The_most_choices_at_the_largest_weight_do_not_overflow()
    {
        var weights = new int[SplitTable.ChoicesMax];
        Array.Fill(weights, SplitTable.WeightMax);
        weights[^1] = SplitTable.WeightMax - 1;
        SplitTable table = SplitTable.Compile(weights);
        Assert.Equal((long)SplitTable.ChoicesMax * SplitTable.WeightMax - 1, table.CycleLength);

        // Positions at the cycle's end have the largest products; wrapped ones would fall anywhere, and some choices would get none.
        var seen = new int[weights.Length];
        for (int pick = 0; pick < 4 * weights.Length; pick++)
            seen[table.Pick((ulong)table.CycleLength - 1 - (ulong)pick)]++;
        Assert.InRange(seen.Min(), 2, 4);
        Assert.InRange(seen.Max(), 4, 7);
    }

    [Theory]
    [InlineData(new int[0], "no weight is above 0")]
    [InlineData(new[] { 0, 0 }, "no weight is above 0")]
    [InlineData(new[] { 1, -1 }, "weight -1; expected 0 to 65535")]
    [InlineData(new[] { 65536 }, "weight 65536; expected 0 to 65535")]
    public void Weights_that_cannot_be_split_are_refused(int[] weights, string why)
    {
        var error = Assert.Throws<ArgumentException>(() => SplitTable.Compile(weights));
        Assert.StartsWith(why, error.Message);
    }

    [Fact]
    public void More_choices_than_the_bound_are_refused() =>
        Assert.StartsWith("65537 choices; at most 65536", Assert.Throws<ArgumentException>(() => SplitTable.Compile(new int[SplitTable.ChoicesMax + 1])).Message);

    [Theory]
    [InlineData(new[] { 10, 5 })]
    [InlineData(new[] { 65535, 65534, 1 })]
    public void A_pick_allocates_nothing(int[] weights)
    {
        SplitTable table = SplitTable.Compile(weights);
        var counter = new SplitCounter();
        table.Pick(counter.Next());
        long sum = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
            sum += table.Pick(counter.Next());
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.NotEqual(0, sum);
    }

    private static IEnumerable<int> Picks(SplitTable table, ulong start, int count) =>
        Enumerable.Range(0, count).Select(offset => table.Pick(start + (ulong)offset));

    private static int[] Counts(SplitTable table, ulong start, int picks, int choices)
    {
        var counts = new int[choices];
        foreach (int choice in Picks(table, start, picks))
            counts[choice]++;
        return counts;
    }

    private static IEnumerable<int[]> SampleWeights(int seed, int count, int weightMax)
    {
        var random = new Random(seed);
        for (int sample = 0; sample < count; sample++)
        {
            int scale = random.Next(1, 6);
            int[] weights = [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.Next(0, weightMax) * scale)];
            weights[random.Next(weights.Length)] = scale * random.Next(1, weightMax);
            yield return weights;
        }
    }
}
