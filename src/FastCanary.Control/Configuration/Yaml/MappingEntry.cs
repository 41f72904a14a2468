namespace FastCanary.Control;

/// <summary>A key, where it stands, and its value. The path of the key is that of the value.</summary>
internal sealed record MappingEntry(string Key, ConfigPosition KeyPosition, ConfigNode Value);
