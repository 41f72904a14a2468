using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary><c>services.NAME.affinity.assign</c>: the cookie that a user without a key is given.</summary>
public sealed class AffinityCookieConfig
{
    internal const string NameDefault = "fastcanary";

    /// <summary>A token.</summary>
    public string Name { get; internal set; } = "";

    /// <summary>Its Path.</summary>
    public string Path { get; internal set; } = "/";

    /// <summary>Whether it is sent by https only.</summary>
    public bool Secure { get; internal set; }

    /// <summary>Whether scripts cannot see it.</summary>
    public bool HttpOnly { get; internal set; } = true;

    /// <summary>With which requests it is sent.</summary>
    public SameSite SameSite { get; internal set; } = SameSite.Lax;

    /// <summary>How long it is kept, in whole seconds.</summary>
    public TimeSpan MaxAge { get; internal set; } = TimeSpan.FromHours(720);
}
