using System.Text;
using FastCanary.Http;

namespace FastCanary.Traffic;

/// <summary>A <see cref="NamedCondition"/>, prepared.</summary>
internal readonly struct NamedTest
{
    private readonly RuleName _name;
    private readonly ConditionKind _kind;
    private readonly byte[] _value = [];
    private readonly ByteStrings? _listed;

    public NamedTest(RuleName name, NamedCondition condition)
    {
        if (condition.Kind is ConditionKind.Exact or ConditionKind.Prefix && condition.Values.Count != 1)
            throw new ArgumentException($"{condition.Values.Count} values of '{condition.Name}'; expected one to compare with", nameof(condition));
        _name = name;
        _kind = condition.Kind;
        name.Uses++;
        if (condition.Kind == ConditionKind.OneOf)
            _listed = ByteStrings.Compile(condition.Values);
        else if (condition.Kind != ConditionKind.Present)
            _value = Encoding.UTF8.GetBytes(condition.Values[0]);
    }

    /// <summary>Whether a value of the name does.</summary>
    public bool Holds(in RequestView request, ref RuleMatch match)
    {
        if (_name.Slot < 0)
            return _name.Any(request, this);
        foreach (ByteRange value in match.ValuesOf(_name, request))
        {
            if (Accepts(value.Of(request.Bytes)))
                return true;
        }
        return false;
    }

    /// <summary>Whether this value does.</summary>
    /// <param name="value">As it was sent.</param>
    public bool Accepts(ReadOnlySpan<byte> value) => _kind switch
    {
        ConditionKind.Present => true,
        ConditionKind.OneOf => _name.PlaceOf(value, _listed!) >= 0,
        ConditionKind.Exact => _name.Source == NamedSource.Query ? QueryParameters.DecodedEquals(value, _value) : value.SequenceEqual(_value),
        _ => _name.Source == NamedSource.Query ? QueryParameters.DecodedStartsWith(value, _value) : value.StartsWith(_value),
    };
}
