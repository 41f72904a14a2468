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
    // Where the upstream connection counts as active.
    private VersionTally? _upstreamTally;

    public RequestHead Request { get; } = new();

    public ResponseHead Response { get; } = new();

    /// <summary>The next one: of the loop's free ones, or of the requests that were sent ahead behind this one.</summary>
    public Exchange? Next { get; set; }

    /// <summary>Its request was sent before its turn had come: its response is waited for, in order.</summary>
    public bool SentAhead { get; set; }

    /// <summary>It takes one of the places that the loop has for requests sent ahead.</summary>
    public bool CountsAsAhead { get; set; }

    public ExchangeOutcome Outcome { get; set; }

    /// <summary>The request has left the client's buffer: it cannot be sent again.</summary>
    public bool RequestReleased { get; set; }

    /// <summary>Bytes of the body that go out behind the head from where they lie.</summary>
    public ReadOnlyMemory<byte> BorrowedBody { get; set; }

    /// <summary>
    /// The request's body has arrived and its bytes have left, or are about to leave, the client's buffer: the next byte there is the next request's.
    /// An upload that ended otherwise may have left its last piece in the buffer.
    /// </summary>
    public bool RequestIsWhole => RequestBody.IsDone && Upload is UploadState.None or UploadState.Done;

    /// <summary>Where in the client's buffer the request begins: behind those that are answered before it. 0 once its turn has come.</summary>
    public int RequestOffset { get; set; }

    /// <summary>How many bytes of the client's buffer belong to this request: its head, and as much of its body as was there.</summary>
    public int RequestUsed { get; set; }

    public ListenerModel? Listener { get; set; }

    public ServiceModel? Service { get; set; }

    public VersionModel? Version { get; set; }

    public EndpointModel? Endpoint { get; set; }

    /// <summary>Whose turn it was, by rule, affinity or split: it is charged with what happens, also where another version answered in its stead.</summary>
    public VersionModel? Charged { get; set; }

    /// <summary>The request was counted for <see cref="Charged"/>.</summary>
    public bool IsCounted { get; set; }

    /// <summary>A try failed, or there was none to be had: that is held against <see cref="Charged"/>, whatever the client gets in the end.</summary>
    public bool HasFailed { get; set; }

    /// <summary>The response told of a business error.</summary>
    public bool HasBusinessError { get; set; }

    /// <summary>The final status that the client was sent; 0: none.</summary>
    public int Status { get; set; }

    /// <summary>When the request's head was complete, on the loop's clock.</summary>
    public long StartedMicros { get; set; }

    /// <summary>When the response's final head had come, on the loop's clock.</summary>
    public long HeadMicros { get; set; }

    /// <summary>The body's bytes of an answer that FastCanary gives by itself.</summary>
    public int OwnBodyBytes { get; set; }

    /// <summary>Bytes that a tunnel has brought from the client.</summary>
    public long TunnelBytesIn { get; set; }

    /// <summary>Bytes that a tunnel has brought to the client.</summary>
    public long TunnelBytesOut { get; set; }

    /// <summary>The access log is to tell of the request.</summary>
    public bool IsLogged { get; set; }

    /// <summary>What of the request's head that takes; kept for the next exchange.</summary>
    public AccessLogEntry? LogEntry { get; set; }

    /// <summary>The version was chosen by a user's key.</summary>
    public bool HasUser { get; set; }

    /// <summary>The hash of that key (<see cref="AffinityModel.Hash"/>).</summary>
    public ulong UserHash { get; set; }

    /// <summary>The rule that decided, by its place; -1: none did.</summary>
    public int Rule { get; set; } = -1;

    /// <summary>One of the endpoint's connections is in use for it, where the endpoint has a bound for them.</summary>
    public bool HoldsConnection { get; set; }

    /// <summary>Endpoints of the version that were tried, by <see cref="VersionModel.TriedBit"/>.</summary>
    public ulong Tried { get; set; }

    /// <summary>How often the request was sent again within its version.</summary>
    public int Retries { get; set; }

    /// <summary>It failed on its own version, and was sent to the baseline.</summary>
    public bool Rescued { get; set; }

    /// <summary>It is one of the loop's retries, for the budget.</summary>
    public bool CountsAsRetry { get; set; }

    /// <summary>What it waits by while it has no endpoint yet; kept for the next exchange.</summary>
    public LoopWait? Wait { get; set; }

    /// <summary>That wait is a drill's delay, not one for a connection.</summary>
    public bool IsDelayed { get; set; }

    /// <summary>When that wait ends, on the loop's clock.</summary>
    public long WaitUntilMs { get; set; }

    /// <summary>Its place in its version's queue: lower ones come before it. 0: it is in none.</summary>
    public long Ticket { get; set; }

    public Exchange? NextInQueue { get; set; }

    public Exchange? PreviousInQueue { get; set; }

    /// <summary>The request's ID: <see cref="RequestIdLength"/> bytes.</summary>
    public byte[] RequestId { get; } = new byte[Http.RequestId.BytesMax];

    public int RequestIdLength { get; set; }

    /// <summary>The request came without a valid ID.</summary>
    public bool RequestIdIsNew { get; set; }

    /// <summary>The features that are on, by place.</summary>
    public ulong Features { get; set; }

    /// <summary>The key that the user is given, where it has none; made when first needed.</summary>
    public byte[]? NewKey { get; set; }

    /// <summary>The response gives the user <see cref="NewKey"/>.</summary>
    public bool AssignsKey { get; set; }

    public Connection? Upstream { get; private set; }

    /// <summary>The upstream connection has served others before.</summary>
    public bool UpstreamReused { get; set; }

    /// <summary>What the upstream connection had sent before this request.</summary>
    public long UpstreamSentBefore { get; set; }

    public bool SentAgain { get; set; }

    /// <summary>The final response's head went to the client: from here on a failure can only end the connection.</summary>
    public bool ResponseStarted { get; set; }

    public int InterimCount { get; set; }

    public BodyReader RequestBody = BodyReader.None;

    public BodyReader ResponseBody = BodyReader.None;

    /// <summary>The client gets close-delimited upstream bodies as chunks.</summary>
    public bool AddsChunks { get; set; }

    public bool AnyChunkSent { get; set; }

    public bool ClientCloses { get; set; }

    /// <summary>The copy that is sent to another version too; null where there is none.</summary>
    public MirrorCopy? Mirror { get; set; }

    /// <summary>Whether it is mirrored is decided: once, however often it is sent.</summary>
    public bool IsMirrorDecided { get; set; }

    public UploadState Upload { get; set; }

    public ValueTask UploadTask { get; set; }

    public HttpFault UploadFault { get; set; }

    /// <summary>The client waits for a 100 before it sends its body, and none was passed on yet.</summary>
    public bool AwaitsContinue { get; set; }

    /// <summary>The client has sent FIN and is given a little longer.</summary>
    public bool HalfClosedGrace { get; set; }

    /// <summary>A flush to the client is under way that the kernel did not take at once; the client's deadline is its.</summary>
    public bool FlushWaits { get; set; }

    /// <summary>What of the client's buffer goes to the upstream next.</summary>
    public ByteRange UploadPiece { get; set; }

    public int UploadConsumed { get; set; }

    /// <summary>Bytes of the client's buffer that wait for more.</summary>
    public int UploadLeftover { get; set; }

    /// <summary>What the request's body goes through; null while it is copied.</summary>
    public KernelPipe? UploadPipe;

    /// <summary>How many bytes of the upstream's buffer are used.</summary>
    public int ResponseUsed { get; set; }

    /// <summary>Bytes of the upstream's buffer that wait for more.</summary>
    public int ResponseLeftover { get; set; }

    /// <summary>What of the upstream's buffer goes to the client next.</summary>
    public ByteRange Piece { get; set; }

    /// <summary>What the response's body goes through; null while it is copied.</summary>
    public KernelPipe? ResponsePipe;

    /// <summary>How the response's body ends for the client.</summary>
    public BodyFraming ClientFraming { get; set; }

    /// <summary>None of the version's endpoints is available, and the baseline has one that is.</summary>
    public bool IsToBeDiverted(long nowMs)
    {
        var baseline = Service!.Baseline;
        if (Version!.State.IsBarred && Version.State != baseline.State) return true;
        return Version!.CountAvailable(nowMs) == 0 && Version.State != baseline.State && baseline.CountAvailable(nowMs) > 0;
    }

    /// <summary>Takes the version's next turn among its endpoints that have a connection to spare; among the ejected ones where nothing is available anywhere.</summary>
    public bool TryTakeConnection(long nowMs)
    {
        var version = Version!;
        if (IsToBeDiverted(nowMs)) return false;
        if ((version.CountAvailable(nowMs) > 0 ? version.TryTakeConnection(nowMs, Tried) : version.TryTakeAnyConnection()) is not { } endpoint) return false;
        Endpoint = endpoint;
        HoldsConnection = endpoint.ConnectionsMax > 0;
        return true;
    }

    /// <summary>Takes a connection to one of the version's endpoints into use.</summary>
    public void TakeUpstream(Connection upstream, VersionTally tally)
    {
        Upstream = upstream;
        _upstreamTally = tally;
        tally.ActiveUpstreams++;
    }

    /// <summary>Parts with the upstream connection.</summary>
    public void LeaveUpstream()
    {
        Upstream = null;
        ForgetUpstream();
    }

    /// <summary>The upstream connection is active no more, though it may still be looked at.</summary>
    public void ForgetUpstream()
    {
        if (_upstreamTally is not { } tally) return;
        tally.ActiveUpstreams--;
        _upstreamTally = null;
    }

    public void Clear()
    {
        IsCounted = IsLogged = HasFailed = HasBusinessError = HasUser = false;
        Status = OwnBodyBytes = 0;
        TunnelBytesIn = TunnelBytesOut = 0;
        Charged = null;
        Rule = -1;
        Tried = Features = 0;
        Retries = RequestIdLength = 0;
        HoldsConnection = Rescued = CountsAsRetry = RequestIdIsNew = AssignsKey = IsDelayed = IsMirrorDecided = false;
        Listener = null;
        Service = null;
        Version = null;
        Endpoint = null;
        Upstream = null;
        Mirror = null;
        Outcome = ExchangeOutcome.Completed;
        BorrowedBody = default;
        UploadPiece = Piece = default;
        RequestOffset = RequestUsed = ResponseUsed = ResponseLeftover = UploadLeftover = UploadConsumed = 0;
        SentAhead = CountsAsAhead = RequestReleased = HalfClosedGrace = FlushWaits = false;
        ClientFraming = BodyFraming.None;
        UpstreamReused = SentAgain = ResponseStarted = AddsChunks = AnyChunkSent = ClientCloses = AwaitsContinue = false;
        InterimCount = 0;
        RequestBody = ResponseBody = BodyReader.None;
        Upload = UploadState.None;
        UploadTask = default;
        UploadFault = HttpFault.None;
    }
}
