using System.Numerics;

namespace FastCanary.Simulation;

/// <summary>
/// xoshiro256**, seeded by splitmix64. Our own, because a seed has to mean the same run for ever, which <see cref="Random"/> does not promise.
/// </summary>
internal sealed class Prng
{
    private readonly ulong[] _state = new ulong[4];

    public Prng(ulong seed)
    {
        for (var i = 0; i < _state.Length; i++)
        {
            seed += 0x9E3779B97F4A7C15;
            var mixed = seed;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            _state[i] = mixed ^ (mixed >> 31);
        }
    }

    public ulong Next()
    {
        var result = BitOperations.RotateLeft(_state[1] * 5, 7) * 9;
        var shifted = _state[1] << 17;
        _state[2] ^= _state[0];
        _state[3] ^= _state[1];
        _state[1] ^= _state[2];
        _state[0] ^= _state[3];
        _state[2] ^= shifted;
        _state[3] = BitOperations.RotateLeft(_state[3], 45);
        return result;
    }

    /// <summary>0 to <paramref name="count"/> - 1.</summary>
    public int Below(int count) => (int)(((Next() >> 32) * (ulong)count) >> 32);

    /// <summary><paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public int Between(int first, int last) => first + Below(last - first + 1);

    /// <summary>True this often in a thousand. At 0 nothing is drawn.</summary>
    public bool Chance(int perMille) => perMille > 0 && Below(1000) < perMille;

    /// <summary>Small numbers are as likely as large ones of another magnitude: 1 to <paramref name="max"/>.</summary>
    public int Skewed(int max)
    {
        var bits = Below(BitOperations.Log2((uint)max) + 1);
        return Math.Min(max, (1 << bits) + Below(1 << bits));
    }

    public T Pick<T>(ReadOnlySpan<T> of) => of[Below(of.Length)];

    public void Shuffle<T>(List<T> list)
    {
        for (var i = list.Count - 1; i > 0; i--)
        {
            var other = Below(i + 1);
            (list[i], list[other]) = (list[other], list[i]);
        }
    }
}
