using System.Numerics;

namespace FastCanary.Traffic;

/// <summary>
/// Which of n choices each position of a split goes to. The order is nginx's smooth weighted round-robin
/// (<c>ngx_http_upstream_round_robin.c</c>: add each weight to its current, take the largest, the first on a tie, subtract the total),
/// computed once for a whole cycle. Immutable; shared by all loops.
/// </summary>
/// <remarks>
/// The sequence repeats after sum(weights)/gcd(weights) picks, and any window of that length holds each choice exactly weight/gcd times.
/// A cycle longer than <see cref="CycleLengthMax"/> has no table: docs/decisions/0003-split-long-cycles.md says what stands in and what it costs.
/// </remarks>
public sealed class SplitTable
{
    /// <summary>The longest cycle, in picks, that is kept as a table in nginx's order.</summary>
    public const int CycleLengthMax = 65536;

    /// <summary>The largest weight.</summary>
    public const int WeightMax = 65535;

    /// <summary>The most choices. With <see cref="WeightMax"/> it keeps every cycle below 2^32, so that a product of two positions fits 64 bits.</summary>
    public const int ChoicesMax = 65536;

    private const double GoldenRatio = 1.6180339887498949;
    private const ulong StepSearchRadius = 64;

    private readonly ulong _cycleLength;

    // Exactly one of these three is set; a choice fits a byte in all but absurd configurations.
    private readonly byte[]? _order;
    private readonly ushort[]? _wideOrder;
    private readonly uint[]? _cumulative;

    // Coprime to the cycle length: multiplying by it visits every slot of the long form once per cycle.
    private readonly ulong _step;

    private SplitTable(ReadOnlySpan<uint> weights, ulong total)
    {
        _cycleLength = total;
        if (total > CycleLengthMax)
        {
            _cumulative = Accumulate(weights);
            _step = ChooseStep(total);
        }
        else if (weights.Length <= 256)
        {
            _order = new byte[total];
            var smooth = new SmoothOrder(weights);
            for (int i = 0; i < _order.Length; i++)
                _order[i] = (byte)smooth.Next();
        }
        else
        {
            _wideOrder = new ushort[total];
            var smooth = new SmoothOrder(weights);
            for (int i = 0; i < _wideOrder.Length; i++)
                _wideOrder[i] = (ushort)smooth.Next();
        }
    }

    /// <summary>How many picks until the sequence repeats: sum(weights)/gcd(weights), at least 1.</summary>
    public long CycleLength => (long)_cycleLength;

    /// <summary>Computes the table. Takes up to <see cref="CycleLengthMax"/> × n steps: for the control plane, not for a request.</summary>
    /// <param name="weights">One weight per choice, 0 to <see cref="WeightMax"/>; a choice of weight 0 is never picked.</param>
    /// <exception cref="ArgumentException">A weight is out of range, none is above 0, or there are more than <see cref="ChoicesMax"/>.</exception>
    public static SplitTable Compile(ReadOnlySpan<int> weights)
    {
        if (weights.Length > ChoicesMax)
            throw new ArgumentException($"{weights.Length} choices; at most {ChoicesMax} can be split", nameof(weights));
        uint divisor = 0;
        foreach (int weight in weights)
        {
            if (weight is < 0 or > WeightMax)
                throw new ArgumentException($"weight {weight}; expected 0 to {WeightMax}", nameof(weights));
            divisor = (uint)BigInteger.GreatestCommonDivisor(divisor, weight);
        }
        if (divisor == 0)
            throw new ArgumentException("no weight is above 0", nameof(weights));

        var reduced = new uint[weights.Length];
        ulong total = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            reduced[i] = (uint)weights[i] / divisor;
            total += reduced[i];
        }
        return new SplitTable(reduced, total);
    }

    /// <summary>A split of yes (1) and no (0): exactly <paramref name="basisPoints"/> of 10,000 picks are 1.</summary>
    /// <param name="basisPoints">Hundredths of a percent, 0 to 10,000.</param>
    public static SplitTable OfShare(int basisPoints) => Compile([10_000 - basisPoints, basisPoints]);

    /// <summary>The index of the choice that <paramref name="position"/> goes to. No allocation; O(1), or O(log n) for a long cycle.</summary>
    public int Pick(ulong position)
    {
        ulong slot = position % _cycleLength;
        if (_order is { } order)
            return order[slot];
        if (_wideOrder is { } wideOrder)
            return wideOrder[slot];
        return Search(_cumulative!, (uint)(slot * _step % _cycleLength));
    }

    // The first choice whose cumulated weight lies above the point; a choice of weight 0 has its predecessor's sum and is passed over.
    private static int Search(uint[] cumulative, uint point)
    {
        int low = 0;
        int high = cumulative.Length - 1;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (cumulative[middle] > point)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }

    private static uint[] Accumulate(ReadOnlySpan<uint> weights)
    {
        var cumulative = new uint[weights.Length];
        uint sum = 0;
        for (int i = 0; i < weights.Length; i++)
            cumulative[i] = sum += weights[i];
        return cumulative;
    }

    // How evenly the multiples of step fall modulo the cycle is bounded by the partial quotients of step/cycle: the golden ratio's are all 1,
    // and of the steps near cycle/phi the one whose largest quotient is smallest comes closest (Niederreiter 1992, section 3.1).
    private static ulong ChooseStep(ulong cycleLength)
    {
        ulong golden = (ulong)(cycleLength / GoldenRatio);
        ulong best = 1;
        ulong bestQuotient = ulong.MaxValue;
        for (ulong distance = 0; distance <= StepSearchRadius; distance++)
        {
            foreach (ulong step in (ReadOnlySpan<ulong>)[golden - distance, golden + distance])
            {
                ulong quotient = LargestQuotient(cycleLength, step);
                if (quotient < bestQuotient)
                    (best, bestQuotient) = (step, quotient);
            }
        }
        return best;
    }

    // The largest partial quotient of step/cycle, by Euclid's algorithm; the largest number there is if the two have a common divisor.
    private static ulong LargestQuotient(ulong cycleLength, ulong step)
    {
        ulong largest = 0;
        ulong a = cycleLength;
        ulong b = step;
        while (b != 0)
        {
            largest = Math.Max(largest, a / b);
            (a, b) = (b, a % b);
        }
        return a == 1 ? largest : ulong.MaxValue;
    }

    private sealed class SmoothOrder
    {
        private readonly uint[] _weights;
        private readonly long[] _current;
        private readonly long _total;

        public SmoothOrder(ReadOnlySpan<uint> weights)
        {
            _weights = weights.ToArray();
            _current = new long[weights.Length];
            foreach (uint weight in weights)
                _total += weight;
        }

        public int Next()
        {
            int best = 0;
            for (int i = 0; i < _current.Length; i++)
            {
                _current[i] += _weights[i];
                if (_current[i] > _current[best])
                    best = i;
            }
            _current[best] -= _total;
            return best;
        }
    }
}
