using System.Net;
using FastCanary.Traffic;

namespace FastCanary.Traffic.Tests;

/// <summary>Some addresses and their countries, and how often they were asked for.</summary>
internal sealed class SampleCountries(params (string Address, string Country)[] entries) : CountryDatabase
{
    private readonly (byte[] Address, CountryCode Country)[] _entries =
        [.. entries.Select(entry => (IPAddress.Parse(entry.Address).GetAddressBytes(), Code(entry.Country)))];

    public int LookUps { get; private set; }

    public static CountryCode Code(string country) => CountryCode.Parse(System.Text.Encoding.ASCII.GetBytes(country));

    public override CountryCode Find(ReadOnlySpan<byte> address)
    {
        LookUps++;
        foreach ((byte[] known, CountryCode country) in _entries)
        {
            if (address.SequenceEqual(known))
                return country;
        }
        return default;
    }
}
