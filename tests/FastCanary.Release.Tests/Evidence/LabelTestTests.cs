using FsCheck;
using FsCheck.Fluent;
using static FastCanary.Release.Tests.Property;

namespace FastCanary.Release.Tests.Evidence;

public sealed class LabelTestTests
{
    private static readonly Gen<int> Shares = Gen.OneOf(Gen.Choose(1, 9999), Gen.Elements(1, 100, 500, 1000, 5000, 9999));

    private static readonly Gen<ShareEvents> Events =
        from share in Shares
        from canary in Gen.Choose(0, 40)
        from baseline in Gen.Choose(0, 40)
        select new ShareEvents(share, canary, baseline);

    private static readonly Gen<ShareEvents[]> Histories = Events.ListOf().Select(list => list.ToArray());

    [Fact]
    public void Without_evidence_E_is_1() => Assert.Equal(0, new LabelTest(LabelHypotheses.Worse).LogE);

    [Fact]
    public void One_event_weighs_as_computed_by_hand()
    {
        // share 10 %: θ_1.25 = 0.125/1.025 = 0.121951, θ_1000 = 100/100.9 = 0.991080
        (double[] onCanary, double[] onBaseline) = Weights(LabelHypotheses.Worse, 1000);
        Near(0.198451, onCanary[0], 1e-6);
        Near(-0.0246926, onBaseline[0], 1e-6);
        Near(2.293625, onCanary[^1], 1e-6);
        Near(-4.614130, onBaseline[^1], 1e-6);

        // θ_2 = 0.2/1.1 = 0.181818, θ_1 = 0.1, θ_0.25 = 0.025/0.925 = 0.027027
        (onCanary, onBaseline) = Weights(LabelHypotheses.TwiceAsBad, 1000);
        Near(-0.597837, onCanary[0], 1e-6);
        Near(0.0953102, onBaseline[0], 1e-6);
        Near(-1.906171, onCanary[^1], 1e-6);
        Near(0.173272, onBaseline[^1], 1e-6);
    }

    [Fact]
    public void Weights_add_up_to_1_and_favour_ratios_a_little_worse()
    {
        foreach (LabelHypotheses hypotheses in new[] { LabelHypotheses.Worse, LabelHypotheses.TwiceAsBad })
            Near(1, hypotheses.LogWeights.ToArray().Sum(Math.Exp), 1e-14);
        // The root of 1000 / 1.25.
        Near(28.284271, Math.Exp(LabelHypotheses.Worse.LogWeights[0] - LabelHypotheses.Worse.LogWeights[^1]), 1e-7);
        Near(Math.Log(0.25), LabelHypotheses.TwiceAsBad.LogWeights[0], 1e-14);
    }

    [Fact]
    public void A_few_events_give_the_mean_of_the_likelihood_ratios()
    {
        // 3 of the canary's and 2 of the baseline's at 10 %: the weighted mean over r of (θ_r / 0.1)³ ((1 − θ_r) / 0.9)²
        double mean = LabelFormula.Worse.Sum(ratio =>
        {
            double theta = LabelFormula.Theta(ratio, 0.1);
            return LabelFormula.Weight(LabelFormula.Worse, ratio) * Math.Pow(theta / 0.1, 3) * Math.Pow((1 - theta) / 0.9, 2);
        });
        var test = new LabelTest(LabelHypotheses.Worse);
        test.Add(1000, 3, 2);
        Near(Math.Log(mean), test.LogE, 1e-12);
        Assert.Equal((3, 2), (test.Canary, test.Baseline));
    }

    [Fact]
    public void It_agrees_with_a_plain_computation_of_the_documented_formula() => Hold(Histories, history =>
    {
        Near(LabelFormula.LogE(1, LabelFormula.Worse, history), Told(LabelHypotheses.Worse, history).LogE);
        Near(LabelFormula.LogE(2, LabelFormula.TwiceAsBad, history), Told(LabelHypotheses.TwiceAsBad, history).LogE);
    });

    [Fact]
    public void However_the_events_are_told_E_is_the_same() => Hold(
        from history in Histories
        from seed in Gen.Choose(0, int.MaxValue)
        select (history, seed),
        of =>
        {
            LabelTest whole = Told(LabelHypotheses.Worse, of.history);
            LabelTest parts = Told(LabelHypotheses.Worse, Scattered(of.history, new Random(of.seed)));
            Near(whole.LogE, parts.LogE);
            Assert.Equal((whole.Canary, whole.Baseline), (parts.Canary, parts.Baseline));
            Assert.Equal(whole.Kept.OrderBy(kept => kept.CanaryBasisPoints), parts.Kept.OrderBy(kept => kept.CanaryBasisPoints));
        });

    [Fact]
    public void What_is_kept_restores_it() => Hold(
        from history in Histories
        from more in Events
        select (history, more),
        of =>
        {
            LabelTest test = Told(LabelHypotheses.Worse, of.history);
            var restored = new LabelTest(LabelHypotheses.Worse, test.Kept);
            Near(test.LogE, restored.LogE);
            Assert.Equal(test.Kept, restored.Kept);
            test.Add(of.more.CanaryBasisPoints, of.more.Canary, of.more.Baseline);
            restored.Add(of.more.CanaryBasisPoints, of.more.Canary, of.more.Baseline);
            Near(test.LogE, restored.LogE);
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Where_the_null_just_holds_one_more_event_changes_nothing_on_average(int nullRatio) => Hold(
        from history in Histories
        from share in Shares
        select (history, share),
        of =>
        {
            (double before, double expected) = Expected(nullRatio, nullRatio, of.history, of.share);
            Near(before, expected, 1e-10);
        });

    [Fact]
    public void Inside_the_null_one_more_event_lowers_E_on_average() => Hold(
        from history in Histories
        from share in Shares
        from percent in Gen.Choose(1, 99)
        select (history, share, percent),
        of =>
        {
            foreach ((int nullRatio, double ratio) in new[] { (1, of.percent / 100.0), (2, 200.0 / of.percent) })
            {
                (double before, double expected) = Expected(nullRatio, ratio, of.history, of.share);
                Assert.True(expected <= before + 1e-9, $"null {nullRatio}, ratio {ratio}: {before:R} became {expected:R}");
            }
        });

    [Fact]
    public void An_event_of_the_canarys_speaks_for_worse_and_one_of_the_baselines_against_it() => Hold(
        from history in Histories
        from share in Shares
        select (history, share),
        of =>
        {
            Assert.True(After(LabelHypotheses.Worse, of.history, of.share, canary: 1) > Told(LabelHypotheses.Worse, of.history).LogE);
            Assert.True(After(LabelHypotheses.Worse, of.history, of.share, canary: 0) < Told(LabelHypotheses.Worse, of.history).LogE);
            Assert.True(After(LabelHypotheses.TwiceAsBad, of.history, of.share, canary: 1) < Told(LabelHypotheses.TwiceAsBad, of.history).LogE);
            Assert.True(After(LabelHypotheses.TwiceAsBad, of.history, of.share, canary: 0) > Told(LabelHypotheses.TwiceAsBad, of.history).LogE);
        });

    [Fact]
    public void It_reaches_a_threshold_exactly_when_E_does() => Hold(
        from history in Histories
        from tenths in Gen.Choose(-200, 200)
        select (history, tenths),
        of =>
        {
            foreach (LabelHypotheses hypotheses in new[] { LabelHypotheses.Worse, LabelHypotheses.TwiceAsBad })
            {
                LabelTest test = Told(hypotheses, of.history);
                double logE = test.LogE;
                foreach (double threshold in new[] { of.tenths / 10.0, logE, Math.BitIncrement(logE), Math.BitDecrement(logE), logE + 2, 0, double.NegativeInfinity })
                    Assert.True(test.Reaches(threshold) == (logE >= threshold), $"ln E {logE:R}, threshold {threshold:R}");
            }
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5000)]
    [InlineData(9998)]
    [InlineData(9999)]
    public void Extreme_shares_and_counts_give_a_number_that_points_the_right_way(int share)
    {
        foreach ((long canary, long baseline) in new[] { (1L, 0L), (0L, 1L), (50_000_000L, 0L), (0L, 50_000_000L), (50_000_000L, 50_000_000L), (3_000_000_000L, 1L), (1L, 3_000_000_000L) })
        {
            foreach (LabelHypotheses hypotheses in new[] { LabelHypotheses.Worse, LabelHypotheses.TwiceAsBad })
            {
                var test = new LabelTest(hypotheses);
                test.Add(share, canary, baseline);
                Assert.True(double.IsFinite(test.LogE), $"{canary} + {baseline}: {test.LogE}");
                bool speaksForCanary = hypotheses == LabelHypotheses.TwiceAsBad;
                if (baseline == 0)
                    Assert.Equal(speaksForCanary, test.LogE < 0);
                if (canary == 0)
                    Assert.Equal(speaksForCanary, test.LogE > 0);
            }
        }
    }

    [Fact]
    public void Millions_of_looks_do_not_wear_the_sums_out()
    {
        var test = new LabelTest(LabelHypotheses.Worse);
        for (int look = 0; look < 2_000_000; look++)
            test.Add(look % 2 == 0 ? 1000 : 700, look % 9 == 0 ? 2 : 0, 1);
        Near(LabelFormula.LogE(1, LabelFormula.Worse, test.Kept), test.LogE, 1e-8);
        Near(new LabelTest(LabelHypotheses.Worse, test.Kept).LogE, test.LogE, 1e-8);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(10_000)]
    [InlineData(10_001)]
    public void A_share_of_nothing_or_of_everything_tells_nothing(int share)
    {
        var test = new LabelTest(LabelHypotheses.Worse);
        test.Add(share, 1000, 1000);
        Assert.Equal((0, 0, 0), (test.LogE, test.Canary, test.Baseline));
        Assert.Empty(test.Kept);
    }

    [Fact]
    public void Events_beyond_the_most_shares_are_left_out_of_both_versions()
    {
        var test = new LabelTest(LabelHypotheses.Worse);
        for (int share = 1; share <= LabelTest.SharesMax; share++)
            test.Add(share, 1, 1);
        double before = test.LogE;
        test.Add(9000, 100, 100);
        Assert.Equal((before, LabelTest.SharesMax, LabelTest.SharesMax), (test.LogE, test.Canary, test.Baseline));
        test.Add(1, 1, 0);
        Assert.Equal(LabelTest.SharesMax + 1, test.Canary);
        Assert.Equal(LabelTest.SharesMax, test.Kept.Length);
    }

    private static LabelTest Told(LabelHypotheses hypotheses, IEnumerable<ShareEvents> history)
    {
        var test = new LabelTest(hypotheses);
        foreach (ShareEvents events in history)
            test.Add(events.CanaryBasisPoints, events.Canary, events.Baseline);
        return test;
    }

    private static double After(LabelHypotheses hypotheses, ShareEvents[] history, int share, int canary) =>
        Told(hypotheses, [.. history, new ShareEvents(share, canary, 1 - canary)]).LogE;

    /// <summary>ln E before, and the logarithm of E's expectation after one more event, where the canary is <paramref name="ratio"/> times as bad.</summary>
    private static (double Before, double Expected) Expected(int nullRatio, double ratio, ShareEvents[] history, int share)
    {
        LabelHypotheses hypotheses = nullRatio == 1 ? LabelHypotheses.Worse : LabelHypotheses.TwiceAsBad;
        double theta = LabelFormula.Theta(ratio, share / 10_000.0);
        double before = Told(hypotheses, history).LogE;
        double mean = (theta * Math.Exp(After(hypotheses, history, share, canary: 1) - before)) + ((1 - theta) * Math.Exp(After(hypotheses, history, share, canary: 0) - before));
        return (before, before + Math.Log(mean));
    }

    /// <summary>The same events one by one or in lots, of all shares mixed.</summary>
    private static List<ShareEvents> Scattered(ShareEvents[] history, Random random)
    {
        var parts = new List<ShareEvents>();
        foreach (ShareEvents events in history)
        {
            long canary = events.Canary;
            long baseline = events.Baseline;
            while (canary + baseline > 0)
            {
                long fewCanary = random.NextInt64(canary + 1);
                long fewBaseline = random.NextInt64(baseline + 1);
                parts.Add(new ShareEvents(events.CanaryBasisPoints, fewCanary, fewBaseline));
                canary -= fewCanary;
                baseline -= fewBaseline;
            }
        }

        ShareEvents[] mixed = [.. parts];
        random.Shuffle(mixed);
        return [.. mixed];
    }

    private static (double[] OnCanary, double[] OnBaseline) Weights(LabelHypotheses hypotheses, int share)
    {
        var onCanary = new double[hypotheses.Count];
        var onBaseline = new double[hypotheses.Count];
        hypotheses.Weigh(share, onCanary, onBaseline);
        return (onCanary, onBaseline);
    }
}
