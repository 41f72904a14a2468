using FastCanary.Proxy;

namespace FastCanary.Control;

/// <summary><c>log.access</c>: a line for each request.</summary>
public sealed class AccessLogConfig
{
    internal const string StandardOutput = "-";

    /// <summary>The file that lines are added to; <c>-</c>: standard output. Relative to the working directory.</summary>
    public string Path { get; internal set; } = StandardOutput;

    /// <summary>How a line looks.</summary>
    public AccessLogFormat Format { get; internal set; } = AccessLogFormat.Json;

    /// <summary>The share of the requests that have a line, in hundredths of a percent.</summary>
    public int SampleBasisPoints { get; internal set; } = ConfigReader.ShareMax;

    /// <summary>Whether lines have the targets' queries, which may hold secrets.</summary>
    public bool Query { get; internal set; }
}
