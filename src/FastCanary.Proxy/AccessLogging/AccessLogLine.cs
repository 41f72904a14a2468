using System.Runtime.InteropServices;

namespace FastCanary.Proxy;

/// <summary>What there is to say about one request that has ended. An empty text is one that there is not.</summary>
[StructLayout(LayoutKind.Auto)]
internal ref struct AccessLogLine
{
    /// <summary>Room for any line: every text at its longest, and every byte of it escaped.</summary>
    public const int BytesMax = 64 << 10;

    /// <summary>No text is longer, but for what <see cref="AccessLogEntry"/> bounds itself.</summary>
    public const int NameBytesMax = 256;

    /// <summary>When it ended: milliseconds since 1970.</summary>
    public long UnixMs;

    public ReadOnlySpan<byte> RequestId;

    /// <summary>The client's address, as text.</summary>
    public ReadOnlySpan<byte> Client;

    public ReadOnlySpan<byte> Method;

    public ReadOnlySpan<byte> Host;

    public ReadOnlySpan<byte> Path;

    /// <summary>Empty too where it is not to be written.</summary>
    public ReadOnlySpan<byte> Query;

    /// <summary>Of HTTP/1.</summary>
    public int MinorVersion;

    /// <summary>0: the client left before there was one.</summary>
    public int Status;

    public long BytesIn;

    public long BytesOut;

    public long DurationMicros;

    /// <summary>Until the response's head; below 0: there was none.</summary>
    public long UpstreamMicros;

    public ReadOnlySpan<byte> Service;

    public ReadOnlySpan<byte> Version;

    public ReadOnlySpan<byte> ServedBy;

    public ReadOnlySpan<byte> Endpoint;

    /// <summary>Below 0: none.</summary>
    public int Rule;

    public int Retries;

    public ExchangeOutcome Outcome;

    public ReadOnlySpan<byte> Referer;

    public ReadOnlySpan<byte> UserAgent;
}
