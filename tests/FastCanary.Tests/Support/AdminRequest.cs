namespace FastCanary.Tests.Support;

internal sealed record AdminRequest(string Method, string Path, IReadOnlyDictionary<string, string> Fields, string Body)
{
    public override string ToString() => Body.Length == 0 ? $"{Method} {Path}" : $"{Method} {Path} {Body}";
}
