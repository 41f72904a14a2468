namespace FastCanary.Control;

/// <summary>Reads a configuration and checks all that can be told from the file alone. docs/configuration.md is its reference.</summary>
public static class ConfigLoader
{
    /// <summary>The largest file, in bytes.</summary>
    public const int FileBytesMax = 4 * 1024 * 1024;

    /// <summary>Reads a file. A file that cannot be read is an error without a line.</summary>
    /// <param name="path">As the user named it; errors repeat it.</param>
    /// <param name="environment">Gives a variable's value, or null if it is not set.</param>
    public static ConfigResult Load(string path, Func<string, string?> environment)
    {
        string? text = TextFile.Read(
            path, FileBytesMax, out string why, "; write one (docs/configuration.md), or name another with -c FILE", "; name a file in it with -c FILE");
        return text is null
            ? new ConfigResult(config: null, [new ConfigError(path, 0, 0, "", why)], [])
            : Parse(text, path, environment);
    }

    /// <summary>Reads text.</summary>
    /// <param name="text">YAML 1.2, so JSON too.</param>
    /// <param name="fileName">What errors call it; files that it names are looked for beside it.</param>
    /// <param name="environment">Gives a variable's value, or null if it is not set.</param>
    public static ConfigResult Parse(string text, string fileName, Func<string, string?> environment)
    {
        var reader = new ConfigReader(fileName, environment);
        var config = new FastCanaryConfig { File = fileName };
        ConfigNode? root = YamlTree.Parse(text, fileName, reader.Errors);
        if (root is not null and not ScalarNode { Kind: ScalarKind.Null })
            FastCanarySection.Read(reader, root, config);
        else if (reader.Errors.Count == 0)
            reader.Error(new ConfigPosition(1, 1, ""), "the file is empty; a configuration has at least \"listeners\" and \"services\"");

        return new ConfigResult(reader.Errors.Count == 0 ? config : null, InOrder(reader.Errors), InOrder(reader.Warnings));
    }

    private static List<T> InOrder<T>(List<T> findings)
        where T : ConfigFinding =>
        [.. findings.OrderBy(finding => finding.Line).ThenBy(finding => finding.Column)];
}
