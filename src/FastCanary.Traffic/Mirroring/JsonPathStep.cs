namespace FastCanary.Traffic;

/// <summary>One step of a <see cref="JsonPath"/>: to a member by its name, to an element by its place, or to all of either.</summary>
public sealed class JsonPathStep
{
    private readonly byte[]? _nameUtf8;
    private readonly int _index;

    private JsonPathStep(byte[]? nameUtf8, int index)
    {
        _nameUtf8 = nameUtf8;
        _index = index;
    }

    /// <summary>Every member and every element: <c>.*</c> and <c>[*]</c>.</summary>
    public static JsonPathStep All { get; } = new(null, -1);

    /// <summary>The member of this name.</summary>
    public static JsonPathStep ToMember(byte[] nameUtf8) => new(nameUtf8, -1);

    /// <summary>The element at this place, from 0.</summary>
    public static JsonPathStep ToElement(int index) => new(null, index);

    /// <summary>Whether it leads to the member of this name.</summary>
    /// <param name="name">In UTF-8, without escapes.</param>
    public bool LeadsToMember(ReadOnlySpan<byte> name) => _nameUtf8 is null ? _index < 0 : name.SequenceEqual(_nameUtf8);

    /// <summary>Whether it leads to the element at this place.</summary>
    public bool LeadsToElement(int index) => _nameUtf8 is null && (_index < 0 || _index == index);
}
