namespace FastCanary.Control;

/// <summary>A list of values.</summary>
internal sealed class SequenceNode(ConfigPosition position) : ConfigNode(position)
{
    public List<ConfigNode> Items { get; } = [];

    public override string Description => "a list";
}
