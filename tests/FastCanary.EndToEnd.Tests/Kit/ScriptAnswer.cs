using System.Text.Json;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>An answer of the admin API.</summary>
internal sealed record ScriptAnswer(int Status, string Text, string Fields)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string Error => Json.GetProperty("error").GetString()!;

    public string Detail => Json.GetProperty("detail").GetString()!;

    public override string ToString() => $"{Status} {Text}";
}
