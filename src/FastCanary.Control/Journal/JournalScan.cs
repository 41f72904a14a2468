using Microsoft.Win32.SafeHandles;

namespace FastCanary.Control;

/// <summary>Goes through a file of a journal along its chain.</summary>
/// <param name="path">The file's path, for faults.</param>
/// <param name="file">The file; it stays the caller's.</param>
/// <param name="length">How much of it is read.</param>
internal sealed class JournalScan(string path, SafeFileHandle file, long length)
{
    /// <summary>Gets a line that is right.</summary>
    /// <param name="line">The line, without its line feed; valid during the call.</param>
    /// <param name="fields">What it holds.</param>
    /// <param name="offset">Where in the file it begins.</param>
    public delegate void Taker(ReadOnlySpan<byte> line, in JournalLine fields, long offset);

    /// <summary>The bytes of the lines that are right, from the file's first on.</summary>
    public long GoodBytes { get; private set; }

    /// <summary>A number that no line of the file exceeds, as far as can be known.</summary>
    public long NumberMax { get; private set; }

    /// <summary>Reads the file.</summary>
    /// <param name="chain">Where the file before left it; led to the last line that is right.</param>
    /// <param name="isLive">Whether the file's end may be torn, so that what is behind <see cref="GoodBytes"/> is no fault: a last line without its line feed, or that is no entry.</param>
    /// <param name="take">Called for each line that is right.</param>
    /// <returns>The first fault, or null.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public JournalFault? Run(JournalChain chain, bool isLive, Taker? take)
    {
        var lines = new JournalLines(file, length);
        while (lines.TryNext(out ReadOnlySpan<byte> line))
        {
            bool isLast = lines.LineOffset + line.Length + (lines.IsEnded ? 1 : 0) == length;
            bool isTooLong = line.Length > JournalLine.BytesMax;
            string? reason = null;
            JournalLine fields = default;
            if (!lines.IsEnded)
            {
                if (isLive && isLast && !isTooLong) return null;
                reason = isTooLong ? $"is longer than {JournalLine.BytesMax} bytes" : "is cut off";
            }
            else
            {
                reason = chain.Take(line, lines.LineNumber == 1, out fields);
                if (reason is not null && isLive && isLast && !isTooLong && !JournalLine.TryParse(line, out _)) return null;
            }
            if (reason is not null)
            {
                NumberMax = Math.Max(NumberMax, chain.N);
                JournalFault fault = new(path, lines.LineNumber, reason);
                do
                {
                    bool isRight = JournalLine.TryParse(line, out fields) && JournalLine.HasItsHash(line);
                    NumberMax = isRight ? Math.Max(NumberMax + 1, fields.N) : NumberMax + 1;
                }
                while (lines.TryNext(out line));
                return fault;
            }
            NumberMax = fields.N;
            GoodBytes = lines.LineOffset + line.Length + 1;
            take?.Invoke(line, fields, lines.LineOffset);
        }
        return null;
    }
}
