using System.Text;

namespace FastCanary.LoadTests.Engine;

/// <summary>The same small POST again and again, which has to be answered with 200.</summary>
internal sealed class UploadStep : IHttpStep
{
    private readonly byte[] _request;

    /// <param name="host">The <c>Host</c> field.</param>
    /// <param name="target">The request target.</param>
    /// <param name="bytes">Of content.</param>
    public UploadStep(string host, string target, int bytes) =>
        _request = Encoding.ASCII.GetBytes($"POST {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {bytes}\r\n\r\n{new string('u', bytes)}");

    public int Write(long number, Span<byte> destination)
    {
        _request.CopyTo(destination);
        return _request.Length;
    }

    public string? Check(long number, AnswerReader answer) => answer.Status == 200 ? null : Failures.Status(answer.Status);
}
