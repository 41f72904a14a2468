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
        int mark = marked.IndexOf('§');
        Assert.True(mark >= 0, "no § in the text");
        int line = marked[..mark].Count(character => character == '\n') + 1;
        int column = mark - marked.LastIndexOf('\n', mark);
        ConfigResult result = Parse(marked.Replace("§", ""), environment);
        Assert.Equal($"f.yaml:{line}:{column}: {error}", string.Join('\n', result.Errors));
        Assert.Null(result.Config);
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
