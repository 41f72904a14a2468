using System.Text;
using FastCanary.Traffic;

namespace FastCanary.Traffic.Tests;

public class AffinitySplitTests
{
    private const ulong Buckets = 1UL << 32;

    [Theory]
    [InlineData(new[] { 99, 1 }, 0, 42949672)]
    [InlineData(new[] { 95, 5 }, 0, 214748364)]
    [InlineData(new[] { 50, 50 }, 0, 2147483648)]
    [InlineData(new[] { 1, 2 }, 0, 2863311530)]
    [InlineData(new[] { 2, 1 }, 1, 2863311530)]
    [InlineData(new[] { 65535, 1 }, 0, 65536)]
    public void A_canary_has_the_buckets_below_its_share_exactly(int[] weights, int baseline, uint bound)
    {
        AffinitySplit split = AffinitySplit.Compile(weights, baseline);
        Assert.Equal(1 - baseline, split.Pick(0));
        Assert.Equal(1 - baseline, split.Pick(bound - 1));
        Assert.Equal(baseline, split.Pick(bound));
        Assert.Equal(baseline, split.Pick(uint.MaxValue));
    }

    [Fact]
    public void With_three_versions_the_first_canary_is_at_the_bottom_the_second_at_the_top_and_the_baseline_between() =>
        Assert.Equal("b0 a429496729 c3435973836", Intervals([70, 10, 20], 0));

    [Fact]
    public void With_more_versions_the_others_lie_between_in_their_order() =>
        Assert.Equal("a0 d429496729 e1288490188 b2576980377 c3865470566", Intervals([10, 30, 10, 20, 30], 1));

    [Theory]
    [InlineData(new[] { 100, 0 }, 0, 0)]
    [InlineData(new[] { 0, 100 }, 0, 1)]
    [InlineData(new[] { 0, 3, 0 }, 0, 1)]
    [InlineData(new[] { 7 }, 0, 0)]
    public void A_version_of_weight_0_has_no_bucket(int[] weights, int baseline, int only)
    {
        AffinitySplit split = AffinitySplit.Compile(weights, baseline);
        foreach (uint bucket in new[] { 0u, 1u, 0x80000000, uint.MaxValue - 1, uint.MaxValue })
            Assert.Equal(only, split.Pick(bucket));
    }

    [Fact]
    public void Each_share_is_exact_to_one_bucket_and_a_weight_of_0_has_none()
    {
        var random = new Random(11);
        for (int round = 0; round < 500; round++)
        {
            int[] weights = [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.Next(3) == 0 ? 0 : random.Next(65536))];
            weights[random.Next(weights.Length)] = random.Next(1, 65536);
            AffinitySplit split = AffinitySplit.Compile(weights, random.Next(weights.Length));
            var counts = new double[weights.Length];
            List<(int Version, ulong Start)> intervals = IntervalsOf(split);
            for (int i = 0; i < intervals.Count; i++)
                counts[intervals[i].Version] += (i + 1 < intervals.Count ? intervals[i + 1].Start : Buckets) - intervals[i].Start;
            Assert.Equal(intervals.Count, intervals.DistinctBy(interval => interval.Version).Count());
            for (int version = 0; version < weights.Length; version++)
            {
                if (weights[version] == 0)
                    Assert.Equal(0, counts[version]);
                else
                    Assert.InRange(counts[version] - (double)weights[version] / weights.Sum() * Buckets, -1, 1);
            }
        }
    }

    [Fact]
    public void Raising_the_share_of_one_canary_in_any_sequence_never_moves_a_user_off_it()
    {
        var random = new Random(12);
        for (int sequence = 0; sequence < 200; sequence++)
        {
            int baseline = random.Next(2);
            int canary = 1 - baseline;
            int total = random.Next(2, 65536);
            int[] weights = [0, 0];
            uint[] users = Users(random);
            var taken = new bool[users.Length];
            for (int weight = 0; weight < total; weight = Math.Min(total, weight + random.Next(1, 1 + total / 8)))
            {
                weights[canary] = weight;
                weights[baseline] = total - weight;
                AssertNobodyLeaves(AffinitySplit.Compile(weights, baseline), canary, users, taken);
            }
            weights[canary] = total;
            weights[baseline] = 0;
            AssertNobodyLeaves(AffinitySplit.Compile(weights, baseline), canary, users, taken);
            Assert.DoesNotContain(false, taken);
        }
    }

    [Fact]
    public void Raising_either_of_two_canaries_never_moves_a_user_off_that_one_whatever_the_other_weights_do()
    {
        var random = new Random(13);
        int raised = 0;
        for (int sequence = 0; sequence < 300; sequence++)
        {
            int baseline = random.Next(3);
            // A small range of weights has shares that are near each other and equal.
            int weightMax = random.Next(2) == 0 ? 6 : 65536;
            int[] before = RandomWeights(random, weightMax);
            for (int step = 0; step < 20; step++)
            {
                int[] after = random.Next(3) == 0 ? RandomWeights(random, weightMax) : Raise(random, before, weightMax);
                AffinitySplit first = AffinitySplit.Compile(before, baseline);
                AffinitySplit second = AffinitySplit.Compile(after, baseline);
                for (int version = 0; version < 3; version++)
                {
                    bool isRaised = (long)after[version] * before.Sum() >= (long)before[version] * after.Sum();
                    if (version == baseline || !isRaised)
                        continue;
                    raised++;
                    foreach (uint user in BoundsOf(first, second, random))
                    {
                        if (first.Pick(user) == version)
                            Assert.True(second.Pick(user) == version, $"[{string.Join(' ', before)}] to [{string.Join(' ', after)}], baseline {baseline}, {user} left {version}");
                    }
                }
                before = after;
            }
        }
        Assert.InRange(raised, 5000, 12000);
    }

    [Theory]
    [InlineData("user-", 1)]
    [InlineData("user-", 5)]
    [InlineData("user-", 25)]
    [InlineData("user-", 50)]
    [InlineData("", 1)]
    [InlineData("", 5)]
    [InlineData("", 25)]
    [InlineData("", 50)]
    public void A_hundred_thousand_sequential_ids_land_within_half_a_percentage_point_of_the_share(string prefix, int percent)
    {
        AffinitySplit split = AffinitySplit.Compile([100 - percent, percent], 0);
        foreach (string salt in new[] { "", "2026-11" })
        {
            var affinity = new AffinityModel(AffinityKeySource.Header, "X-User-Id", salt, assign: null);
            int canary = 0;
            for (int user = 1; user <= 100_000; user++)
                canary += split.Pick(affinity.Bucket(Encoding.ASCII.GetBytes($"{prefix}{user}")));
            Assert.InRange(canary / 1000.0, percent - 0.5, percent + 0.5);
        }
    }

    [Fact]
    public void A_service_keeps_users_on_the_versions_beside_its_baseline_in_whichever_order_the_two_are_set()
    {
        ServiceModel source = Models.Service(new StateTable(), "search", ("canary", 10, [("127.0.0.1:1", 1)]), ("stable", 90, [("127.0.0.1:2", 1)]));
        foreach (ServiceModel service in new[] { VersionsFirst(source, 1), BaselineFirst(source, 1) })
        {
            Assert.Equal("canary", service.PickVersion(429496728).Name);
            Assert.Equal("stable", service.PickVersion(429496729).Name);
        }
        Assert.Equal("stable", source.PickVersion(0).Name);
        Assert.Equal("canary", source.PickVersion(uint.MaxValue).Name);
        Assert.Throws<ArgumentOutOfRangeException>(() => VersionsFirst(source, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => BaselineFirst(source, -1));
    }

    [Theory]
    [InlineData(new[] { 0, 0 }, "no weight is above 0")]
    [InlineData(new[] { 1, -1 }, "weight -1; expected 0 to 65535")]
    [InlineData(new[] { 65536 }, "weight 65536; expected 0 to 65535")]
    public void Weights_that_cannot_be_split_are_refused(int[] weights, string why) =>
        Assert.StartsWith(why, Assert.Throws<ArgumentException>(() => AffinitySplit.Compile(weights, 0)).Message);

    [Fact]
    public void The_most_versions_at_the_largest_weight_do_not_overflow()
    {
        var weights = new int[SplitTable.ChoicesMax];
        Array.Fill(weights, SplitTable.WeightMax);
        AffinitySplit split = AffinitySplit.Compile(weights, 0);
        // Each has 65,536 buckets: from the bottom the versions 1, 3, 4, …, then the baseline, then 2.
        Assert.Equal(1, split.Pick(65535));
        Assert.Equal(3, split.Pick(65536));
        Assert.Equal(65535, split.Pick((65534u << 16) - 1));
        Assert.Equal(0, split.Pick(65534u << 16));
        Assert.Equal(2, split.Pick(65535u << 16));
        Assert.StartsWith("65537 versions", Assert.Throws<ArgumentException>(() => AffinitySplit.Compile(new int[65537], 0)).Message);
    }

    [Fact]
    public void A_pick_allocates_nothing()
    {
        AffinitySplit split = AffinitySplit.Compile([70, 10, 20], 0);
        int sum = split.Pick(1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (uint i = 0; i < 1000; i++)
            sum += split.Pick(i << 22);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.NotEqual(0, sum);
    }

    private static void AssertNobodyLeaves(AffinitySplit split, int canary, uint[] users, bool[] taken)
    {
        for (int user = 0; user < users.Length; user++)
        {
            bool isOn = split.Pick(users[user]) == canary;
            Assert.True(isOn || !taken[user], $"{users[user]} left the canary");
            taken[user] = isOn;
        }
    }

    private static uint[] Users(Random random) =>
        [0, uint.MaxValue, .. Enumerable.Range(0, 500).Select(_ => (uint)random.NextInt64(1L << 32))];

    private static int[] RandomWeights(Random random, int weightMax)
    {
        int[] weights = [random.Next(weightMax), random.Next(weightMax), random.Next(weightMax)];
        weights[random.Next(3)] = random.Next(1, weightMax);
        return weights;
    }

    private static int[] Raise(Random random, int[] weights, int weightMax)
    {
        int[] raised = [.. weights];
        int version = random.Next(3);
        raised[version] = random.Next(raised[version], weightMax);
        return raised.Sum() == 0 ? [1, 1, 1] : raised;
    }

    // A user can only be moved where one of the splits has a bound: its neighbours are all the cases there are.
    private static IEnumerable<uint> BoundsOf(AffinitySplit first, AffinitySplit second, Random random)
    {
        foreach ((int _, ulong start) in IntervalsOf(first).Concat(IntervalsOf(second)))
        {
            yield return (uint)start;
            yield return (uint)(start - 1);
            yield return (uint)(start + 1);
        }
        for (int i = 0; i < 20; i++)
            yield return (uint)random.NextInt64(1L << 32);
    }

    private static string Intervals(int[] weights, int baseline) =>
        string.Join(' ', IntervalsOf(AffinitySplit.Compile(weights, baseline)).Select(interval => $"{(char)('a' + interval.Version)}{interval.Start}"));

    // Finds the bounds by asking: from each start, where its version ends. Every version has one interval, or none.
    private static List<(int Version, ulong Start)> IntervalsOf(AffinitySplit split)
    {
        var intervals = new List<(int, ulong)>();
        for (ulong start = 0; start < Buckets;)
        {
            int version = split.Pick((uint)start);
            intervals.Add((version, start));
            ulong low = start + 1;
            ulong high = Buckets;
            while (low < high)
            {
                ulong middle = (low + high) / 2;
                if (split.Pick((uint)middle) == version)
                    low = middle + 1;
                else
                    high = middle;
            }
            start = low;
        }
        return intervals;
    }

    private static ServiceModel VersionsFirst(ServiceModel source, int baseline) => new()
    {
        Name = source.Name,
        State = source.State,
        Versions = source.Versions,
        BaselineIndex = baseline,
        ExposeVersion = false,
        ConnectTimeoutMs = 1,
        ResponseTimeoutMs = 1,
        ResponseBodyTimeoutMs = 1,
        UpstreamIdleTimeoutMs = 1,
        TunnelTimeoutMs = 1,
        RequestBodyBytesMax = 0,
        ResponseHeadBytesMax = 65536,
    };

    private static ServiceModel BaselineFirst(ServiceModel source, int baseline) => new()
    {
        BaselineIndex = baseline,
        Name = source.Name,
        State = source.State,
        Versions = source.Versions,
        ExposeVersion = false,
        ConnectTimeoutMs = 1,
        ResponseTimeoutMs = 1,
        ResponseBodyTimeoutMs = 1,
        UpstreamIdleTimeoutMs = 1,
        TunnelTimeoutMs = 1,
        RequestBodyBytesMax = 0,
        ResponseHeadBytesMax = 65536,
    };
}
