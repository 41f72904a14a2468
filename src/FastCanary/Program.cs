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
if (parsed.Errors.Count > 0 || args.Length == 0)
{
    foreach (var error in parsed.Errors) Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine(args.Length == 0 ? "no verb given; fastcanary --help lists them" : "fastcanary --help and fastcanary VERB --help say what is understood");
    return ExitCode.InvalidConfiguration;
}

return parsed.Invoke();
