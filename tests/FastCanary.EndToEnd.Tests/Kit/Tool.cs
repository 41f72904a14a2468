namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>
/// Programs that are not part of the .NET SDK. A test that needs one that is missing is skipped and says what to install; with
/// FASTCANARY_REQUIRE_TOOLS=1 it fails.
/// </summary>
internal static class Tool
{
    /// <returns>The tool's path.</returns>
    public static string Nginx() => Require("nginx", "apt-get install nginx-light");

    /// <inheritdoc cref="Nginx"/>
    public static string Curl() => Require("curl", "apt-get install curl");

    /// <inheritdoc cref="Nginx"/>
    public static string Wrk() => Require("wrk", "apt-get install wrk");

    /// <inheritdoc cref="Nginx"/>
    public static string Python() => Require("python3", "apt-get install python3");

    /// <inheritdoc cref="Nginx"/>
    public static string HAProxy() => Require("haproxy", "apt-get install haproxy");

    /// <inheritdoc cref="Nginx"/>
    public static string Npm() => Require("npm", "apt-get install npm");

    /// <inheritdoc cref="Nginx"/>
    public static string MmdbLookup() => Require("mmdblookup", "apt-get install mmdb-bin");

    /// <inheritdoc cref="Nginx"/>
    public static string Prometheus() => Require("prometheus", "apt-get install prometheus");

    /// <inheritdoc cref="Nginx"/>
    public static string Promtool() => Require("promtool", "apt-get install prometheus");

    /// <inheritdoc cref="Nginx"/>
    public static string Alertmanager() => Require("prometheus-alertmanager", "apt-get install prometheus-alertmanager");

    /// <inheritdoc cref="Nginx"/>
    public static string Git() => Require("git", "apt-get install git");

    private static string Require(string name, string remedy)
    {
        // Debian keeps servers where a user's PATH does not look.
        var directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/usr/local/sbin");
        var found = directories.Where(static directory => directory.Length > 0).Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
        if (found is not null) return found;
        Lack($"needs {name}: {remedy}");
        return name;
    }

    /// <summary>Ends a test that lacks something: skipped, or failed.</summary>
    public static void Lack(string message)
    {
        if (Environment.GetEnvironmentVariable("FASTCANARY_REQUIRE_TOOLS") == "1") Assert.Fail(message + " (FASTCANARY_REQUIRE_TOOLS=1)");
        Assert.Skip(message);
    }
}
