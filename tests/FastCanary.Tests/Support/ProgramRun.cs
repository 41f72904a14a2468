using System.Text;

namespace FastCanary.Tests.Support;

/// <summary>The program in this process, with everything around it the test's own. Time passes as fast as it is waited for.</summary>
internal sealed class ProgramRun
{
    public static readonly DateTimeOffset Start = new(2026, 11, 22, 7, 5, 0, TimeSpan.Zero);

    public int Code { get; private init; }

    public required string Output { get; init; }

    public required string Errors { get; init; }

    /// <summary>What was written past the buffer of the output: frames.</summary>
    public required string Frames { get; init; }

    /// <summary>How long it waited on its clock.</summary>
    public TimeSpan Waited { get; private init; }

    public static ProgramRun Of(
        string[] arguments,
        Dictionary<string, string>? variables = null,
        (int Columns, int Rows)? terminal = null,
        Stream? frames = null,
        CancellationToken interrupt = default)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        using var memory = new MemoryStream();
        var time = new PromptTime(Start);
        var code = CommandLine.Run(arguments, new ProgramEnvironment
        {
            Output = output,
            Errors = errors,
            Variable = name => variables?.GetValueOrDefault(name),
            Time = time,
            Terminal = () => terminal,
            OpenOutput = () => frames ?? memory,
            Interrupt = interrupt,
        });
        return new ProgramRun
        {
            Code = code,
            Output = output.ToString(),
            Errors = errors.ToString(),
            Frames = Encoding.UTF8.GetString(memory.ToArray()),
            Waited = time.GetUtcNow() - Start,
        };
    }

    /// <summary>A verb at a server.</summary>
    public static ProgramRun At(AdminServer server, params string[] arguments) => Of([.. arguments, "--admin", server.Address]);
}
