namespace FastCanary.Control;

/// <summary><c>geoip</c>: how clients' countries are known.</summary>
public sealed class GeoipConfig
{
    /// <summary>The database's file as written, relative to the working directory.</summary>
    public string Database { get; internal set; } = "";

    internal ConfigPosition DatabasePosition { get; set; }
}
