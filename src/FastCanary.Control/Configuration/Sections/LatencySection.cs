using System.Globalization;
using FastCanary.Release;

namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.analysis.latency</c>.</summary>
internal static class LatencySection
{
    /// <summary>A hundred times slower.</summary>
    public const int IncreaseMax = 100 * ConfigReader.ShareMax;

    private static readonly TimeSpan MinIncreaseMax = TimeSpan.FromMinutes(1);

    public static readonly Section<LatencyConfig> Keys = new(
        "latency",
        new("quantiles", ReadQuantiles),
        new("maxIncrease", (reader, node, config) => config.MaxIncreaseBasisPoints = reader.Share(node, 0, IncreaseMax) ?? config.MaxIncreaseBasisPoints),
        new("minIncrease", (reader, node, config) => config.MinIncrease = reader.Duration(node, TimeSpan.Zero, MinIncreaseMax) ?? config.MinIncrease));

    private static void ReadQuantiles(ConfigReader reader, ConfigNode node, LatencyConfig config)
    {
        var quantiles = new List<int>();
        IReadOnlyList<ConfigNode> items = reader.List(node, "quantile");
        foreach (ConfigNode item in items)
        {
            int perMille = 0;
            if (reader.Text(item, "a quantile from p1 to p99.9, such as p50, p99 or p99.5", text => TryParse(text, out perMille)) is not { } text)
                continue;
            if (quantiles.Contains(perMille))
                reader.Error(item.Position, $"{text} is listed already");
            quantiles.Add(perMille);
        }
        if (items.Count > LatencyGuardPlan.QuantilesMax)
            reader.Error(node.Position, $"expected at most {LatencyGuardPlan.QuantilesMax} quantiles, got {items.Count}");
        config.QuantilesPerMille = quantiles;
    }

    // pN, pNN and pNN.N.
    private static bool TryParse(string text, out int perMille)
    {
        perMille = 0;
        if (text is not ['p', >= '1' and <= '9', ..] || text.Length > 5)
            return false;
        int point = text.IndexOf('.', StringComparison.Ordinal);
        string whole = point < 0 ? text[1..] : text[1..point];
        string tenth = point < 0 ? "0" : text[(point + 1)..];
        return whole.Length <= 2 && tenth.Length == 1
            && int.TryParse(whole + tenth, NumberStyles.None, CultureInfo.InvariantCulture, out perMille);
    }
}
