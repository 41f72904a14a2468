using System.CommandLine;
using FastCanary.Control;
using FastCanary.Traffic;

namespace FastCanary.Verbs;

internal static class CheckVerb
{
    public static Command Create()
    {
        var config = ConfigOption.Create();
        var command = new Command("check", "Check a configuration file; print every error and every warning") { config };
        command.SetAction(parsed => Check(parsed.GetValue(config)!));
        return command;
    }

    private static int Check(string path)
    {
        var loaded = ConfigLoader.Load(path, Environment.GetEnvironmentVariable);
        var errors = new List<ConfigError>(loaded.Errors);
        if (loaded.Config is { } config) new SnapshotCompiler(new StateTable()).Compile(config, errors);
        foreach (var warning in loaded.Warnings) Console.Error.WriteLine($"warning: {warning}");
        foreach (var error in errors) Console.Error.WriteLine(error);
        if (errors.Count > 0)
        {
            Console.Error.WriteLine(errors.Count == 1 ? "1 error" : $"{errors.Count} errors");
            return ExitCode.InvalidConfiguration;
        }

        Console.WriteLine($"{path}: ok");
        return ExitCode.Done;
    }
}
