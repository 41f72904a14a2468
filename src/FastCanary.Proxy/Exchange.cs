using System.Buffers;
using FastCanary.Http;
using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <summary>
/// What one request and its response need while they are under way. Rented from the loop when the first bytes arrive and given back at the
/// end, so that an idle connection holds none. One owner: the session; loop's thread.
/// </summary>
internal sealed class Exchange
{
    public RequestHead Request { get; } = new();

    public ResponseHead Response { get; } = new();

    /// <summary>The next free one of the loop's pool.</summary>
    public Exchange? NextFree { get; set; }

    public ExchangeOutcome Outcome { get; set; }

    /// <summary>The client's buffer as it was read; given back by advancing to <see cref="ReceivedUsed"/>.</summary>
    public ReadOnlySequence<byte> ReceivedBuffer { get; set; }

    /// <summary>The request has left the client's buffer: it cannot be sent again.</summary>
    public bool RequestReleased { get; set; }

    /// <summary>Bytes of the body that go out behind the head from where they lie.</summary>
    public ReadOnlyMemory<byte> BorrowedBody { get; set; }

    /// <summary>
    /// The request's body has arrived and its bytes have left, or are about to leave, the client's buffer: the next byte there is the next request's.
    /// An upload that ended otherwise may have left its last piece in the buffer.
    /// </summary>
    public bool RequestIsWhole => RequestBody.IsDone && Upload is UploadState.None or UploadState.Done;

    /// <summary>The bytes of the request that lie in the client's buffer; empty once they were released.</summary>
    public ReadOnlyMemory<byte> Received { get; set; }

    /// <summary>How many of <see cref="Received"/> belong to this request: its head, and as much of its body as was there.</summary>
    public int ReceivedUsed { get; set; }

    public ListenerModel? Listener { get; set; }

    public ServiceModel? Service { get; set; }

    public VersionModel? Version { get; set; }

    public EndpointModel? Endpoint { get; set; }

    public Connection? Upstream { get; set; }

    /// <summary>The upstream connection has served others before.</summary>
    public bool UpstreamReused { get; set; }

    /// <summary>What the upstream connection had sent before this request.</summary>
    public long UpstreamSentBefore { get; set; }

    public bool SentAgain { get; set; }

    /// <summary>The final response's head went to the client: from here on a failure can only end the connection.</summary>
    public bool ResponseStarted { get; set; }

    public int InterimCount { get; set; }

    public BodyReader RequestBody;

    public BodyReader ResponseBody;

    /// <summary>The client gets close-delimited upstream bodies as chunks.</summary>
    public bool AddsChunks { get; set; }

    public bool AnyChunkSent { get; set; }

    public bool ClientCloses { get; set; }

    public UploadState Upload { get; set; }

    public ValueTask UploadTask { get; set; }

    public HttpFault UploadFault { get; set; }

    /// <summary>The client waits for a 100 before it sends its body, and none was passed on yet.</summary>
    public bool AwaitsContinue { get; set; }

    /// <summary>The client has sent FIN and is given a little longer.</summary>
    public bool HalfClosedGrace { get; set; }

    /// <summary>A flush to the client is under way that the kernel did not take at once; the client's deadline is its.</summary>
    public bool FlushWaits { get; set; }

    public ReadOnlyMemory<byte> UploadPiece { get; set; }

    public int UploadConsumed { get; set; }

    /// <summary>Bytes of the client's buffer that wait for more.</summary>
    public int UploadLeftover { get; set; }

    /// <summary>The upstream's buffer as it was read.</summary>
    public ReadOnlySequence<byte> HeldResponse { get; private set; }

    /// <summary>What of <see cref="HeldResponse"/> is not used yet.</summary>
    public ReadOnlyMemory<byte> InHand { get; private set; }

    /// <summary>Bytes of the upstream's buffer that wait for more.</summary>
    public long ResponseLeftover { get; private set; }

    /// <summary>What goes to the client next.</summary>
    public ReadOnlyMemory<byte> Piece { get; set; }

    /// <summary>How the response is framed for the client.</summary>
    public BodyFraming ClientFraming { get; set; }

    private int HeldUsed { get; set; }

    public void Hold(in ReadOnlySequence<byte> buffer, int used)
    {
        ReceivedBuffer = buffer;
        Received = buffer.First;
        ReceivedUsed = used;
    }

    public void HoldResponse(in ReadOnlySequence<byte> buffer, int used)
    {
        HeldResponse = buffer;
        HeldUsed = used;
        InHand = buffer.First[used..];
    }

    public void TakeFromHand(int consumed)
    {
        HeldUsed += consumed;
        InHand = InHand[consumed..];
    }

    /// <summary>Gives the upstream's buffer back up to what was used; the rest waits for more.</summary>
    public void ReleaseResponse(Connection? upstream = null)
    {
        upstream ??= Upstream!;
        ResponseLeftover = InHand.Length;
        upstream.Input.AdvanceTo(HeldResponse.GetPosition(HeldUsed), HeldResponse.End);
        HeldResponse = default;
        InHand = default;
        HeldUsed = 0;
    }

    public void Clear()
    {
        Received = default;
        ReceivedUsed = 0;
        Listener = null;
        Service = null;
        Version = null;
        Endpoint = null;
        Upstream = null;
        Outcome = ExchangeOutcome.Completed;
        ReceivedBuffer = HeldResponse = default;
        BorrowedBody = UploadPiece = InHand = Piece = default;
        ResponseLeftover = UploadLeftover = UploadConsumed = HeldUsed = 0;
        RequestReleased = HalfClosedGrace = FlushWaits = false;
        ClientFraming = BodyFraming.None;
        UpstreamReused = SentAgain = ResponseStarted = AddsChunks = AnyChunkSent = ClientCloses = AwaitsContinue = false;
        InterimCount = 0;
        RequestBody = ResponseBody = BodyReader.None;
        Upload = UploadState.None;
        UploadTask = default;
        UploadFault = HttpFault.None;
    }
}
