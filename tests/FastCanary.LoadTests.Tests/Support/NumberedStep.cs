using System.Text;
using FastCanary.LoadTests.Engine;

namespace FastCanary.LoadTests.Tests.Support;

/// <summary>Requests that carry their number: <c>GET /7</c>.</summary>
internal sealed class NumberedStep : IHttpStep
{
    public int Write(long number, Span<byte> destination) => Encoding.ASCII.GetBytes($"GET /{number} HTTP/1.1\r\nHost: a.test\r\n\r\n", destination);

    public string? Check(long number, AnswerReader answer) => answer.Status == 200 ? null : Failures.Status(answer.Status);
}
