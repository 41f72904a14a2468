namespace FastCanary.Traffic.Tests;

/// <summary>
/// Smooth weighted round-robin as nginx's commit message describes it (52327e0627f4): "on each peer selection we increase current_weight of each
/// eligible peer by its weight, select peer with greatest current_weight and reduce its current_weight by total number of weight points".
/// </summary>
internal sealed class SmoothRoundRobin(int[] weights)
{
    private readonly long[] _current = new long[weights.Length];

    public int Next()
    {
        for (int i = 0; i < weights.Length; i++)
            _current[i] += weights[i];
        int best = Array.IndexOf(_current, _current.Max());
        _current[best] -= weights.Sum(weight => (long)weight);
        return best;
    }
}
