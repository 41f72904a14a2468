namespace FastCanary.Traffic.Tests.Evidence;

public sealed class ServiceEvidenceTests
{
    private const ulong User = 0x1234_5678_9abc_def0;

    [Fact]
    public void Where_users_are_not_told_apart_every_event_is_a_first_one()
    {
        var state = new StateTable().Service("s");
        Assert.True(state.IsFirstFailure(User));
        Assert.True(state.IsFirstFailure(User));
        Assert.True(state.IsFirstSlow(2, User));
        Assert.True(state.IsFirstSlow(2, User));
    }

    [Fact]
    public void A_users_first_failure_and_first_slow_response_of_each_quantile_count()
    {
        var state = new StateTable().Service("s");
        state.ResetUsers();
        Assert.True(state.IsFirstFailure(User));
        Assert.False(state.IsFirstFailure(User));
        for (int quantile = 0; quantile < SlowThresholds.Quantiles; quantile++)
        {
            Assert.True(state.IsFirstSlow(quantile, User));
            Assert.False(state.IsFirstSlow(quantile, User));
        }

        Assert.True(state.IsFirstFailure(User + 1));
    }

    [Fact]
    public void Evidence_that_begins_anew_has_seen_nobody()
    {
        var state = new StateTable().Service("s");
        state.ResetUsers();
        state.IsFirstFailure(User);
        state.IsFirstSlow(0, User);
        state.ResetUsers();
        Assert.True(state.IsFirstFailure(User));
        Assert.True(state.IsFirstSlow(0, User));
    }

    [Fact]
    public void Users_are_told_apart_by_what_does_not_decide_about_their_version()
    {
        var state = new StateTable().Service("s");
        state.ResetUsers();
        Assert.True(state.IsFirstFailure(User));
        ulong otherBucket = User ^ (1UL << 63);
        Assert.NotEqual(AffinityModel.BucketOf(User), AffinityModel.BucketOf(otherBucket));
        Assert.False(state.IsFirstFailure(otherBucket));
    }

    [Fact]
    public void Of_many_threads_with_the_same_users_one_is_the_first_for_each()
    {
        const int Users = 20_000;
        var state = new StateTable().Service("s");
        state.ResetUsers();
        int firsts = 0;
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (ulong user = 0; user < Users; user++)
            {
                if (state.IsFirstFailure(user)) Interlocked.Increment(ref firsts);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Equal(Users, firsts);
    }

    [Fact]
    public void Nothing_is_slow_until_somebody_says_so()
    {
        var thresholds = new StateTable().Service("s").SlowThresholds;
        for (int i = 0; i < SlowThresholds.Quantiles; i++)
            Assert.Equal((long.MaxValue, long.MaxValue), (thresholds.Micros(i, isBaseline: true), thresholds.Micros(i, isBaseline: false)));
        thresholds.Set(1, 1000, 1300);
        Assert.Equal((1000, 1300), (thresholds.Micros(1, isBaseline: true), thresholds.Micros(1, isBaseline: false)));
        Assert.Equal(long.MaxValue, thresholds.Micros(0, isBaseline: false));
        Assert.Equal(long.MaxValue, thresholds.Micros(2, isBaseline: true));
    }

    [Theory]
    [InlineData(499, false)]
    [InlineData(500, true)]
    [InlineData(599, true)]
    [InlineData(600, false)]
    [InlineData(429, true)]
    [InlineData(428, false)]
    [InlineData(999, true)]
    [InlineData(100, false)]
    public void Failures_are_5xx_and_what_is_named(int status, bool isFailure)
    {
        var analysis = new AnalysisModel { FailureStatuses = [429, 999] };
        Assert.Equal(isFailure, analysis.IsFailure(status));
    }

    [Theory]
    [InlineData(99)]
    [InlineData(1000)]
    public void What_is_no_status_is_refused(int status) => Assert.Throws<ArgumentException>(() => new AnalysisModel { FailureStatuses = [status] });

    [Theory]
    [InlineData("", false)]
    [InlineData("0", false)]
    [InlineData("false", false)]
    [InlineData("False", false)]
    [InlineData("1", true)]
    [InlineData("true", true)]
    [InlineData("00", true)]
    [InlineData("payment", true)]
    public void A_business_error_is_anything_but_nothing_zero_and_false(string value, bool isError) =>
        Assert.Equal(isError, AnalysisModel.IsBusinessError(System.Text.Encoding.UTF8.GetBytes(value)));

    [Fact]
    public void The_bucket_is_the_hashs_high_half()
    {
        var affinity = new AffinityModel(AffinityKeySource.Header, "X-User", "salt", assign: null);
        ulong hash = affinity.Hash("user-1"u8);
        Assert.Equal(affinity.Bucket("user-1"u8), AffinityModel.BucketOf(hash));
        Assert.Equal((uint)(hash >> 32), affinity.Bucket("user-1"u8));
    }
}
