using Microsoft.Win32.SafeHandles;

namespace FastCanary;

/// <summary>What the client verbs have around them: output, environment variables, clock and terminal. Tests have their own.</summary>
internal sealed class ProgramEnvironment
{
    public required TextWriter Output { get; init; }

    public required TextWriter Errors { get; init; }

    /// <summary>An environment variable's value; null where it is not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The terminal behind standard output: columns and rows; null where there is none.</summary>
    public Func<(int Columns, int Rows)?> Terminal { get; init; } = static () => null;

    /// <summary>Standard output without a buffer: one write is one call of the system, and a reader that has gone is an <see cref="IOException"/>.</summary>
    public Func<Stream> OpenOutput { get; init; } = static () => Stream.Null;

    /// <summary>Cancelled: as if SIGINT had come.</summary>
    public CancellationToken Interrupt { get; init; }

    /// <summary>Whether to colour: a terminal that can, and nobody who asked for none (no-color.org).</summary>
    public bool Colour =>
        Terminal() is not null && string.IsNullOrEmpty(Variable("NO_COLOR")) && !string.Equals(Variable("TERM"), "dumb", StringComparison.Ordinal);

    public static ProgramEnvironment OfProcess() => new()
    {
        Output = Console.Out,
        Errors = Console.Error,
        Variable = Environment.GetEnvironmentVariable,
        Terminal = static () => Console.IsOutputRedirected ? null : SizeOfTerminal(),
        OpenOutput = OpenStandardOutput,
    };

    private static (int Columns, int Rows)? SizeOfTerminal()
    {
        // A terminal that does not tell its size (a serial line) has the one that all had.
        var columns = Console.WindowWidth;
        var rows = Console.WindowHeight;
        return (columns > 0 ? columns : 80, rows > 0 ? rows : 24);
    }

    private static Stream OpenStandardOutput()
    {
        // The console's own stream says nothing when the reader of a pipe has gone, so that what repeats itself would never end.
        if (OperatingSystem.IsWindows()) return Console.OpenStandardOutput();
        var stream = new FileStream(new SafeFileHandle((nint)1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        if (!stream.CanSeek) return stream;
        // A file: FileStream would write at a place of its own, over what standard error writes to the same file.
        stream.Dispose();
        return Console.OpenStandardOutput();
    }
}
