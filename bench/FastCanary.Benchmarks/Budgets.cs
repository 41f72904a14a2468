using System.Text.Json;

namespace FastCanary.Benchmarks;

/// <summary><c>bench/budgets.json</c>, by the benchmark's name (<see cref="BenchmarkSet.NameOf"/>).</summary>
internal static class Budgets
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    internal static Dictionary<string, Budget> Read()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "budgets.json");
        return JsonSerializer.Deserialize<Dictionary<string, Budget>>(File.ReadAllText(path), Json) ?? throw new InvalidDataException(path + " is empty.");
    }
}
