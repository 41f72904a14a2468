namespace FastCanary.LoadTests.Stage;

/// <summary>The head of a request as an endpoint gets it.</summary>
/// <param name="Method">As it was sent.</param>
/// <param name="Target">Path and query.</param>
/// <param name="Fields">By name, in any case; the last of a name.</param>
internal sealed record OriginRequest(string Method, string Target, IReadOnlyDictionary<string, string> Fields)
{
    public bool IsChunked => Fields.GetValueOrDefault("Transfer-Encoding") == "chunked";
}
