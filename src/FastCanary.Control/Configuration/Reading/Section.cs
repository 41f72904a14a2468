namespace FastCanary.Control;

/// <summary>The keys of one kind of mapping. The JSON Schema has a definition of the same name with the same keys.</summary>
internal abstract class Section(string name)
{
    public string Name { get; } = name;

    /// <summary>The keys that are read.</summary>
    public abstract IReadOnlyList<string> Keys { get; }

    /// <summary>The keys without which the mapping is refused.</summary>
    public abstract IReadOnlyList<string> RequiredKeys { get; }

    /// <summary>The keys of features to come.</summary>
    public abstract IReadOnlyList<string> LaterKeys { get; }
}
