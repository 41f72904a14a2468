namespace FastCanary.Control;

/// <summary><c>state</c>: where what outlives the process is kept.</summary>
public sealed class StateConfig
{
    /// <summary>A directory, relative to the working directory.</summary>
    public string Path { get; internal set; } = "";

    /// <summary>How much of the journal is kept.</summary>
    public JournalConfig Journal { get; } = new();

    internal ConfigPosition PathPosition { get; set; }
}
