using System.Collections.Immutable;
using System.Text;

namespace FastCanary.Traffic;

/// <summary>A <see cref="Rule"/>, prepared.</summary>
internal readonly struct RuleTest
{
    private readonly NamedTest[] _named;
    private readonly byte[][] _methods;
    private readonly HostPattern _host;
    private readonly PathPrefix _path;
    private readonly CountryCode[] _countries;
    private readonly NetworkSet? _networks;

    public RuleTest(Rule rule, RuleNames names)
    {
        var named = new List<NamedTest>();
        Add(named, NamedSource.Header, rule.Headers, names);
        Add(named, NamedSource.Cookie, rule.Cookies, names);
        Add(named, NamedSource.Query, rule.Query, names);
        _named = [.. named];
        _methods = new byte[rule.Methods.Length][];
        for (int i = 0; i < _methods.Length; i++)
            _methods[i] = Encoding.UTF8.GetBytes(rule.Methods[i]);
        _host = new HostPattern(rule.Host);
        _path = new PathPrefix(rule.Path);
        _countries = [.. rule.Countries];
        _networks = rule.Networks;
    }

    /// <summary>Whether it looks at the client's address.</summary>
    public bool NeedsClientAddress => _countries.Length > 0 || _networks is not null;

    /// <summary>Whether it looks at nothing but the client's address, so that a connection can match it of which no request is seen.</summary>
    public bool IsForConnections => _named.Length == 0 && _methods.Length == 0 && _host.IsAny && _path.IsAny;

    /// <summary>Whether all conditions hold; the dearest are asked last.</summary>
    public bool Holds(in RequestView request, ref RuleMatch match)
    {
        if (_methods.Length > 0 && !HasMethod(request.Head.MethodName.Of(request.Bytes)))
            return false;
        if (!_path.IsAny && !_path.Matches(request.Head.Path.Of(request.Bytes)))
            return false;
        if (!_host.IsAny && !_host.Matches(match.HostOf(request)))
            return false;
        foreach (ref readonly NamedTest test in _named.AsSpan())
        {
            if (!test.Holds(request, ref match))
                return false;
        }
        return !NeedsClientAddress || Holds(request.ClientAddress, request.Countries, ref match);
    }

    /// <summary>Whether the conditions on the client's address hold.</summary>
    public bool Holds(ReadOnlySpan<byte> clientAddress, CountryDatabase? countries, ref RuleMatch match)
    {
        if (_networks is not null && !_networks.Contains(clientAddress))
            return false;
        if (_countries.Length == 0)
            return true;
        CountryCode country = match.CountryOf(clientAddress, countries);
        return !country.IsNone && _countries.AsSpan().Contains(country);
    }

    private static void Add(List<NamedTest> tests, NamedSource source, ImmutableArray<NamedCondition> conditions, RuleNames names)
    {
        foreach (NamedCondition condition in conditions)
            tests.Add(new NamedTest(names.Of(source, condition.Name), condition));
    }

    // Methods are case-sensitive (RFC 9110 section 9.1).
    private bool HasMethod(ReadOnlySpan<byte> method)
    {
        foreach (byte[] listed in _methods)
        {
            if (method.SequenceEqual(listed))
                return true;
        }
        return false;
    }
}
