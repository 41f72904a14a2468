using FastCanary.LoadTests.Engine;

namespace FastCanary.LoadTests.Stage;

/// <summary>How a service is reached, and what its versions are.</summary>
/// <param name="Name">In the configuration.</param>
/// <param name="Host">The <c>Host</c> of its requests.</param>
/// <param name="Path">A path that it answers with 200.</param>
/// <param name="Versions">In the order of the configuration; none where they are not known.</param>
internal sealed record ServiceUnderTest(string Name, string Host, string Path, VersionNames Versions);
