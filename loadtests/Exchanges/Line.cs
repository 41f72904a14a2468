using System.Text;

namespace FastCanary.LoadTests.Exchanges;

/// <summary>The short line with which each side of a TCP connection begins.</summary>
internal static class Line
{
    private const int BytesMax = 64;

    /// <summary>Reads a line, and nothing of what is behind it: byte by byte.</summary>
    /// <returns>Without its end.</returns>
    /// <exception cref="FormatException">It is too long for one.</exception>
    /// <exception cref="EndOfStreamException">The peer ends before its end.</exception>
    public static async Task<string> ReadAsync(Stream stream, CancellationToken cancel)
    {
        byte[] line = new byte[BytesMax];
        for (int length = 0; length < BytesMax; length++)
        {
            if (await stream.ReadAsync(line.AsMemory(length, 1), cancel) == 0) throw new EndOfStreamException("the connection ends before its first line does");
            if (line[length] == '\n') return Encoding.ASCII.GetString(line, 0, length);
        }

        throw new FormatException($"a first line of more than {BytesMax} bytes");
    }
}
