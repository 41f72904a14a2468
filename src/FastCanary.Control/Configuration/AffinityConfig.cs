using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary><c>services.NAME.affinity</c>: by what users stay on a version.</summary>
public sealed class AffinityConfig
{
    /// <summary>Where a user's key is.</summary>
    public AffinityKeySource Source { get; internal set; }

    /// <summary>The name of the field, cookie or parameter; empty for <see cref="AffinityKeySource.ClientIp"/>.</summary>
    public string Name { get; internal set; } = "";

    /// <summary>What decides who is moved first.</summary>
    public string Salt { get; internal set; } = "";

    /// <summary>The cookie that a user without a key is given; null: none is.</summary>
    public AffinityCookieConfig? Assign { get; internal set; }

    internal ConfigPosition Position { get; set; }

    internal ConfigPosition KeyPosition { get; set; }
}
