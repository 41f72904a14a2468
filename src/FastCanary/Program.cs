using System.CommandLine;
using FastCanary;
using FastCanary.Verbs;

var root = new RootCommand("FastCanary: a canary-release proxy. It splits traffic between versions of a service, exactly.")
{
    RunVerb.Create(),
    CheckVerb.Create(),
    DemoVerb.Create(),
    VersionVerb.Create(),
};
var parsed = root.Parse(args);
if (parsed.Errors.Count == 0 && args.Length > 0) return parsed.Invoke();

var unknownVerb = parsed.CommandResult.Command == root && parsed.UnmatchedTokens.Count > 0;
if (args.Length == 0) Console.Error.WriteLine("no verb given: run, check, demo or version; fastcanary --help says more");
else if (unknownVerb) Console.Error.WriteLine($"unknown verb \"{parsed.UnmatchedTokens[0]}\": run, check, demo or version; fastcanary --help says more");
else
{
    foreach (var error in parsed.Errors) Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine("fastcanary VERB --help says what the verb understands");
}

return ExitCode.InvalidConfiguration;
