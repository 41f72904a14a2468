namespace FastCanary.Control;

/// <summary><c>services.NAME.fault</c>: a drill that delays or answers a share of one version's requests.</summary>
public sealed class FaultConfig
{
    /// <summary>Whose requests.</summary>
    public string Version { get; internal set; } = "";

    /// <summary>Which share of them, in hundredths of a percent.</summary>
    public int BasisPoints { get; internal set; }

    /// <summary>400 to 599; 0: the request goes on to its version.</summary>
    public int Status { get; internal set; }

    /// <summary>The shortest delay.</summary>
    public TimeSpan DelayMin { get; internal set; }

    /// <summary>The longest delay; 0: none.</summary>
    public TimeSpan DelayMax { get; internal set; }

    internal ConfigPosition KeyPosition { get; set; }

    internal ConfigPosition VersionPosition { get; set; }
}
