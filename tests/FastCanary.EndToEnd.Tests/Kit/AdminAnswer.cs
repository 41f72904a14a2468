using System.Text.Json;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>An answer of the admin API.</summary>
internal sealed record AdminAnswer(int Status, string Text, string Fields)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string Error => Json.Text("error");

    public string Detail => Json.Text("detail");

    /// <summary>Its body, where its status is the right one.</summary>
    public JsonElement Expect(int status)
    {
        Assert.True(Status == status, $"{Status} instead of {status}: {Text}");
        return Json;
    }
}
