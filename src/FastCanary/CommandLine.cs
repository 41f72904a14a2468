using System.CommandLine;
using FastCanary.Verbs;

namespace FastCanary;

/// <summary>The verbs, and what is said of a line that none of them understands.</summary>
internal static class CommandLine
{
    private static readonly ParserConfiguration Parser = new()
    {
        // An argument is what it says: @name is no file to read arguments from.
        ResponseFileTokenReplacer = null,
    };

    public static RootCommand Create(ProgramEnvironment environment) => new("FastCanary: a canary-release proxy. It splits traffic between versions of a service, exactly.")
    {
        RunVerb.Create(),
        CheckVerb.Create(),
        DemoVerb.Create(),
        StatusVerb.Create(environment),
        SetWeightVerb.Create(environment),
        RolloutVerb.Start(environment),
        RolloutVerb.Pause(environment),
        RolloutVerb.Resume(environment),
        RolloutVerb.Promote(environment),
        RolloutVerb.Abort(environment),
        RolloutVerb.Retry(environment),
        RolloutVerb.Undo(environment),
        ExplainVerb.Create(environment),
        SimulateVerb.Create(environment),
        ReplayVerb.Create(environment),
        ReloadVerb.Create(environment),
        VersionVerb.Create(),
    };

    /// <returns>The process's exit code.</returns>
    public static int Run(IReadOnlyList<string> arguments, ProgramEnvironment environment)
    {
        var root = Create(environment);
        var parsed = root.Parse(arguments, Parser);
        if (parsed.Errors.Count == 0 && arguments.Count > 0)
            return parsed.Invoke(new InvocationConfiguration { Output = environment.Output, Error = environment.Errors });

        var verbs = List(root.Subcommands.Select(static verb => verb.Name).ToArray());
        var unknownVerb = parsed.CommandResult.Command == root && parsed.UnmatchedTokens.Count > 0;
        if (arguments.Count == 0) environment.Errors.WriteLine($"no verb given: {verbs}; fastcanary --help says more");
        else if (unknownVerb) environment.Errors.WriteLine($"unknown verb \"{parsed.UnmatchedTokens[0]}\": {verbs}; fastcanary --help says more");
        else
        {
            // Two errors of one argument may read the same.
            foreach (var message in parsed.Errors.Select(static error => error.Message).Distinct(StringComparer.Ordinal)) environment.Errors.WriteLine(message);
            var verb = parsed.CommandResult.Command == root ? "" : $"{parsed.CommandResult.Command.Name} ";
            environment.Errors.WriteLine($"fastcanary {verb}--help says what is understood");
        }

        return ExitCode.WrongUsage;
    }

    private static string List(string[] names) => $"{string.Join(", ", names.AsSpan(0, names.Length - 1).ToArray())} or {names[^1]}";
}
