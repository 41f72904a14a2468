using System.Globalization;
using System.Text.Json;

namespace FastCanary.Control;

/// <summary>Writes reports as the admin API's JSON. A number that is none (NaN, infinite) is written as null.</summary>
internal static class ReportWriter
{
    /// <summary>A point in time as all of the program's JSON has it: RFC 3339 in UTC, to the millisecond.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static void Write(Utf8JsonWriter to, StatusReport status)
    {
        to.WriteStartObject();
        to.WriteString("version"u8, status.Version);
        to.WriteString("transport"u8, status.Transport);
        to.WriteNumber("loops"u8, status.Loops);
        Number(to, "uptimeSeconds"u8, Math.Round(status.UptimeSeconds, 3));
        to.WriteStartObject("configuration"u8);
        to.WriteString("file"u8, status.Configuration.File);
        to.WriteStartObject("reloads"u8);
        to.WriteNumber("success"u8, status.Configuration.ReloadsSucceeded);
        to.WriteNumber("failure"u8, status.Configuration.ReloadsFailed);
        to.WriteEndObject();
        to.WriteEndObject();
        to.WriteStartArray("services"u8);
        foreach (var service in status.Services) Write(to, service);
        to.WriteEndArray();
        to.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter to, ServiceReport service)
    {
        to.WriteStartObject();
        to.WriteString("name"u8, service.Name);
        to.WriteString("baseline"u8, service.Baseline);
        to.WriteStartArray("versions"u8);
        foreach (var version in service.Versions) Write(to, version);
        to.WriteEndArray();
        to.WritePropertyName("rollout"u8);
        Write(to, service.Rollout);
        to.WriteStartArray("decisions"u8);
        foreach (var decision in service.Decisions) Write(to, decision);
        to.WriteEndArray();
        to.WriteEndObject();
    }

    /// <summary>The split alone: what a change of weights answers.</summary>
    public static void WriteSplit(Utf8JsonWriter to, ServiceReport service)
    {
        to.WriteStartObject();
        to.WriteString("name"u8, service.Name);
        to.WriteStartArray("versions"u8);
        foreach (var version in service.Versions)
        {
            to.WriteStartObject();
            to.WriteString("name"u8, version.Name);
            to.WriteNumber("weight"u8, version.Weight);
            to.WriteEndObject();
        }

        to.WriteEndArray();
        to.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter to, RolloutReport? rollout)
    {
        if (rollout is null)
        {
            to.WriteNullValue();
            return;
        }

        to.WriteStartObject();
        to.WriteString("canary"u8, rollout.Canary);
        to.WriteString("baseline"u8, rollout.Baseline);
        to.WriteString("phase"u8, rollout.Phase);
        to.WriteNumber("step"u8, rollout.Step);
        to.WriteNumber("steps"u8, rollout.Steps);
        to.WriteStartArray("plan"u8);
        foreach (var step in rollout.Plan) Write(to, step);
        to.WriteEndArray();
        to.WriteString("since"u8, Time(rollout.Since));
        to.WriteString("stepSince"u8, Time(rollout.StepSince));
        to.WriteString("reason"u8, rollout.Reason);
        Write(to, rollout.Evidence);
        to.WritePropertyName("advance"u8);
        Write(to, rollout.Advance);
        Number(to, "usersHurt"u8, rollout.UsersHurt);
        Texts(to, "problems"u8, rollout.Problems);
        to.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter to, DecisionReport decision)
    {
        to.WriteStartObject();
        to.WriteNumber("id"u8, decision.Id);
        to.WriteString("at"u8, Time(decision.At));
        to.WriteString("service"u8, decision.Service);
        to.WriteString("kind"u8, decision.Kind);
        to.WriteString("actor"u8, decision.Actor);
        Weights(to, "from"u8, decision.From);
        Weights(to, "to"u8, decision.To);
        to.WriteString("phase"u8, decision.Phase);
        if (decision.Step is { } step) to.WriteNumber("step"u8, step);
        else to.WriteNull("step"u8);
        to.WriteString("reason"u8, decision.Reason);
        Write(to, decision.Evidence);
        to.WriteEndObject();
    }

    /// <summary>The list under its name, <c>evidence</c>.</summary>
    public static void Write(Utf8JsonWriter to, IReadOnlyList<EvidenceReport> evidence)
    {
        to.WriteStartArray("evidence"u8);
        foreach (var entry in evidence)
        {
            to.WriteStartObject();
            to.WriteString("guard"u8, entry.Guard);
            Number(to, "log10"u8, entry.Log10);
            Number(to, "abortAt"u8, entry.AbortAt);
            Counts(to, "requests"u8, entry.Requests);
            Counts(to, "events"u8, entry.Events);
            to.WriteString("text"u8, entry.Text);
            to.WriteEndObject();
        }

        to.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter to, VersionReport version)
    {
        to.WriteStartObject();
        to.WriteString("name"u8, version.Name);
        to.WriteNumber("weight"u8, version.Weight);
        Number(to, "share"u8, version.Share);
        Number(to, "intended"u8, version.Intended);
        to.WriteNumber("requests"u8, version.Requests);
        to.WriteNumber("errors"u8, version.Errors);
        Number(to, "errorRate"u8, version.ErrorRate);
        Number(to, "requestsPerSecond"u8, version.RequestsPerSecond);
        Number(to, "p50"u8, version.P50);
        Number(to, "p90"u8, version.P90);
        Number(to, "p99"u8, version.P99);
        to.WriteNumber("healthyEndpoints"u8, version.HealthyEndpoints);
        to.WriteStartArray("endpoints"u8);
        foreach (var endpoint in version.Endpoints)
        {
            to.WriteStartObject();
            to.WriteString("address"u8, endpoint.Address);
            to.WriteNumber("weight"u8, endpoint.Weight);
            to.WriteBoolean("up"u8, endpoint.Up);
            to.WriteBoolean("ejected"u8, endpoint.Ejected);
            to.WriteNumber("failures"u8, endpoint.Failures);
            to.WriteEndObject();
        }

        to.WriteEndArray();
        to.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter to, PlanStepReport step)
    {
        to.WriteStartObject();
        if (step.Weight is not null) Number(to, "weight"u8, step.Weight);
        if (step.Pause) to.WriteBoolean("pause"u8, value: true);
        if (step.HoldSeconds is not null) Number(to, "holdSeconds"u8, step.HoldSeconds);
        to.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter to, AdvanceReport? advance)
    {
        if (advance is null)
        {
            to.WriteNullValue();
            return;
        }

        to.WriteStartObject();
        to.WriteBoolean("ready"u8, advance.Ready);
        Number(to, "log10"u8, advance.Log10);
        Number(to, "advanceAt"u8, advance.AdvanceAt);
        Number(to, "missingRequests"u8, advance.MissingRequests);
        Number(to, "etaSeconds"u8, advance.EtaSeconds);
        Texts(to, "waitsFor"u8, advance.WaitsFor);
        to.WriteEndObject();
    }

    private static void Counts(Utf8JsonWriter to, ReadOnlySpan<byte> name, RoleCounts? counts)
    {
        if (counts is not { } both)
        {
            to.WriteNull(name);
            return;
        }

        to.WriteStartObject(name);
        to.WriteNumber("baseline"u8, both.Baseline);
        to.WriteNumber("canary"u8, both.Canary);
        to.WriteEndObject();
    }

    private static void Weights(Utf8JsonWriter to, ReadOnlySpan<byte> name, IReadOnlyList<VersionWeight> weights)
    {
        to.WriteStartObject(name);
        foreach (var (version, weight) in weights) to.WriteNumber(version, weight);
        to.WriteEndObject();
    }

    private static void Texts(Utf8JsonWriter to, ReadOnlySpan<byte> name, IReadOnlyList<string> texts)
    {
        to.WriteStartArray(name);
        foreach (var text in texts) to.WriteStringValue(text);
        to.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter to, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number && double.IsFinite(number)) to.WriteNumber(name, number);
        else to.WriteNull(name);
    }
}
