using System.Text.Json;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>Where a rollout stands: its phase, its step from 1 (0: none), and the canary's share.</summary>
internal sealed record RolloutPlace(string Phase, int Step, int CanaryBasisPoints)
{
    /// <summary>As the admin API reports a service.</summary>
    public static RolloutPlace Of(JsonElement service) => new(
        service.GetProperty("rollout").Text("phase"),
        (int)service.GetProperty("rollout").Number("step"),
        Json.CanaryBasisPoints(service.GetProperty("versions").EnumerateArray().Select(static version => (version.Text("name"), version.Number("weight")))));
}
