using System.CommandLine;
using System.Globalization;
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
            CustomParser = result =>
            {
                if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0) return count;
                result.AddError($"--requests: expected a whole number from 1, got \"{result.Tokens[0].Value}\"");
                return 0;
            },
        };
        var command = new Command("demo", "Run two embedded origins behind the proxy, send traffic and print the split") { requests };
        command.SetAction(parsed => DemoRun.Run(parsed.GetValue(requests)));
        return command;
    }
}
