using System.Text;
using FastCanary.Traffic;

namespace FastCanary.Traffic.Tests;

public class FeatureModelTests
{
    private const int Users = 100_000;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(10_000, Users)]
    public void Nobody_has_it_at_0_percent_and_everybody_at_100(int basisPoints, int on) => Assert.Equal(on, OnCount(Feature("f", basisPoints)));

    [Theory]
    [InlineData(100)]
    [InlineData(500)]
    [InlineData(2500)]
    [InlineData(5000)]
    public void Its_share_of_sequential_users_is_within_half_a_percentage_point(int basisPoints) =>
        Assert.InRange(OnCount(Feature("new-ranking", basisPoints)) * 100.0 / Users, (basisPoints / 100.0) - 0.5, (basisPoints / 100.0) + 0.5);

    // The buckets come from libxxhash.
    [Theory]
    [InlineData("new-ranking", "user-1", 0xBB124CB7)]
    [InlineData("new-ranking", "user-2", 0xC2F927F4)]
    [InlineData("new-ranking", "user-3", 0x5C0C1073)]
    [InlineData("new-ranking", "user-4", 0x6F3AAA69)]
    [InlineData("dark-mode", "user-1", 0x15F2F91A)]
    [InlineData("dark-mode", "user-2", 0xEF782DA9)]
    [InlineData("dark-mode", "user-3", 0x9C41CA7E)]
    [InlineData("dark-mode", "user-4", 0xF2A61BFF)]
    public void A_user_gets_it_at_the_same_share_everywhere_and_for_ever(string name, string user, uint bucket)
    {
        int off = (int)((ulong)bucket * 10_000 >> 32);
        Assert.False(Feature(name, off).IsOn(Encoding.ASCII.GetBytes(user)));
        Assert.True(Feature(name, off + 1).IsOn(Encoding.ASCII.GetBytes(user)));
    }

    [Fact]
    public void Raising_the_share_takes_it_from_nobody()
    {
        var random = new Random(21);
        byte[][] keys = [.. Enumerable.Range(1, 2000).Select(user => Encoding.ASCII.GetBytes($"user-{user}"))];
        var has = new bool[keys.Length];
        for (int basisPoints = 0; basisPoints <= 10_000; basisPoints += random.Next(1, 400))
        {
            FeatureModel feature = Feature("f", basisPoints);
            for (int user = 0; user < keys.Length; user++)
            {
                Assert.True(feature.IsOn(keys[user]) || !has[user]);
                has[user] = feature.IsOn(keys[user]);
            }
        }
    }

    [Fact]
    public void Two_features_and_the_split_know_nothing_of_each_other()
    {
        FeatureModel first = Feature("new-ranking", 3000);
        FeatureModel second = Feature("new-rankinh", 3000);
        var affinity = new AffinityModel(AffinityKeySource.Header, "X-User-Id", "", assign: null);
        AffinitySplit split = AffinitySplit.Compile([70, 30], 0);
        var firstOn = new bool[Users];
        var secondOn = new bool[Users];
        var canary = new bool[Users];
        for (int user = 0; user < Users; user++)
        {
            byte[] key = Key(user);
            firstOn[user] = first.IsOn(key);
            secondOn[user] = second.IsOn(key);
            canary[user] = split.Pick(affinity.Bucket(key)) == 1;
        }

        // Of independent flags it is 0 with a standard deviation of 1/sqrt(100,000), 0.0032.
        Assert.InRange(Correlation(firstOn, secondOn), -0.013, 0.013);
        Assert.InRange(Correlation(firstOn, canary), -0.013, 0.013);
        Assert.InRange(Correlation(secondOn, canary), -0.013, 0.013);
    }

    [Fact]
    public void Its_line_is_ready_to_be_sent()
    {
        var feature = new FeatureModel("f", 1, "X-Feature-F", "caf\u00e9");
        Assert.Equal(Encoding.UTF8.GetBytes("X-Feature-F: caf\u00e9\r\n"), feature.FieldLine);
        Assert.Equal(Encoding.UTF8.GetBytes("x-feature-f"), feature.FoldedHeaderUtf8);
    }

    [Fact]
    public void A_question_allocates_nothing()
    {
        FeatureModel feature = Feature("f", 5000);
        byte[] key = Key(1);
        int on = feature.IsOn(key) ? 1 : 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            on += feature.IsOn(key) ? 1 : 0;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Contains(on, new[] { 0, 1001 });
    }

    private static FeatureModel Feature(string name, int basisPoints) => new(name, basisPoints, "X-Feature", "1");

    private static byte[] Key(int user) => Encoding.ASCII.GetBytes($"user-{user + 1}");

    private static int OnCount(FeatureModel feature) => Enumerable.Range(0, Users).Count(user => feature.IsOn(Key(user)));

    private static double Correlation(bool[] a, bool[] b)
    {
        double shareA = a.Count(on => on) / (double)Users;
        double shareB = b.Count(on => on) / (double)Users;
        double both = a.Zip(b).Count(pair => pair.First && pair.Second) / (double)Users;
        return (both - (shareA * shareB)) / Math.Sqrt(shareA * (1 - shareA) * shareB * (1 - shareB));
    }
}
