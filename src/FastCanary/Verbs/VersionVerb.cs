using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;

namespace FastCanary.Verbs;

internal static class VersionVerb
{
    public static string Version { get; } = typeof(VersionVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public static Command Create()
    {
        var command = new Command("version", "Print the version");
        command.SetAction(_ =>
        {
            Console.WriteLine($"fastcanary {Version} ({RuntimeInformation.RuntimeIdentifier}, {RuntimeInformation.FrameworkDescription})");
            return ExitCode.Done;
        });
        return command;
    }
}
