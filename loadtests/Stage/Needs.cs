namespace FastCanary.LoadTests.Stage;

/// <summary>What a scenario needs of a stage beyond an address for requests.</summary>
[Flags]
internal enum Needs
{
    None = 0,

    /// <summary>The admin API.</summary>
    Admin = 1,

    /// <summary>Endpoints that can be told to fail, and the configuration that goes with them.</summary>
    Origins = 2,

    /// <summary>The configuration file, to write it.</summary>
    File = 4,

    /// <summary>The process, to send it signals.</summary>
    Process = 8,

    /// <summary>A service whose versions are known: its split is the scenario's to change.</summary>
    Service = 16,

    /// <summary>A TCP listener.</summary>
    Tcp = 32,
}
