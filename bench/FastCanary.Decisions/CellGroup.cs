namespace FastCanary.Decisions;

/// <summary>Cells that make a table.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Text">What the traffic is, in a paragraph.</param>
/// <param name="Shape">Which columns it has.</param>
/// <param name="Cells">Its lines.</param>
internal sealed record CellGroup(string Title, string Text, TableShape Shape, Cell[] Cells);
