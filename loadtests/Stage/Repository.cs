namespace FastCanary.LoadTests.Stage;

/// <summary>The repository around this program.</summary>
internal static class Repository
{
    /// <summary>Its folder; null where the program runs elsewhere.</summary>
    public static string? Root { get; } = Find();

    private static string? Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "FastCanary.sln"))) return directory.FullName;
        return null;
    }
}
