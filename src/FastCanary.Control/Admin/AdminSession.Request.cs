using System.Buffers;
using System.Text;
using FastCanary.Http;
using FastCanary.Transport;

namespace FastCanary.Control;

/// <content>What the client sends.</content>
internal sealed partial class AdminSession
{
    private const int LineBytesMax = 8 << 10;
    private const int FieldsMax = 100;

    private ArrayBufferWriter<byte>? _body;
    private ChunkedDecoder _chunks;
    private long _bodyLeft;
    private bool _headDeadline;
    private bool _keepsAlive;
    private bool _isCalling;

    private bool HasBody => _head.Framing == BodyFraming.Chunked || _head.ContentLength > 0;

    private void BeginRequest()
    {
        _head.Reset(new HeadLimits(Math.Min(LineBytesMax, server.Limits.HeadBytesMax), server.Limits.HeadBytesMax, FieldsMax));
        Request = null;
        _body = null;
        _headDeadline = false;
        _keepsAlive = false;
    }

    private AdminStep TakeHead(Received read)
    {
        client.IsIdle = false;
        var input = client.Input.Buffered;
        // Who has not begun a request is owed no answer.
        if (read.IsCanceled && client.DeadlinePassed) return _head.HasStarted ? Refuse(408, "the request did not arrive in time"u8) : AdminStep.Close;
        if (input.IsEmpty) return read.IsCompleted ? AdminStep.Close : AdminStep.ReadHead;
        switch (_head.Parse(input))
        {
            case ParseStatus.Done:
                return TakeRequest(input);

            case ParseStatus.Invalid:
                return Refuse(_head.Fault);

            default:
                client.Input.AdvanceExamined(0);
                if (read.IsCompleted) return AdminStep.Close;
                if (!_headDeadline) client.SetDeadline(server.Limits.HeadTimeoutMs);
                _headDeadline = true;
                return AdminStep.ReadHead;
        }
    }

    private AdminStep TakeRequest(ReadOnlySpan<byte> input)
    {
        Request = AdminRequest.Read(_head, input, client.Peer);
        client.Input.Advance(_head.Length);
        // HTTP/1.0 would have to be told that the connection stays.
        _keepsAlive = _head is { KeepAlive: true, MinorVersion: 1 };
        if (server.Judge(Request) is { } refusal)
        {
            // A body that nobody asked for is not waited for.
            refusal.Closes = HasBody;
            return Reply(refusal);
        }

        if (_head.ContentLength > server.Limits.BodyBytesMax) return RefuseBody();
        if (!HasBody) return Dispatch(Request);
        _body = new ArrayBufferWriter<byte>();
        _bodyLeft = _head.ContentLength;
        _chunks = _head.Framing == BodyFraming.Chunked ? new ChunkedDecoder(dataOnly: true, default(AnnouncedTrailers)) : default;
        client.SetDeadline(server.Limits.BodyTimeoutMs);
        if (_head.ExpectsContinue && client.Input.BufferedLength == 0) client.Output.TrySendSoon("HTTP/1.1 100 Continue\r\n\r\n"u8);
        return AdminStep.ReadBody;
    }

    private AdminStep TakeBody(Received read)
    {
        if (read.IsCanceled && client.DeadlinePassed) return Refuse(408, "the body did not arrive in time"u8);
        while (!client.Input.Buffered.IsEmpty)
        {
            var input = client.Input.Buffered;
            var status = NextOfBody(input, out var consumed, out var data);
            if (_body!.WrittenCount + data.Length > server.Limits.BodyBytesMax) return RefuseBody();
            _body.Write(data.Of(input));
            if (status == ParseStatus.Invalid) return Refuse(_chunks.Fault);
            if (status == ParseStatus.NeedMore && consumed == 0)
            {
                client.Input.AdvanceExamined(0);
                break;
            }

            client.Input.Advance(consumed);
            if (status != ParseStatus.Done) continue;
            Request!.Body = _body.WrittenMemory;
            return Dispatch(Request);
        }

        return read.IsCompleted ? Refuse(400, "the body ends early"u8) : AdminStep.ReadBody;
    }

    private ParseStatus NextOfBody(ReadOnlySpan<byte> input, out int consumed, out ByteRange data)
    {
        if (_head.Framing == BodyFraming.Chunked) return _chunks.Next(input, out consumed, out data);
        consumed = (int)Math.Min(_bodyLeft, input.Length);
        data = new ByteRange(0, consumed);
        _bodyLeft -= consumed;
        return _bodyLeft == 0 ? ParseStatus.Done : ParseStatus.NeedMore;
    }

    private AdminStep Dispatch(AdminRequest request)
    {
        // A type that a page of another site can send unasked is none that changes anything.
        if (AdminRoutes.IsChange(request.Route) && !request.Body.IsEmpty && !AdminBody.IsJson(request.ContentType))
            return Reply(AdminAnswer.Error(415, "the body must be JSON, with \"Content-Type: application/json\""));
        return server.AnswerAtOnce(request) is { } answer ? Reply(answer) : AdminStep.Call;
    }

    private AdminStep RefuseBody() => Refuse(413, Encoding.ASCII.GetBytes($"the body is too large: {server.Limits.BodyBytesMax} bytes are the most"));

    private AdminStep Refuse(HttpFault fault)
    {
        var step = Refuse(HttpFaults.StatusOf(fault), HttpFaults.TextOf(fault));
        if (fault == HttpFault.MethodNotAllowed) _answer!.AddField("Allow", "GET, HEAD, POST, PUT");
        return step;
    }

    /// <summary>Answers what has no end that is known: the connection ends with it.</summary>
    private AdminStep Refuse(int status, ReadOnlySpan<byte> detail)
    {
        var answer = AdminAnswer.Error(status, Encoding.ASCII.GetString(detail));
        answer.Closes = true;
        return Reply(answer);
    }
}
