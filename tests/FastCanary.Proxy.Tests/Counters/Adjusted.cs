using FastCanary.Traffic;

namespace FastCanary.Proxy.Tests.Counters;

/// <summary>Models with what the control plane gives them during a rollout, and no key of the configuration says.</summary>
internal static class Adjusted
{
    public static Action<ServiceModel> Epoch(int epoch) => service => Set(service, nameof(ServiceModel.Epoch), epoch);

    public static Action<ServiceModel> Analysis(AnalysisModel analysis) => service => Set(service, nameof(ServiceModel.Analysis), analysis);

    public static Action<ServiceModel> ResponseTimeout(int milliseconds) => service => Set(service, nameof(ServiceModel.ResponseTimeoutMs), milliseconds);

    public static AnalysisModel Business(string header) => new() { BusinessHeader = System.Text.Encoding.ASCII.GetBytes(header) };

    /// <summary>What is set once in production, where the model is made.</summary>
    private static void Set(ServiceModel service, string property, object value) => typeof(ServiceModel).GetProperty(property)!.SetValue(service, value);
}
