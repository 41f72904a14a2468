using System.CommandLine;
using FastCanary.Demo;

namespace FastCanary.Verbs;

internal static class DemoVerb
{
    public static Command Create()
    {
        var requests = new Option<int>("--requests", "-n")
        {
            Description = "Send this many requests and stop; without it, go on until Ctrl-C",
            HelpName = "N",
        };
        requests.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0) result.AddError("--requests takes a whole number from 1");
        });
        var command = new Command("demo", "Run two embedded origins behind the proxy, send traffic and print the split") { requests };
        command.SetAction(parsed => DemoRun.Run(parsed.GetValue(requests)));
        return command;
    }
}
