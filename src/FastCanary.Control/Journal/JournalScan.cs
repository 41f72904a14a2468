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
    /// <param name="isLive">Whether the file's end may be torn, so that what is behind <see cref="GoodBytes"/> is no fault: a last line that may be the beginning of one, or has parts that were not written.</param>
    /// <param name="take">Called for each line that is right.</param>
    /// <returns>The first fault, or null.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public JournalFault? Run(JournalChain chain, bool isLive, Taker? take)
    {
        var lines = new JournalLines(file, length);
        while (lines.TryNext(out ReadOnlySpan<byte> line))
        {
            string? reason = null;
            JournalLine fields = default;
            if (lines.IsEnded) reason = chain.Take(line, lines.LineNumber == 1, out fields);
            else if (line.Length > JournalLine.BytesMax) reason = $"is longer than {JournalLine.BytesMax} bytes";
            else reason = "has no line feed at its end";
            if (reason is not null)
            {
                bool isLast = lines.LineOffset + line.Length + (lines.IsEnded ? 1 : 0) == length;
                if (isLive && isLast && IsTorn(line, lines.IsEnded, chain)) return null;
                var fault = new JournalFault(path, lines.LineNumber, reason);
                NumberMax = Math.Max(NumberMax, chain.N);
                do NumberMax = NumberAfter(line);
                while (lines.TryNext(out line));
                return fault;
            }
            NumberMax = fields.N;
            GoodBytes = lines.LineOffset + line.Length + 1;
            take?.Invoke(line, fields, lines.LineOffset);
        }
        return null;
    }

    // Whether an entry that was being written may look like this. A right entry with more behind it does not: that is a line feed which became something else.
    private static bool IsTorn(ReadOnlySpan<byte> line, bool isEnded, JournalChain chain)
    {
        if (line.Length > JournalLine.BytesMax || (isEnded && JournalLine.TryParse(line, out _))) return false;
        int start = 0;
        while (line[start..].IndexOf(JournalLine.HashName) is >= 0 and int index)
        {
            start += index + JournalLine.HashName.Length;
            int end = start + HashText.Digits + 2;
            if (end < line.Length && JournalLine.TryParse(line[..end], out JournalLine fields) && fields.N == chain.N + 1 && JournalLine.HasItsHash(line[..end])) return false;
        }
        return true;
    }

    // A damaged line may be several, and stands for as many numbers.
    private long NumberAfter(ReadOnlySpan<byte> line)
    {
        long number = NumberMax + Math.Max(1, line.Count(JournalLine.HashName));
        return JournalLine.TryParse(line, out JournalLine fields) && JournalLine.HasItsHash(line) ? Math.Max(number, fields.N) : number;
    }
}
