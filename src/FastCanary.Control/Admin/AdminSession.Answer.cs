using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using FastCanary.Http;

namespace FastCanary.Control;

/// <content>What the client gets.</content>
internal sealed partial class AdminSession
{
    // A client has a while for each: a long answer may take long, but must move.
    private const int PieceBytesMax = 64 << 10;

    private ReadOnlyMemory<byte> _unsent;
    private bool _headUnsent;

    private bool HasUnsent => _headUnsent || !_unsent.IsEmpty;

    private AdminStep Reply(AdminAnswer answer)
    {
        server.Hold(answer);
        return TakeAnswer(answer);
    }

    /// <param name="answer">Held already.</param>
    private AdminStep TakeAnswer(AdminAnswer answer)
    {
        _answer = answer;
        return AdminStep.Answer;
    }

    private void BeginAnswer()
    {
        var answer = _answer!;
        if (Request is { } request) AdminGate.AddOrigin(request, answer);
        if (!_keepsAlive) answer.Closes = true;
        var head = new StringBuilder(512);
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.Status} {Encoding.ASCII.GetString(ReasonPhrase.Of(answer.Status))}\r\n");
        head.Append(CultureInfo.InvariantCulture, $"Date: {Encoding.ASCII.GetString(server.Date())}\r\n");
        // A 204 has neither content nor a length (RFC 9110 section 8.6).
        if (answer.Status != 204) head.Append(CultureInfo.InvariantCulture, $"Content-Type: {answer.ContentType}\r\nContent-Length: {answer.Body.Length}\r\n");
        head.Append("Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n");
        head.Append(answer.Fields);
        head.Append(answer.Closes ? "Connection: close\r\n\r\n" : "\r\n");
        var length = head.Length;
        client.Output.Advance(Encoding.ASCII.GetBytes(head.ToString(), client.Output.GetSpan(length)));
        _headUnsent = true;
        _unsent = Request is { Method: HttpMethod.Head } ? default : answer.Body.Written;
    }

    private ReadOnlyMemory<byte> NextPiece()
    {
        var piece = _unsent[..Math.Min(_unsent.Length, PieceBytesMax)];
        _headUnsent = false;
        _unsent = _unsent[piece.Length..];
        return piece;
    }

    /// <summary>A client that does not take its answer in time is not waited for longer.</summary>
    private static bool WasTaken(FlushResult flushed) => !flushed.IsCompleted && !flushed.IsCanceled;

    private bool EndAnswer()
    {
        var closes = _answer!.Closes;
        server.Forget(_answer);
        _answer = null;
        if (!closes)
        {
            client.SetDeadline(server.Limits.IdleTimeoutMs);
            return true;
        }

        // So that a client that is still sending gets to read it.
        _closesGracefully = true;
        client.CloseGracefully();
        return false;
    }
}
