using FastCanary.Release;
using FastCanary.Traffic;

namespace FastCanary.Decisions.Streams;

/// <summary>
/// Requests of users who stay on a version, by a bucket as uniform as the proxy's hash makes it. How often a user asks falls with a power of its rank (a Pareto tail); the one who asks
/// most, 3 % of all requests, fails always, whichever version it is on.
/// </summary>
internal sealed class UserStream : TrafficStream
{
    /// <summary>A power of two, for the drawing.</summary>
    public const int Users = 2048;

    private const int UserBits = 11;
    private const int BrokenUser = 0;
    private const double RankPower = 0.67;

    // Walker's alias method: a column is its own user's up to its level, and its alias's from there on.
    private static readonly (ulong[] Levels, int[] Aliases) Drawing = DrawingOf(Weights());

    private readonly bool[] _isOnCanary = new bool[Users];
    private readonly bool[] _hasFailed = new bool[Users];
    private readonly FailureStream _baseline;
    private readonly FailureStream _canary;

    public UserStream(Cell cell, SimulatedRandom random)
        : base(cell, random)
    {
        _baseline = new FailureStream(random);
        _canary = new FailureStream(random);
        AffinitySplit split = AffinitySplit.Compile([Share.All - cell.ShareBasisPoints, cell.ShareBasisPoints], 0);
        for (int user = 0; user < Users; user++)
            _isOnCanary[user] = split.Pick((uint)random.NextBits()) == 1;
    }

    /// <summary>Each user's part of the requests.</summary>
    public static double[] Weights()
    {
        double[] weights = Array.ConvertAll(Enumerable.Range(1, Users).ToArray(), rank => Math.Pow(rank, -RankPower));
        double sum = weights.Sum();
        return Array.ConvertAll(weights, weight => weight / sum);
    }

    protected override void Draw(Look look)
    {
        double canaryRate = Math.Min(1, Cell.ErrorRate * Cell.Ratio);
        for (long left = Arrivals(); left > 0; left--)
        {
            ulong bits = Random.NextBits();
            int column = (int)(bits & (Users - 1));
            int user = bits >> UserBits < Drawing.Levels[column] ? column : Drawing.Aliases[column];
            bool isOnCanary = _isOnCanary[user];
            ref Counts counts = ref isOnCanary ? ref look.Canary : ref look.Baseline;
            counts.Requests++;
            bool fails = user == BrokenUser || (isOnCanary ? _canary.Draw(1, canaryRate) : _baseline.Draw(1, Cell.ErrorRate)) > 0;
            if (!fails)
                continue;
            counts.Failures++;
            if (!_hasFailed[user])
                counts.FirstFailures++;
            _hasFailed[user] = true;
        }
    }

    private static (ulong[] Levels, int[] Aliases) DrawingOf(double[] weights)
    {
        double[] filled = Array.ConvertAll(weights, weight => weight * Users);
        var levels = new double[Users];
        var aliases = new int[Users];
        var small = new Stack<int>(Enumerable.Range(0, Users).Where(user => filled[user] < 1));
        var large = new Stack<int>(Enumerable.Range(0, Users).Where(user => filled[user] >= 1));
        while (small.Count > 0 && large.Count > 0)
        {
            (int less, int more) = (small.Pop(), large.Pop());
            (levels[less], aliases[less]) = (filled[less], more);
            filled[more] -= 1 - filled[less];
            (filled[more] < 1 ? small : large).Push(more);
        }

        foreach (int full in small.Concat(large))
            levels[full] = 1;
        return (Array.ConvertAll(levels, level => (ulong)(level * (1UL << (64 - UserBits)))), aliases);
    }
}
