using System.Text;

namespace FastCanary.Control;

/// <summary>Reads a configuration and checks all that can be told from the file alone. docs/configuration.md is its reference.</summary>
public static class ConfigLoader
{
    /// <summary>The largest file, in bytes.</summary>
    public const int FileBytesMax = 4 * 1024 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file. A file that cannot be read is an error without a line.</summary>
    /// <param name="path">As the user named it; errors repeat it.</param>
    /// <param name="environment">Gives a variable's value, or null if it is not set.</param>
    public static ConfigResult Load(string path, Func<string, string?> environment)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            // As large as the file seems to be, and a byte more to see that it has not grown: devices and pipes say 0.
            long expected = stream.CanSeek && stream.Length > 0 ? stream.Length : FileBytesMax;
            var bytes = new byte[Math.Min(expected, FileBytesMax) + 1];
            int count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (count > FileBytesMax || expected > FileBytesMax)
                return Unreadable(path, $"larger than {ConfigReader.Written(FileBytesMax)}, which is the most that is read");
            ReadOnlySpan<byte> text = bytes.AsSpan(0, count);
            return Parse(StrictUtf8.GetString(text.StartsWith(Encoding.UTF8.Preamble) ? text[Encoding.UTF8.Preamble.Length..] : text), path, environment);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return Unreadable(path, "there is no such file; write one (docs/configuration.md), or name another with -c FILE");
        }
        catch (UnauthorizedAccessException)
        {
            return Unreadable(path, Directory.Exists(path) ? "this is a directory; name a file in it with -c FILE" : "reading it is not permitted to this user");
        }
        catch (DecoderFallbackException)
        {
            return Unreadable(path, "not UTF-8 text; save it as UTF-8");
        }
        catch (IOException failure)
        {
            return Unreadable(path, $"cannot be read: {failure.Message}");
        }
    }

    /// <summary>Reads text.</summary>
    /// <param name="text">YAML 1.2, so JSON too.</param>
    /// <param name="fileName">What errors call it.</param>
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

        if (reader.Errors.Count == 0)
            return new ConfigResult(config, []);
        return new ConfigResult(config: null, [.. reader.Errors.OrderBy(error => error.Line).ThenBy(error => error.Column)]);
    }

    private static ConfigResult Unreadable(string path, string why) => new(config: null, [new ConfigError(path, 0, 0, "", why)]);
}
