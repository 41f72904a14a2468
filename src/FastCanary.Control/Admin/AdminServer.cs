using System.Net;
using FastCanary.Http;
using FastCanary.Transport;
using Microsoft.Extensions.Logging;

namespace FastCanary.Control;

/// <summary>
/// The admin API: HTTP/1.1 on the project's own transport and parser, with a loop and a thread of its own, apart from the data plane's. Sessions run on the loop;
/// what they ask of the target runs on two threads, one for reading and one for changing, so that a slow change delays no scrape.
/// </summary>
internal sealed class AdminServer : IDisposable
{
    // Heads of as many connections as may be, and their answers' heads.
    private const long BlockBytesMax = 16L << 20;

    private const int RefusalsLoggedEveryMs = 60_000;

    private readonly Lock _stopping = new();
    private readonly EventLoop _loop;
    private readonly IPAddress _address;
    private readonly IAdminTarget _target;
    private readonly AdminCalls _calls;
    private readonly AdminCallThread _reads;
    private readonly AdminCallThread _changes;
    private readonly ILogger _log;
    private readonly byte[] _date = new byte[HttpDate.Bytes];
    private AdminGate _gate;
    private long _answerBytes;
    private long _refusals;
    private long _refusalsLoggedMs = long.MinValue;
    private bool _stopped;

    /// <summary>Listens.</summary>
    /// <param name="address">Where.</param>
    /// <param name="options">Who may.</param>
    /// <param name="target">What is read and changed.</param>
    /// <param name="log">The program's log.</param>
    /// <param name="transport">What the loop is made of.</param>
    /// <exception cref="ArgumentException">An address that is not a loopback one needs a token.</exception>
    /// <exception cref="TransportException">The address cannot be listened on.</exception>
    public AdminServer(IPEndPoint address, AdminOptions options, IAdminTarget target, ILogger log, TransportBackend transport)
    {
        CheckTokens(address.Address, options);
        _address = address.Address;
        _gate = new AdminGate(options, _address);
        Limits = options.Limits;
        _target = target;
        _log = log;
        _calls = new AdminCalls(target);
        transport.Probe(address);
        _loop = transport.CreateLoop("admin", BlockBytesMax);
        _reads = new AdminCallThread("admin-read", Run);
        _changes = new AdminCallThread("admin-change", Run);
        _loop.Start();
        try
        {
            _loop.Listen(address, new ConnectionLimit { CountMax = Limits.ConnectionsMax }, connection => _ = new AdminSession(this, connection).RunAsync());
        }
        catch
        {
            Dispose();
            throw;
        }

        AdminLog.Listening(log, address.ToString());
    }

    /// <summary>What one client is given.</summary>
    public AdminLimits Limits { get; }

    /// <summary>Connections that are open.</summary>
    public int Connections => _loop.ConnectionCount;

    /// <summary>Blocks of memory that connections hold.</summary>
    public int BlocksRented => _loop.BlocksRented;

    /// <summary>Bytes of answers that clients have not taken yet.</summary>
    public long AnswerBytes => Interlocked.Read(ref _answerBytes);

    /// <summary>Who may, from now on: a reload changes it. Requests under way keep what they began with; the limits stay.</summary>
    /// <exception cref="ArgumentException">An address that is not a loopback one needs a token.</exception>
    public void Admit(AdminOptions options)
    {
        CheckTokens(_address, options);
        Volatile.Write(ref _gate, new AdminGate(options, _address));
    }

    /// <summary>Ends everything now. A change that is under way goes on to its end, and nobody is told.</summary>
    public void Dispose()
    {
        lock (_stopping)
        {
            if (_stopped) return;
            _stopped = true;
        }

        _reads.Dispose();
        _changes.Dispose();
        _loop.Stop();
        _loop.Dispose();
    }

    /// <summary>Whether a request may go on; its answer where it may not. On the loop.</summary>
    internal AdminAnswer? Judge(AdminRequest request)
    {
        var refusal = Volatile.Read(ref _gate).Judge(request);
        if (refusal is { Status: 401 or 403 }) CountRefusal(refusal.Status, request.Peer);
        return refusal;
    }

    /// <summary>Answers what needs nothing but a look; null where it is a call. On the loop.</summary>
    internal AdminAnswer? AnswerAtOnce(AdminRequest request) => request.Route switch
    {
        AdminRoute.Page => DashboardPage.Answer(),
        AdminRoute.Health => AdminAnswer.Text(200, "ok\n"u8),
        AdminRoute.Ready => _target.Readiness switch
        {
            Readiness.Ready => AdminAnswer.Text(200, "ready\n"u8),
            Readiness.Draining => AdminAnswer.Text(503, "draining\n"u8),
            _ => AdminAnswer.Text(503, "starting\n"u8),
        },
        _ => null,
    };

    /// <summary>Has a session's call made; the session is resumed on the loop when its answer is there.</summary>
    internal void Begin(AdminSession session) => (AdminRoutes.IsChange(session.Request!.Route) ? _changes : _reads).Add(session);

    /// <summary>An answer is held until <see cref="Forget"/>.</summary>
    internal void Hold(AdminAnswer answer) => Interlocked.Add(ref _answerBytes, answer.Body.Length);

    /// <summary>A held answer was sent, or need not be.</summary>
    internal void Forget(AdminAnswer answer)
    {
        Interlocked.Add(ref _answerBytes, -answer.Body.Length);
        answer.Dispose();
    }

    /// <summary>The current IMF-fixdate. On the loop.</summary>
    internal ReadOnlySpan<byte> Date()
    {
        HttpDate.Write(_loop.UnixMs / 1000, _date);
        return _date;
    }

    internal void ReportBug(Exception e) => AdminLog.Bug(_log, e);

    private static void CheckTokens(IPAddress address, AdminOptions options)
    {
        if (IPAddress.IsLoopback(address) || options.OperatorToken.Length > 0 || options.ViewerToken.Length > 0) return;
        throw new ArgumentException($"the admin API on {address}, which is not a loopback address, needs admin.tokens", nameof(options));
    }

    // On one of the two threads.
    private void Run(AdminSession session)
    {
        var request = session.Request!;
        AdminAnswer answer;
        try
        {
            answer = AnswerBytes > Limits.AnswerBytesMax
                ? AdminAnswer.Error(503, "clients are slow to take their answers; try again")
                : _calls.Answer(request);
        }
#pragma warning disable CA1031 // A call that fails is answered and logged, and spares the others.
        catch (Exception e)
#pragma warning restore CA1031
        {
            AdminLog.CallFailed(_log, request.Route, request.Actor, e);
            answer = AdminAnswer.Error(500, "the call failed; the log says why");
        }

        Hold(answer);
        session.SetCalled(answer);
        lock (_stopping)
        {
            // A loop that was disposed of must not be woken: its descriptors may be somebody else's by then.
            if (!_stopped) _loop.Post(session.OnCalled);
        }
    }

    // Guessing is told of, once a minute, and costs nothing else.
    private void CountRefusal(int status, string peer)
    {
        _refusals++;
        if (_refusalsLoggedMs != long.MinValue && _loop.NowMs - _refusalsLoggedMs < RefusalsLoggedEveryMs) return;
        _refusalsLoggedMs = _loop.NowMs;
        AdminLog.Refused(_log, _refusals, status, peer);
        _refusals = 0;
    }
}
