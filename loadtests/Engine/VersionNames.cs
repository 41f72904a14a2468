using System.Text;

namespace FastCanary.LoadTests.Engine;

/// <summary>The versions of a service by number, so that an answer's field becomes a number without a string.</summary>
internal sealed class VersionNames
{
    /// <summary>The number of an answer that names no known version.</summary>
    public const int Unknown = -1;

    private readonly byte[][] _names;

    /// <param name="names">As <c>X-Canary-Version</c> and the origins' <c>X-Origin-Version</c> tell them.</param>
    public VersionNames(params string[] names)
    {
        Names = names;
        _names = [.. names.Select(Encoding.ASCII.GetBytes)];
    }

    /// <summary>In the order of their numbers.</summary>
    public IReadOnlyList<string> Names { get; }

    public int Count => _names.Length;

    public int IndexOf(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < _names.Length; i++)
            if (name.SequenceEqual(_names[i])) return i;
        return Unknown;
    }
}
