namespace FastCanary.Traffic;

/// <summary>Which country an address is in.</summary>
public abstract class CountryDatabase
{
    /// <summary>The address's country; none where it has none. No allocation.</summary>
    /// <param name="address">4 or 16 bytes in network order.</param>
    public abstract CountryCode Find(ReadOnlySpan<byte> address);
}
