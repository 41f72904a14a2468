using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using FastCanary.Http;

namespace FastCanary.Control;

/// <summary>
/// Who may ask for what: by the host that is asked (against DNS rebinding), by the site that asks (against other sites' pages in an operator's browser), by token.
/// Judges by the head alone, before any body is read.
/// </summary>
internal sealed class AdminGate
{
    private readonly byte[]? _operatorHash;
    private readonly byte[]? _viewerHash;
    private readonly HashSet<string> _allowedOrigins;
    private readonly bool _isLoopback;

    /// <param name="options">Who may.</param>
    /// <param name="address">Where the listener is.</param>
    public AdminGate(AdminOptions options, IPAddress address)
    {
        _operatorHash = HashOf(options.OperatorToken);
        _viewerHash = HashOf(options.ViewerToken);
        _allowedOrigins = new HashSet<string>(options.AllowedOrigins, StringComparer.OrdinalIgnoreCase);
        _isLoopback = IPAddress.IsLoopback(address);
    }

    private enum Holder : byte
    {
        Nobody,
        Viewer,
        Operator,
    }

    /// <summary>Judges a request, finds its route, and notes who asks.</summary>
    /// <returns>The answer where it may not go on; else null.</returns>
    public AdminAnswer? Judge(AdminRequest request)
    {
        if (_isLoopback && !IsLoopbackHost(request.Authority))
            return AdminAnswer.Error(403, "on a loopback address the Host must be localhost or a loopback address: a name that leads here by DNS may be an attack on a browser");
        if (!MayAsk(request)) return AdminAnswer.Error(403, "a page of another site may not use this API; admin.allowedOrigins can name sites that may");
        if (request.IsPreflight && request.AllowedOrigin is not null) return Preflight();
        return AdminRoutes.Find(request) ?? Authorize(request);
    }

    /// <summary>What a page of another site is told beside an answer that it may read.</summary>
    public static void AddOrigin(AdminRequest request, AdminAnswer answer)
    {
        if (request.AllowedOrigin is not { } origin) return;
        answer.AddField("Access-Control-Allow-Origin", origin);
        answer.AddField("Vary", "Origin");
    }

    private static byte[]? HashOf(string token) => token.Length == 0 ? null : SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static bool IsLoopbackHost(string authority)
    {
        // HTTP/1.0 without Host: no browser sends that.
        if (authority.Length == 0) return true;
        var host = HostOf(authority);
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return true;
        return IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address);
    }

    private static ReadOnlySpan<char> HostOf(string authority)
    {
        if (authority.StartsWith('[')) return authority.AsSpan(1, Math.Max(0, authority.IndexOf(']', StringComparison.Ordinal) - 1));
        var colon = authority.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? authority : authority.AsSpan(0, colon);
    }

    private static AdminAnswer Preflight()
    {
        var answer = AdminAnswer.Empty(204, "");
        answer.AddField("Access-Control-Allow-Methods", "GET, HEAD, PUT, POST");
        answer.AddField("Access-Control-Allow-Headers", "Authorization, Content-Type");
        answer.AddField("Access-Control-Max-Age", "600");
        return answer;
    }

    private bool MayAsk(AdminRequest request)
    {
        if (request.Origin is { } origin)
        {
            if (_allowedOrigins.TryGetValue(origin, out var allowed))
            {
                request.AllowedOrigin = allowed;
                return true;
            }

            if (!IsOwn(origin, request.Authority)) return false;
        }

        return request.FetchSite is null or "same-origin" or "none";
    }

    // The scheme does not count: what stands in front may speak TLS. A default port may be written on one side only.
    private static bool IsOwn(string origin, string authority)
    {
        var scheme = origin.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0) return false;
        var port = origin.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? ":443" : ":80";
        return WithPort(origin[(scheme + 3)..], port).Equals(WithPort(authority, port), StringComparison.OrdinalIgnoreCase);
    }

    private static string WithPort(string authority, string port) =>
        authority.LastIndexOf(':') > authority.LastIndexOf(']') ? authority : authority + port;

    private AdminAnswer? Authorize(AdminRequest request)
    {
        request.Actor = string.Create(CultureInfo.InvariantCulture, $"admin: anonymous {request.Peer}");
        var isChange = AdminRoutes.IsChange(request.Route);
        if (!NeedsLook(request.Route, isChange)) return null;
        var holder = Holder.Nobody;
        if (request.Authorization is { } credentials && (holder = HolderOf(credentials)) == Holder.Nobody) return Unauthorized("the token is not valid here");
        if (isChange)
        {
            if (holder == Holder.Operator)
            {
                request.Actor = string.Create(CultureInfo.InvariantCulture, $"admin: operator {request.Peer}");
                return null;
            }

            // Without an operator token everybody on this machine is one; from elsewhere nobody is.
            if (_operatorHash is null) return _isLoopback ? null : AdminAnswer.Error(403, "no operator token is configured (admin.tokens.operator): nothing can be changed over this address");
            return holder == Holder.Viewer
                ? AdminAnswer.Error(403, "the viewer token changes nothing; this call needs the operator token")
                : Unauthorized("this call needs the operator token: \"Authorization: Bearer TOKEN\"");
        }

        if (holder != Holder.Nobody || !NeedsToken(request.Route)) return null;
        return Unauthorized("this call needs the viewer or the operator token: \"Authorization: Bearer TOKEN\"");
    }

    // Where no token can matter, a client that sends one all the same is not refused for it.
    private bool NeedsLook(AdminRoute route, bool isChange) => route switch
    {
        AdminRoute.Page or AdminRoute.Health or AdminRoute.Ready => false,
        AdminRoute.Metrics => _viewerHash is not null,
        _ => (isChange && !_isLoopback) || _operatorHash is not null || _viewerHash is not null,
    };

    private bool NeedsToken(AdminRoute route) => _viewerHash is not null || (route != AdminRoute.Metrics && !_isLoopback);

    private Holder HolderOf(string credentials)
    {
        const string Scheme = "Bearer ";
        if (!credentials.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return Holder.Nobody;
        // As long a comparison for every token, and of hashes: nothing can be learnt from how long it takes.
        var hash = SHA256.HashData(Encoding.Latin1.GetBytes(credentials[Scheme.Length..].Trim(' ')));
        var isOperator = _operatorHash is not null && CryptographicOperations.FixedTimeEquals(hash, _operatorHash);
        var isViewer = _viewerHash is not null && CryptographicOperations.FixedTimeEquals(hash, _viewerHash);
        if (isOperator) return Holder.Operator;
        return isViewer ? Holder.Viewer : Holder.Nobody;
    }

    private static AdminAnswer Unauthorized(string detail)
    {
        var answer = AdminAnswer.Error(401, detail);
        answer.AddField("WWW-Authenticate", "Bearer");
        return answer;
    }
}
