using FastCanary.Http;

namespace FastCanary.Control;

/// <summary>
/// Answers the calls that reach past the loop: reads and changes the target. Any thread but the loop's; whatever is wrong with a call is found before the target is told to change.
/// </summary>
internal sealed class AdminCalls(IAdminTarget target)
{
    /// <summary>Prometheus' text format.</summary>
    public const string MetricsType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Makes the answer to a request that was let through.</summary>
    public AdminAnswer Answer(AdminRequest request) => request.Route switch
    {
        AdminRoute.Metrics => Metrics(),
        AdminRoute.Status => AdminAnswer.Json(200, to => ReportWriter.Write(to, target.Status())),
        AdminRoute.Service => Service(request),
        AdminRoute.Journal => Journal(request),
        AdminRoute.Weights => SetWeights(request),
        AdminRoute.Rollout => Command(request),
        AdminRoute.Reload => Reload(request),
        AdminRoute.CanaryShare => SetCanaryShare(request),
        _ => throw new InvalidOperationException($"{request.Route} is answered by the loop"),
    };

    private AdminAnswer Metrics()
    {
        var answer = AdminAnswer.Empty(200, MetricsType);
        target.WriteMetrics(answer.Body);
        return answer;
    }

    private AdminAnswer Service(AdminRequest request) =>
        target.Service(request.Service) is { } service ? AdminAnswer.Json(200, to => ReportWriter.Write(to, service)) : UnknownService(request.Service);

    private AdminAnswer Journal(AdminRequest request)
    {
        if (AdminQuery.ReadLimit(request.Query, out var limit) is { } problem) return AdminAnswer.Error(400, problem);
        if (target.Journal(request.Service, limit) is not { } entries) return UnknownService(request.Service);
        return AdminAnswer.Json(200, to =>
        {
            to.WriteStartObject();
            to.WriteStartArray("entries"u8);
            foreach (var entry in entries) to.WriteRawValue(entry.Span);
            to.WriteEndArray();
            to.WriteEndObject();
        });
    }

    private AdminAnswer SetWeights(AdminRequest request)
    {
        if (target.Service(request.Service) is not { } service) return UnknownService(request.Service);
        var names = service.Versions.Select(static version => version.Name).ToArray();
        if (!AdminBody.TryReadWeights(request.Body.Span, names, out var weights, out var problem)) return AdminAnswer.Error(400, problem);
        if (service.Versions.All(version => weights.GetValueOrDefault(version.Name, version.Weight) == 0))
            return AdminAnswer.Error(400, "all weights would be 0; at least one version must have a weight above 0");
        return Split(request.Service, target.SetWeights(request.Service, weights, request.Actor));
    }

    private AdminAnswer SetCanaryShare(AdminRequest request)
    {
        if (AdminBody.ReadNothing(request.Body.Span) is { } body) return AdminAnswer.Error(400, body);
        if (AdminQuery.Read(request.Query, ["service", "weight"], out var parameters) is { } problem) return AdminAnswer.Error(400, problem);
        if (!parameters.TryGetValue("weight", out var weight)) return AdminAnswer.Error(400, "weight is missing: the canary's percentage, as in weight=20");
        if (AdminQuery.BasisPoints(weight) is not { } share) return AdminAnswer.Error(400, "weight must be a percentage from 0 to 100 with at most two decimals");
        if (!parameters.TryGetValue("service", out var service))
        {
            var services = target.Status().Services;
            if (services.Count != 1)
                return AdminAnswer.Error(400, $"service is missing, and there is more than one: {string.Join(", ", services.Select(static each => each.Name))}");
            service = services[0].Name;
        }

        return Split(service, target.SetCanaryShare(service, share, request.Actor));
    }

    private AdminAnswer Command(AdminRequest request)
    {
        if (!AdminBody.TryReadOptions(request.Body.Span, request.Verb, out var full, out var problem)) return AdminAnswer.Error(400, problem);
        var result = target.Command(request.Service, request.Verb, full, request.Actor);
        if (NotDone(request.Service, result) is { } refusal) return refusal;
        return AdminAnswer.Json(200, to => ReportWriter.Write(to, target.Service(request.Service)?.Rollout));
    }

    private AdminAnswer Reload(AdminRequest request)
    {
        if (AdminBody.ReadNothing(request.Body.Span) is { } problem) return AdminAnswer.Error(400, problem);
        var report = target.Reload(request.Actor);
        if (!report.Applied)
        {
            var count = report.Errors.Count == 1 ? "1 error" : $"{report.Errors.Count} errors";
            return AdminAnswer.Error(422, $"the configuration has {count}; the one in force stays", report.Errors);
        }

        return AdminAnswer.Json(200, to =>
        {
            to.WriteStartObject();
            to.WriteBoolean("applied"u8, value: true);
            to.WriteNumber("services"u8, report.Services);
            to.WriteStartArray("warnings"u8);
            foreach (var warning in report.Warnings) to.WriteStringValue(warning);
            to.WriteEndArray();
            to.WriteEndObject();
        });
    }

    private AdminAnswer Split(string name, ChangeResult result)
    {
        if (NotDone(name, result) is { } refusal) return refusal;
        return target.Service(name) is { } service ? AdminAnswer.Json(200, to => ReportWriter.WriteSplit(to, service)) : UnknownService(name);
    }

    private AdminAnswer? NotDone(string service, ChangeResult result) => result.Outcome switch
    {
        ChangeOutcome.Done => null,
        ChangeOutcome.NotFound => UnknownService(service),
        ChangeOutcome.Invalid => AdminAnswer.Error(400, result.Detail),
        ChangeOutcome.Conflict => AdminAnswer.Error(409, result.Detail),
        _ => AdminAnswer.Error(500, result.Detail),
    };

    private AdminAnswer UnknownService(string name) =>
        AdminAnswer.Error(404, KeySuggestion.Unknown("service", name, target.Status().Services.Select(static service => service.Name)));
}
