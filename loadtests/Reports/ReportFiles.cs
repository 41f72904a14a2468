using System.Text;
using FastCanary.LoadTests.Command;

namespace FastCanary.LoadTests.Reports;

/// <summary>Writes a report in all its forms.</summary>
internal static class ReportFiles
{
    private const string Aside = ".new";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Makes sure that the folder can be written before a run that lasts: an hour's result without its report helps nobody.</summary>
    /// <exception cref="UsageException">It cannot.</exception>
    public static void Prepare(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            string trial = Path.Combine(folder, $"load.{Environment.ProcessId}{Aside}");
            File.WriteAllText(trial, "");
            File.Delete(trial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UsageException($"--report: the folder \"{folder}\" cannot be written: {e.Message}");
        }
    }

    /// <summary>Writes <c>load.md</c>, <c>load.csv</c> and <c>load.html</c>.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be.</exception>
    public static void Write(LoadReport report, string folder) => Write(folder, ("load.md", MarkdownReport.From(report)), ("load.csv", CsvReport.From(report)), ("load.html", HtmlReport.From(report)));

    /// <summary>Writes files. All are written aside and then moved: a reader sees a whole file, and a disk that is full leaves the report of the run before.</summary>
    /// <param name="folder">Made where it is not there.</param>
    /// <param name="files">Their names and texts.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be.</exception>
    public static void Write(string folder, params (string Name, string Text)[] files)
    {
        Directory.CreateDirectory(folder);
        try
        {
            foreach ((string name, string text) in files) File.WriteAllText(Path.Combine(folder, name + Aside), text, Utf8);
            foreach ((string name, _) in files) File.Move(Path.Combine(folder, name + Aside), Path.Combine(folder, name), overwrite: true);
        }
        catch
        {
            foreach ((string name, _) in files) TryDelete(Path.Combine(folder, name + Aside));
            throw;
        }
    }

    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What went wrong with the file first is what is told.
        }
    }
}
