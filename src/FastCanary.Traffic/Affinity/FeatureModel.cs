using System.Text;

namespace FastCanary.Traffic;

/// <summary>A feature flag: a share of the users, whose requests carry a field. Immutable; shared by all loops.</summary>
/// <param name="name">As configured; it is the salt.</param>
/// <param name="basisPoints">The share in hundredths of a percent, 0 to 10,000.</param>
/// <param name="header">The field's name.</param>
/// <param name="value">The field's value.</param>
public sealed class FeatureModel(string name, int basisPoints, string header, string value)
{
    private const int BasisPointsMax = 10_000;

    private readonly ulong _seed = XxHash64.Hash(Encoding.UTF8.GetBytes(name), seed: 0);

    // Buckets below it are on: floor(share · 2^32), which is 2^32, above every bucket, for everybody.
    private readonly ulong _bucketsOn = ((ulong)basisPoints << 32) / BasisPointsMax;

    /// <summary>As configured.</summary>
    public string Name { get; } = name;

    /// <summary>The share in hundredths of a percent.</summary>
    public int BasisPoints { get; } = basisPoints;

    /// <summary>The field's name.</summary>
    public string Header { get; } = header;

    /// <summary>The field's value.</summary>
    public string Value { get; } = value;

    /// <summary>The field's name in lower case, with hyphens for underscores: what a client sends under any such name is removed.</summary>
    public byte[] FoldedHeaderUtf8 { get; } = Encoding.UTF8.GetBytes(header.ToLowerInvariant().Replace('_', '-'));

    /// <summary>The whole line in UTF-8, its CRLF included.</summary>
    public byte[] FieldLine { get; } = Encoding.UTF8.GetBytes($"{header}: {value}\r\n");

    /// <summary>
    /// Whether a user has the feature. Salted by the name: who has it depends neither on the version nor on the other features, and raising the share
    /// takes it from nobody. No allocation.
    /// </summary>
    /// <param name="key">The user's affinity key (<see cref="AffinityModel.TryGetKey"/>).</param>
    public bool IsOn(ReadOnlySpan<byte> key) => XxHash64.Hash(key, _seed) >> 32 < _bucketsOn;
}
