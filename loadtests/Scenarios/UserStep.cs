using System.Text;
using FastCanary.LoadTests.Engine;

namespace FastCanary.LoadTests.Scenarios;

/// <summary>A GET of one user after another: the request's number, modulo how many there are, is the user's.</summary>
internal sealed class UserStep : IHttpStep
{
    private readonly byte[][] _requests;

    /// <param name="host">The <c>Host</c> field.</param>
    /// <param name="target">The request target.</param>
    /// <param name="users">How many there are.</param>
    public UserStep(string host, string target, int users) =>
        _requests = [.. Enumerable.Range(0, users).Select(user => Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: {host}\r\nX-User-Id: user-{user}\r\n\r\n"))];

    public int Write(long number, Span<byte> destination)
    {
        byte[] request = _requests[number % _requests.Length];
        request.CopyTo(destination);
        return request.Length;
    }

    public string? Check(long number, AnswerReader answer) => answer.Status == 200 ? null : Failures.Status(answer.Status);
}
