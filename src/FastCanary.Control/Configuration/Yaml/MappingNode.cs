namespace FastCanary.Control;

/// <summary>Keys and their values, in the order of the file; keys are unique.</summary>
internal sealed class MappingNode(ConfigPosition position) : ConfigNode(position)
{
    public List<MappingEntry> Entries { get; } = [];

    public override string Description => "a mapping";

    public MappingEntry? Find(string key) => Entries.Find(entry => entry.Key == key);
}
