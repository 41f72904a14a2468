namespace FastCanary.Control;

/// <summary>A key of a mapping that becomes a <typeparamref name="T"/>.</summary>
/// <param name="Name">As written in the file.</param>
/// <param name="Read">Puts the value where it belongs; null for a key of a feature to come, which is refused.</param>
/// <param name="Required">Whether the mapping is refused without it.</param>
internal sealed record SectionKey<T>(string Name, Action<ConfigReader, ConfigNode, T>? Read, bool Required = false);
