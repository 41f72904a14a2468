namespace FastCanary.Control;

/// <summary><c>state.journal</c>.</summary>
internal static class JournalSection
{
    public const long FileBytesMin = 64 * 1024;
    public const long FileBytesMax = 1024 * 1024 * 1024;
    public const int FilesMin = 2;
    public const int FilesMax = 1024;

    public static readonly Section<JournalConfig> Keys = new(
        "journal",
        new("size", (reader, node, config) => config.FileBytes = reader.Size(node, FileBytesMin, FileBytesMax) ?? config.FileBytes),
        new("files", (reader, node, config) => config.Files = reader.Whole(node, FilesMin, FilesMax) ?? config.Files));
}
