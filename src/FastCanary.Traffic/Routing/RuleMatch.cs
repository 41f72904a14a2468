using System.Runtime.InteropServices;
using FastCanary.Http;

namespace FastCanary.Traffic;

/// <summary>What one match has found out about its request so far. On the stack.</summary>
[StructLayout(LayoutKind.Auto)]
internal ref struct RuleMatch
{
    // For each slot, room for ValuesMax values, and how many there are plus one; 0: not looked up yet.
    private readonly Span<ByteRange> _values;
    private readonly Span<byte> _found;

    private ReadOnlySpan<byte> _host;
    private bool _isHostKnown;
    private CountryCode _country;
    private bool _isCountryKnown;

    public RuleMatch(Span<ByteRange> values, Span<byte> found)
    {
        _values = values;
        _found = found;
    }

    /// <summary>The values of a name that has a slot.</summary>
    public readonly ReadOnlySpan<ByteRange> ValuesOf(RuleName name, in RequestView request)
    {
        Span<ByteRange> values = _values.Slice(name.Slot * RuleTable.ValuesMax, RuleTable.ValuesMax);
        ref byte found = ref _found[name.Slot];
        if (found == 0)
            found = (byte)(name.Find(request, values) + 1);
        return values[..(found - 1)];
    }

    /// <summary>The request's host, without port and final dot.</summary>
    public ReadOnlySpan<byte> HostOf(in RequestView request)
    {
        if (!_isHostKnown)
        {
            _host = HostPattern.HostOf(request.Head.Authority.Of(request.Bytes));
            _isHostKnown = true;
        }
        return _host;
    }

    /// <summary>The client's country.</summary>
    public CountryCode CountryOf(ReadOnlySpan<byte> clientAddress, CountryDatabase? countries)
    {
        if (!_isCountryKnown)
        {
            _country = countries is null ? default : countries.Find(clientAddress);
            _isCountryKnown = true;
        }
        return _country;
    }
}
