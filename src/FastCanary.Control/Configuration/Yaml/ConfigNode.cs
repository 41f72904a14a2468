namespace FastCanary.Control;

/// <summary>A value of the file with its place.</summary>
internal abstract class ConfigNode(ConfigPosition position)
{
    public ConfigPosition Position { get; } = position;

    /// <summary>What it is, to follow "got": <c>a list</c>, <c>"ten"</c>, <c>nothing</c>.</summary>
    public abstract string Description { get; }
}
