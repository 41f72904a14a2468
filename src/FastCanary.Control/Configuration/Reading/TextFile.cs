using System.Text;

namespace FastCanary.Control;

/// <summary>Reads a file of UTF-8 text up to a bound. What keeps it from that is told, not thrown.</summary>
internal static class TextFile
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text without a byte order mark, or null.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytesMax">A larger file is not read.</param>
    /// <param name="why">Why there is no text; empty where there is.</param>
    /// <param name="missingRemedy">Follows the reason where there is no such file.</param>
    /// <param name="directoryRemedy">Follows the reason where it is a directory.</param>
    public static string? Read(string path, int bytesMax, out string why, string missingRemedy = "", string directoryRemedy = "")
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            // As large as the file seems to be, and a byte more to see that it has not grown: devices and pipes say 0.
            long expected = stream.CanSeek && stream.Length > 0 ? stream.Length : bytesMax;
            var bytes = new byte[Math.Min(expected, bytesMax) + 1];
            int count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (count > bytesMax || expected > bytesMax)
            {
                why = $"larger than {ConfigReader.Written(bytesMax)}, which is the most that is read";
                return null;
            }
            why = "";
            ReadOnlySpan<byte> text = bytes.AsSpan(0, count);
            return StrictUtf8.GetString(text.StartsWith(Encoding.UTF8.Preamble) ? text[Encoding.UTF8.Preamble.Length..] : text);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            why = $"there is no such file{missingRemedy}";
        }
        catch (UnauthorizedAccessException)
        {
            why = Directory.Exists(path) ? $"this is a directory{directoryRemedy}" : "reading it is not permitted to this user";
        }
        catch (DecoderFallbackException)
        {
            why = "not UTF-8 text; save it as UTF-8";
        }
        catch (IOException failure)
        {
            why = $"cannot be read: {failure.Message}";
        }
        return null;
    }
}
