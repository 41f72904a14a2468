namespace FastCanary.Control;

/// <summary>Reads one kind of mapping by a table of its keys.</summary>
internal sealed class Section<T>(string name, params SectionKey<T>[] keys) : Section(name)
{
    public override IReadOnlyList<string> Keys { get; } = [.. keys.Where(key => key.Read is not null).Select(key => key.Name)];

    public override IReadOnlyList<string> RequiredKeys { get; } = [.. keys.Where(key => key.Required).Select(key => key.Name)];

    public override IReadOnlyList<string> LaterKeys { get; } = [.. keys.Where(key => key.Read is null).Select(key => key.Name)];

    public void Read(ConfigReader reader, ConfigNode node, T target)
    {
        if (reader.Mapping(node) is not { } mapping)
            return;
        foreach (MappingEntry entry in mapping.Entries)
        {
            SectionKey<T>? key = Array.Find(keys, candidate => candidate.Name == entry.Key);
            if (key is null)
                reader.Error(entry.KeyPosition, Unknown(entry.Key));
            else if (key.Read is null)
                reader.Error(entry.KeyPosition, $"\"{entry.Key}\" is not supported yet");
            else
                key.Read(reader, entry.Value, target);
        }
        foreach (string required in RequiredKeys)
        {
            if (mapping.Find(required) is null)
                reader.Error(mapping.Position, $"the key \"{required}\" is missing");
        }
    }

    private string Unknown(string name)
    {
        string? nearest = KeySuggestion.Nearest(name, keys.Select(key => key.Name));
        string suggestion = nearest is null ? "" : $"; did you mean \"{nearest}\"?";
        return $"unknown key {ScalarNode.Quote(name)}{suggestion}{(nearest is null ? ";" : "")} allowed here: {string.Join(", ", Keys)}";
    }
}
