namespace FastCanary.LoadTests.Reports;

/// <summary>A table of a report, as plain text.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="Names">Of its columns.</param>
/// <param name="Figures">The columns of figures, by number: they stand on the right.</param>
/// <param name="Rows">Each as wide as the names.</param>
internal sealed record ReportTable(string Caption, IReadOnlyList<string> Names, IReadOnlyList<int> Figures, IReadOnlyList<IReadOnlyList<string>> Rows);
