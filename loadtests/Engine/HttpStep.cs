using System.Text;

namespace FastCanary.LoadTests.Engine;

/// <summary>The same request again and again, which has to be answered with 200.</summary>
internal sealed class HttpStep : IHttpStep
{
    private readonly byte[] _request;

    /// <summary>A GET.</summary>
    /// <param name="host">The <c>Host</c> field.</param>
    /// <param name="target">The request target.</param>
    public HttpStep(string host, string target = "/")
        : this(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"))
    {
    }

    private HttpStep(byte[] request) => _request = request;

    /// <summary>A POST with so many bytes of content.</summary>
    /// <inheritdoc cref="HttpStep(string, string)"/>
    public static HttpStep Post(string host, string target, int bytes) =>
        new(Encoding.ASCII.GetBytes($"POST {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {bytes}\r\n\r\n{new string('u', bytes)}"));

    public int Write(long number, Span<byte> destination)
    {
        _request.CopyTo(destination);
        return _request.Length;
    }

    public string? Check(long number, AnswerReader answer) => answer.Status == 200 ? null : Failures.Status(answer.Status);
}
