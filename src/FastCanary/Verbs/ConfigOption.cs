using System.CommandLine;

namespace FastCanary.Verbs;

/// <summary>The option that names the configuration file.</summary>
internal static class ConfigOption
{
    public static Option<string> Create() => new("--config", "-c")
    {
        Description = "The configuration file",
        DefaultValueFactory = _ => "config/fastcanary.yaml",
        HelpName = "FILE",
    };
}
