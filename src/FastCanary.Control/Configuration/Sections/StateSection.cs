namespace FastCanary.Control;

/// <summary><c>state</c>.</summary>
internal static class StateSection
{
    public static readonly Section<StateConfig> Keys = new(
        "state",
        new("path", (reader, node, config) =>
            (config.Path, config.PathPosition) = (reader.Text(node, "the path of a directory", IsPath) ?? "", node.Position), Required: true),
        new("journal", (reader, node, config) => JournalSection.Keys.Read(reader, node, config.Journal)));

    /// <summary>Whether the text can be a path.</summary>
    public static bool IsPath(string text) => text.Length > 0 && ConfigReader.IsPlain(text);
}
