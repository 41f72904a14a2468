using System.Text.Json.Serialization;

namespace FastCanary.Release;

/// <summary>What the journal and the state keep, as JSON: the same names everywhere, times in UTC.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(RolloutPlan))]
[JsonSerializable(typeof(RolloutBegin))]
[JsonSerializable(typeof(RolloutState))]
[JsonSerializable(typeof(RolloutCommand))]
[JsonSerializable(typeof(Observation))]
[JsonSerializable(typeof(Decision))]
public sealed partial class ReleaseJson : JsonSerializerContext;
