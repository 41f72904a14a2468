namespace FastCanary.Control;

/// <summary><c>services.NAME.dns</c>: how endpoints' names are kept up to date.</summary>
public sealed class DnsConfig
{
    /// <summary>How often a name is resolved again.</summary>
    public TimeSpan Interval { get; internal set; } = TimeSpan.FromSeconds(30);
}
