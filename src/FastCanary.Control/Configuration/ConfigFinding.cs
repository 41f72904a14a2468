namespace FastCanary.Control;

/// <summary>Something to be told about a configuration, with its place.</summary>
/// <param name="File">As the user named it.</param>
/// <param name="Line">From 1; 0 where the whole file is meant.</param>
/// <param name="Column">From 1, in UTF-16 units; 0 where the whole file is meant.</param>
/// <param name="Path">The key's path, as in <c>services.search.versions.stable.weight</c>; empty where no key is meant.</param>
/// <param name="Message">What is to be told.</param>
public abstract record ConfigFinding(string File, int Line, int Column, string Path, string Message)
{
    /// <summary><c>file:line:column: path: message</c>, without the parts that are not meant.</summary>
    public sealed override string ToString()
    {
        string place = Line == 0 ? File : $"{File}:{Line}:{Column}";
        return Path.Length == 0 ? $"{place}: {Message}" : $"{place}: {Path}: {Message}";
    }
}
