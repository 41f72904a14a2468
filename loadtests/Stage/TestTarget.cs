using System.Net;

namespace FastCanary.LoadTests.Stage;

/// <summary>A FastCanary that runs already, as the command line tells it.</summary>
/// <param name="Http">Where requests go.</param>
/// <param name="Host">The <c>Host</c> of requests to a service that is not of the scenarios' configuration.</param>
/// <param name="Path">The path of such requests.</param>
internal sealed record TestTarget(IPEndPoint Http, string Host, string Path)
{
    public IPEndPoint? Tcp { get; init; }

    public Uri? Admin { get; init; }

    /// <summary>The operator's.</summary>
    public string? Token { get; init; }

    /// <summary>The service whose split scenarios may change.</summary>
    public string? Service { get; init; }

    /// <summary>Where our endpoints listen, if the target runs on the scenarios' configuration.</summary>
    public OriginAddresses? Origins { get; init; }
}
