using System.Collections.Immutable;

namespace FastCanary.Release;

/// <summary>
/// The sequential label test: looks at events only (failures, slow responses), and at whose they are. Its E-value may be looked at as often as one likes: under the null it ever reaches 1/α with
/// probability at most α (Ville's inequality), whatever the rate of events does over the day, and however the share changes in between.
/// </summary>
/// <remarks>
/// ln E = logsumexp over k of [ ln weight_k + Σ over shares ρ of ( x ln(θ_k/θ_0) + (n − x) ln((1 − θ_k)/(1 − θ_0)) ) ], with n events at a share, x of them the canary's.
/// What is kept are these counts per share, from which everything can be computed again; sums go along so that a look costs no more than its own events.
/// </remarks>
public sealed class LabelTest
{
    /// <summary>How many different shares are kept apart; events at further ones are left out, of both versions alike.</summary>
    public const int SharesMax = 256;

    private readonly LabelHypotheses _hypotheses;
    private readonly List<Weights> _shares = [];
    private readonly double[] _sums;
    private readonly double _logCount;
    private double _largest;

    /// <summary>Without evidence: E is 1.</summary>
    public LabelTest(LabelHypotheses hypotheses)
    {
        _hypotheses = hypotheses;
        _sums = hypotheses.LogWeights.ToArray();
        _logCount = Math.Log(_sums.Length);
        _largest = double.PositiveInfinity;
    }

    /// <summary>With the evidence that was kept.</summary>
    public LabelTest(LabelHypotheses hypotheses, ImmutableArray<ShareEvents> kept)
        : this(hypotheses)
    {
        foreach (ShareEvents events in kept)
            Add(events.CanaryBasisPoints, events.Canary, events.Baseline);
    }

    /// <summary>The counts on which it rests.</summary>
    public ImmutableArray<ShareEvents> Kept => [.. _shares.ConvertAll(share => new ShareEvents(share.CanaryBasisPoints, share.Canary, share.Baseline))];

    /// <summary>Events of the canary's.</summary>
    public long Canary { get; private set; }

    /// <summary>Events of the baseline's.</summary>
    public long Baseline { get; private set; }

    /// <summary>The natural logarithm of the E-value; 0 without evidence.</summary>
    public double LogE => Canary + Baseline == 0 ? 0 : Logarithms.SumOfExponentials(_sums);

    /// <summary>Adds events that fell under one share. A share of nothing or of everything tells nothing.</summary>
    public void Add(int canaryBasisPoints, long canary, long baseline)
    {
        if (canary + baseline == 0 || canaryBasisPoints is <= 0 or >= Share.All || WeightsOf(canaryBasisPoints) is not { } weights)
            return;
        weights.Canary += canary;
        weights.Baseline += baseline;
        Canary += canary;
        Baseline += baseline;
        _largest = double.NegativeInfinity;
        for (int k = 0; k < _sums.Length; k++)
        {
            _sums[k] += (canary * weights.OnCanary[k]) + (baseline * weights.OnBaseline[k]);
            _largest = Math.Max(_largest, _sums[k]);
        }
    }

    /// <summary>Whether <see cref="LogE"/> is at least <paramref name="threshold"/>; costs next to nothing where it is far away.</summary>
    public bool Reaches(double threshold) => _largest + _logCount >= threshold && LogE >= threshold;

    private Weights? WeightsOf(int canaryBasisPoints)
    {
        foreach (Weights known in _shares)
        {
            if (known.CanaryBasisPoints == canaryBasisPoints)
                return known;
        }

        if (_shares.Count == SharesMax)
            return null;
        var weights = new Weights(canaryBasisPoints, _hypotheses);
        _shares.Add(weights);
        return weights;
    }

    /// <summary>The events at one share, and what each is worth.</summary>
    private sealed class Weights
    {
        public Weights(int canaryBasisPoints, LabelHypotheses hypotheses)
        {
            CanaryBasisPoints = canaryBasisPoints;
            OnCanary = new double[hypotheses.Count];
            OnBaseline = new double[hypotheses.Count];
            hypotheses.Weigh(canaryBasisPoints, OnCanary, OnBaseline);
        }

        public int CanaryBasisPoints { get; }

        public double[] OnCanary { get; }

        public double[] OnBaseline { get; }

        public long Canary { get; set; }

        public long Baseline { get; set; }
    }
}
