using System.Text;

namespace FastCanary.LoadTests.Engine;

/// <summary>The same GET again and again, which has to be answered with 200.</summary>
/// <param name="host">The <c>Host</c> field.</param>
/// <param name="target">The request target.</param>
/// <param name="fields">More header lines, each with its end of line.</param>
internal class HttpStep(string host, string target = "/", string fields = "") : IHttpStep
{
    private readonly byte[] _request = Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: {host}\r\n{fields}\r\n");

    public virtual int Write(long number, Span<byte> destination)
    {
        _request.CopyTo(destination);
        return _request.Length;
    }

    public virtual string? Check(long number, AnswerReader answer) => answer.Status == 200 ? null : Failures.Status(answer.Status);
}
