using System.Collections.Immutable;

namespace FastCanary.Release;

/// <summary>What a rollout has seen of its two versions, and the tests on it.</summary>
internal sealed class RolloutEvidence
{
    // Of the chance of a false abort, what each statistical guard may use up.
    private const double ErrorsPart = 0.5;
    private const double LatencyPart = 0.3;
    private const double MaxRatePart = 0.2;

    // The chance of going on with a canary that is twice as bad, or over its rate.
    private const double FalseAdvance = 0.05;

    // The split's own test stands beside the decision about the canary: it must be all but certain.
    private const double SplitAlpha = 1e-6;

    private const double RateMemorySeconds = 60;

    private readonly RolloutPlan _plan;
    private readonly LabelTest _worse;
    private readonly LabelTest _twiceAsBad;
    private readonly LabelTest[] _slow;
    private readonly RateTest? _above;
    private readonly RateTest? _below;
    private readonly List<ShareEvents> _requests;
    private readonly Dictionary<string, OverBound> _overBounds;
    private double _rate;
    private double _rateWeight;

    public RolloutEvidence(RolloutPlan plan, EvidenceState kept)
    {
        _plan = plan;
        _worse = new LabelTest(LabelHypotheses.Worse, kept.Errors);
        _twiceAsBad = new LabelTest(LabelHypotheses.TwiceAsBad, kept.Errors);
        _slow = new LabelTest[plan.Analysis.Latency?.Quantiles.Length ?? 0];
        for (int i = 0; i < _slow.Length; i++)
            _slow[i] = new LabelTest(LabelHypotheses.Worse, i < kept.Slow.Length ? kept.Slow[i] : []);
        if (plan.Analysis.Errors is { } errors)
        {
            _below = RateTest.Below(errors.AdvanceRateBasisPoints);
            if (errors.MaxRateBasisPoints > 0)
                _above = RateTest.Above(errors.MaxRateBasisPoints);
        }

        _requests = [.. kept.Requests];
        _overBounds = [];
        foreach (OverBound over in kept.OverBounds)
            _overBounds[over.Guard] = over;
        Baseline = kept.Baseline;
        Canary = kept.Canary;
        StepRequests = kept.StepRequests;
        (_rate, _rateWeight) = (kept.CanaryRate * kept.CanaryRateWeight, kept.CanaryRateWeight);
        double falseAbort = Share.Of(plan.Analysis.FalseAbortBasisPoints);
        ErrorsAbortAt = -Math.Log(falseAbort * ErrorsPart);
        LatencyAbortAt = -Math.Log(falseAbort * LatencyPart);
        MaxRateAbortAt = -Math.Log(falseAbort * MaxRatePart);
    }

    public static double AdvanceAt { get; } = -Math.Log(FalseAdvance);

    public static double SplitAt { get; } = -Math.Log(SplitAlpha);

    public double ErrorsAbortAt { get; }

    public double LatencyAbortAt { get; }

    public double MaxRateAbortAt { get; }

    public VersionCounts Baseline { get; private set; }

    public VersionCounts Canary { get; private set; }

    /// <summary>The canary's requests since the step began.</summary>
    public long StepRequests { get; private set; }

    /// <summary>The canary's requests a second.</summary>
    public double CanaryRate => _rateWeight > 0 ? _rate / _rateWeight : 0;

    public LabelTest Errors => _worse;

    public IReadOnlyList<LabelTest> Slow => _slow;

    /// <summary>The quantile whose own E-value is the largest, by its place in <see cref="Slow"/>; the first of equals.</summary>
    public int ClearestQuantile()
    {
        int clearest = 0;
        for (int i = 1; i < _slow.Length; i++)
        {
            if (_slow[i].LogE > _slow[clearest].LogE)
                clearest = i;
        }

        return clearest;
    }

    /// <summary>ln of the average of the quantiles' E-values, which is an E-value itself.</summary>
    public double LatencyLogE
    {
        get
        {
            if (_slow.Length == 0)
                return 0;
            Span<double> logs = stackalloc double[_slow.Length];
            for (int i = 0; i < logs.Length; i++)
                logs[i] = _slow[i].LogE;
            return Logarithms.SumOfExponentials(logs) - Math.Log(logs.Length);
        }
    }

    /// <summary>ln E against "the canary's rate of failures is within its bound". A user's further failures are left out, so that no single one of them can drive it.</summary>
    public double MaxRateLogE => _above?.LogE(Canary.Requests, Math.Min(Canary.FirstFailures, Canary.Requests)) ?? 0;

    /// <summary>ln E against "the canary is at least twice as bad".</summary>
    public double NotWorseLogE => _twiceAsBad.LogE;

    /// <summary>ln E against "the canary's rate of failures is at or over its bound".</summary>
    public double UnderRateLogE => UnderRate(Canary.Requests, Canary.Failures);

    /// <summary>The better of the two, where both are looked for.</summary>
    public double GoodEnoughLogE => _plan.Analysis.Errors is { Compare: true } ? Math.Max(UnderRateLogE, NotWorseLogE) : UnderRateLogE;

    /// <summary>How many failures more the canary has had than the baseline would have had with its requests.</summary>
    public double Harm => Baseline.Requests == 0 ? 0 : Canary.Failures - (Canary.Requests * (Baseline.Failures / (double)Baseline.Requests));

    public EvidenceState Export() => new()
    {
        Errors = _worse.Kept,
        Slow = [.. Array.ConvertAll(_slow, test => test.Kept)],
        Requests = [.. _requests],
        Baseline = Baseline,
        Canary = Canary,
        StepRequests = StepRequests,
        CanaryRate = CanaryRate,
        CanaryRateWeight = _rateWeight,
        OverBounds = [.. _overBounds.Values],
    };

    public void Add(in ShareCounts counts)
    {
        Baseline += counts.Baseline;
        Canary += counts.Canary;
        StepRequests += counts.Canary.Requests;
        AddRequests(counts);
        if (counts.Canary.FirstFailures + counts.Baseline.FirstFailures > 0)
        {
            _worse.Add(counts.CanaryBasisPoints, counts.Canary.FirstFailures, counts.Baseline.FirstFailures);
            _twiceAsBad.Add(counts.CanaryBasisPoints, counts.Canary.FirstFailures, counts.Baseline.FirstFailures);
        }

        for (int i = 0; i < _slow.Length; i++)
            _slow[i].Add(counts.CanaryBasisPoints, counts.Canary.Slow(i), counts.Baseline.Slow(i));
    }

    /// <summary>Keeps the canary's rate of requests.</summary>
    public void Pass(TimeSpan time, long canaryRequests)
    {
        if (time <= TimeSpan.Zero)
            return;
        double weight = 1 - Math.Exp(-time.TotalSeconds / RateMemorySeconds);
        _rate += weight * ((canaryRequests / time.TotalSeconds) - _rate);
        _rateWeight += weight * (1 - _rateWeight);
    }

    public void BeginStep() => StepRequests = 0;

    /// <summary>How many readings of a source in a row were over its bound, this one included.</summary>
    public int CountOver(in GuardReading reading, bool isOver)
    {
        OverBound known = _overBounds.GetValueOrDefault(reading.Guard);
        if (known.Guard is not null && reading.At <= known.LastAt)
            return known.InARow;
        int inARow = isOver ? known.InARow + 1 : 0;
        if (isOver || known.Guard is not null)
            _overBounds[reading.Guard] = new OverBound(reading.Guard, reading.At, inARow);
        return inARow;
    }

    public bool IsWorseByErrors() => _plan.Analysis.Errors is { Compare: true } && _worse.Reaches(ErrorsAbortAt);

    public bool IsWorseByLatency()
    {
        // An average is never above its largest part.
        foreach (LabelTest test in _slow)
        {
            if (test.Reaches(LatencyAbortAt))
                return LatencyLogE >= LatencyAbortAt;
        }

        return false;
    }

    public bool IsOverMaxRate() => _above is not null && Canary.FirstFailures > 0 && MaxRateLogE >= MaxRateAbortAt;

    /// <summary>Shown not to be twice as bad, or to stay under its rate.</summary>
    public bool IsGoodEnough() => _plan.Analysis.Errors is null || GoodEnoughLogE >= AdvanceAt;

    /// <summary>The name of a guard that is more than half the way to finding the canary worse; null: none is.</summary>
    public string? Leaning()
    {
        if (_plan.Analysis.Errors is { Compare: true } && _worse.Reaches(ErrorsAbortAt / 2))
            return "errors";
        if (_above is not null && Canary.FirstFailures > 0 && MaxRateLogE >= MaxRateAbortAt / 2)
            return "maxRate";
        foreach (LabelTest test in _slow)
        {
            if (test.Reaches(LatencyAbortAt / 2) && LatencyLogE >= LatencyAbortAt / 2)
                return "latency";
        }

        return null;
    }

    /// <summary>ln E against "requests fall on the canary as its share says", at the share where they do so least.</summary>
    public double SplitLogE(out ShareEvents worst)
    {
        worst = default;
        double largest = 0;
        foreach (ShareEvents requests in _requests)
        {
            double logE = ShareTest.LogE(requests.CanaryBasisPoints, requests.Canary, requests.Baseline);
            if (logE < largest)
                continue;
            (largest, worst) = (logE, requests);
        }

        return largest;
    }

    /// <summary>How many more requests of the canary it takes until the canary is good enough, if both versions go on failing as they did.</summary>
    /// <param name="canaryBasisPoints">Its share meanwhile.</param>
    /// <returns>Null where no number of them would do.</returns>
    public long? MissingForEvidence(int canaryBasisPoints)
    {
        if (IsGoodEnough())
            return 0;
        double failures = Rate(Canary.Failures, Canary.Requests);
        long? byRate = Fewest(more => UnderRate(Canary.Requests + more, Canary.Failures + (long)Math.Ceiling(more * failures)));
        if (_plan.Analysis.Errors is not { Compare: true } || Canary.FirstFailures + Baseline.FirstFailures == 0 || canaryBasisPoints is <= 0 or >= Share.All)
            return byRate;
        double share = Share.Of(canaryBasisPoints);
        double first = Rate(Canary.FirstFailures, Canary.Requests);
        double baselineFirst = Rate(Baseline.FirstFailures, Baseline.Requests) * (1 - share) / share;
        ImmutableArray<ShareEvents> kept = _twiceAsBad.Kept;
        long? byComparison = Fewest(more =>
        {
            var test = new LabelTest(LabelHypotheses.TwiceAsBad, kept);
            test.Add(canaryBasisPoints, (long)Math.Ceiling(more * first), (long)(more * baselineFirst));
            return test.LogE;
        });
        return byRate < byComparison ? byRate : byComparison ?? byRate;

        static double Rate(long events, long requests) => requests == 0 ? 0 : events / (double)requests;
    }

    /// <summary>A number of requests more with which an E-value lets the rollout go on; null where there is none.</summary>
    private static long? Fewest(Func<long, double> logEAfter)
    {
        const long most = 100_000_000;
        long enough = 1;
        while (logEAfter(enough) < AdvanceAt)
        {
            enough *= 2;
            if (enough > most)
                return null;
        }

        long tooFew = enough / 2;
        while (enough - tooFew > 1)
        {
            long middle = tooFew + ((enough - tooFew) / 2);
            if (logEAfter(middle) < AdvanceAt)
                tooFew = middle;
            else
                enough = middle;
        }

        return enough;
    }

    private double UnderRate(long requests, long failures) => _below?.LogE(requests, Math.Min(failures, requests)) ?? 0;

    private void AddRequests(in ShareCounts counts)
    {
        (long canary, long baseline) = (counts.Canary.Requests, counts.Baseline.Requests);
        if (canary + baseline == 0)
            return;
        for (int i = 0; i < _requests.Count; i++)
        {
            ShareEvents known = _requests[i];
            if (known.CanaryBasisPoints != counts.CanaryBasisPoints)
                continue;
            _requests[i] = known with { Canary = known.Canary + canary, Baseline = known.Baseline + baseline };
            return;
        }

        if (_requests.Count < LabelTest.SharesMax)
            _requests.Add(new ShareEvents(counts.CanaryBasisPoints, canary, baseline));
    }
}
