namespace FastCanary.Traffic;

/// <summary>A route as configured, for <see cref="RouteTable.Compile"/>.</summary>
/// <param name="Host">A host name without port, or <c>*.</c> and a domain for every name below it; null means any host.</param>
/// <param name="Path">A prefix, beginning with a slash, that ends on a segment boundary; null means any path.</param>
/// <param name="Service">Where a request goes that matches both.</param>
public sealed record Route(string? Host, string? Path, ServiceModel Service);
