using FastCanary.Control;

namespace FastCanary.Control.Tests;

/// <summary>Configurations for tests. In a text, § stands before what an error is to point at.</summary>
internal static class Sample
{
    public const string Services = """
        services:
          s:
            versions:
              v: { endpoints: ["127.0.0.1:1"] }

        """;

    public const string Listeners = """
        listeners:
          - address: 0.0.0.0:8080
            service: s

        """;

    /// <summary>A configuration with a service that has two versions and these keys, at the service's indentation.</summary>
    public static string WithKeys(string keys) => $$"""
        {{Listeners}}services:
          s:
            versions:
              stable: { weight: 9, endpoints: ["127.0.0.1:1"] }
              canary: { weight: 1, endpoints: ["127.0.0.1:2"] }
            {{keys.ReplaceLineEndings("\n    ")}}

        """;

    /// <summary>A configuration with a rollout that has these keys, beside its versions, at the rollout's indentation.</summary>
    public static string WithRollout(string keys) =>
        $"{WithKeys($"rollout:\n  canary: canary\n  baseline: stable\n  {keys.ReplaceLineEndings("\n  ")}")}state: {{ path: state }}\n";

    public static string? NoEnvironment(string name) => null;

    public static ConfigResult Parse(string text, Func<string, string?>? environment = null) =>
        ConfigLoader.Parse(text, "f.yaml", environment ?? NoEnvironment);

    public static FastCanaryConfig Config(string text, Func<string, string?>? environment = null)
    {
        ConfigResult result = Parse(text, environment);
        Assert.Equal("", string.Join('\n', result.Errors));
        return result.Config!;
    }

    /// <summary>Asserts that the marked text has one error, at the mark, and that it reads <paramref name="error"/> behind file, line and column.</summary>
    public static void AssertOnlyError(string marked, string error, Func<string, string?>? environment = null)
    {
        ConfigResult result = Parse(marked.Replace("§", ""), environment);
        Assert.Equal($"{Place(marked)}: {error}", string.Join('\n', result.Errors));
        Assert.Null(result.Config);
    }

    /// <summary>Asserts that the marked text is valid and has one warning, at the mark.</summary>
    public static void AssertOnlyWarning(string marked, string warning)
    {
        ConfigResult result = Parse(marked.Replace("§", ""));
        Assert.Equal("", string.Join('\n', result.Errors));
        Assert.Equal($"{Place(marked)}: {warning}", string.Join('\n', result.Warnings));
        Assert.NotNull(result.Config);
    }

    /// <summary>The configuration of a text without error and without warning.</summary>
    public static FastCanaryConfig Clean(string text)
    {
        ConfigResult result = Parse(text);
        Assert.Equal("", string.Join('\n', result.Warnings));
        Assert.Equal("", string.Join('\n', result.Errors));
        return result.Config!;
    }

    private static string Place(string marked)
    {
        int mark = marked.IndexOf('§');
        Assert.True(mark >= 0, "no § in the text");
        return $"f.yaml:{marked[..mark].Count(character => character == '\n') + 1}:{mark - marked.LastIndexOf('\n', mark)}";
    }

    /// <summary>The repository's root.</summary>
    public static string Root
    {
        get
        {
            string directory = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(directory, "Directory.Packages.props")))
                directory = Path.GetDirectoryName(directory)!;
            return directory;
        }
    }
}
