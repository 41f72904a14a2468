namespace FastCanary.Control;

/// <summary><c>services.NAME.mirror</c>: a share of the requests is also sent to a version that nobody waits for.</summary>
public sealed class MirrorConfig
{
    /// <summary>Where they are sent.</summary>
    public string Version { get; internal set; } = "";

    /// <summary>Which share, in hundredths of a percent.</summary>
    public int BasisPoints { get; internal set; } = ConfigReader.ShareMax;

    /// <summary>The largest request body that is mirrored, in bytes.</summary>
    public int BodyBytesMax { get; internal set; } = 64 * 1024;

    /// <summary>How the two responses are compared; null: they are not.</summary>
    public MirrorCompareConfig? Compare { get; internal set; }

    internal ConfigPosition VersionPosition { get; set; }
}
