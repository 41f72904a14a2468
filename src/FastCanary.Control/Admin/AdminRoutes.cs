using System.Text;
using FastCanary.Http;

namespace FastCanary.Control;

/// <summary>The admin API's paths.</summary>
internal static class AdminRoutes
{
    private const string ServicesPrefix = "/api/v1/services/";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The verbs as paths name them.</summary>
    public static IReadOnlyList<string> Verbs { get; } = ["start", "pause", "resume", "promote", "abort", "retry", "undo"];

    /// <summary>Finds what a request asks for and notes it there.</summary>
    /// <returns>The answer where there is no such path, or it is not for this method; else null.</returns>
    public static AdminAnswer? Find(AdminRequest request)
    {
        request.Route = request.Path switch
        {
            "/" or "" => AdminRoute.Page,
            "/healthz" => AdminRoute.Health,
            "/readyz" => AdminRoute.Ready,
            "/metrics" => AdminRoute.Metrics,
            "/api/v1/status" => AdminRoute.Status,
            "/api/v1/reload" => AdminRoute.Reload,
            "/admin/weight" => AdminRoute.CanaryShare,
            _ => AdminRoute.None,
        };
        if (request.Route == AdminRoute.None && FindInService(request) is { } answer) return answer;
        return Allows(request) ? null : NotAllowed(request.Route);
    }

    /// <summary>The methods of a route, as an Allow field lists them.</summary>
    public static string MethodsOf(AdminRoute route) => route switch
    {
        AdminRoute.Weights => "PUT",
        AdminRoute.Rollout or AdminRoute.Reload or AdminRoute.CanaryShare => "POST",
        _ => "GET, HEAD",
    };

    /// <summary>Whether the route changes something.</summary>
    public static bool IsChange(AdminRoute route) => route is AdminRoute.Weights or AdminRoute.Rollout or AdminRoute.Reload or AdminRoute.CanaryShare;

    /// <summary>Percent-decodes what is UTF-8 then (RFC 3986 section 2.1).</summary>
    /// <returns>Null where it is malformed.</returns>
    public static string? Decode(string text)
    {
        var bytes = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                bytes[length++] = (byte)text[i];
                continue;
            }

            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2])) return null;
            bytes[length++] = Convert.FromHexString(text.AsSpan(i + 1, 2))[0];
            i += 2;
        }

        try
        {
            return StrictUtf8.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static AdminAnswer? FindInService(AdminRequest request)
    {
        if (!request.Path.StartsWith(ServicesPrefix, StringComparison.Ordinal)) return NotFound();
        var segments = request.Path[ServicesPrefix.Length..].Split('/');
        if (segments[0].Length == 0) return NotFound();
        if (Decode(segments[0]) is not { } service) return AdminAnswer.Error(400, "the service's name is not percent-encoded UTF-8");
        request.Service = service;
        switch (segments)
        {
            case [_]:
                request.Route = AdminRoute.Service;
                return null;

            case [_, "weights"]:
                request.Route = AdminRoute.Weights;
                return null;

            case [_, "journal"]:
                request.Route = AdminRoute.Journal;
                return null;

            case [_, "rollout", var verb]:
                var index = Verbs.IndexOf(verb);
                if (index < 0) return AdminAnswer.Error(404, KeySuggestion.Unknown("verb", verb, Verbs));
                request.Route = AdminRoute.Rollout;
                request.Verb = (RolloutVerb)index;
                return null;

            default:
                return NotFound();
        }
    }

    private static bool Allows(AdminRequest request) => request.Route switch
    {
        AdminRoute.Weights => request.Method == HttpMethod.Put,
        AdminRoute.Rollout or AdminRoute.Reload or AdminRoute.CanaryShare => request.Method == HttpMethod.Post,
        _ => request.Method is HttpMethod.Get or HttpMethod.Head,
    };

    private static AdminAnswer NotFound() =>
        AdminAnswer.Error(404, "no such path; the calls are /healthz, /readyz, /metrics, /api/v1/status, /api/v1/services/NAME, .../weights, .../rollout/VERB, .../journal, /api/v1/reload and /admin/weight");

    private static AdminAnswer NotAllowed(AdminRoute route)
    {
        var methods = MethodsOf(route);
        var answer = AdminAnswer.Error(405, $"this path is for {methods.Replace(", ", " and ", StringComparison.Ordinal)}");
        answer.AddField("Allow", methods);
        return answer;
    }

    private static int IndexOf(this IReadOnlyList<string> list, string text)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] == text) return i;
        }

        return -1;
    }
}
