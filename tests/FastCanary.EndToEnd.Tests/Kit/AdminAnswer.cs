using System.Text.Json;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>An answer of the admin API.</summary>
internal sealed record AdminAnswer(int Status, JsonElement Body)
{
    /// <summary>Its body, where its status is the right one.</summary>
    public JsonElement Expect(int status)
    {
        Assert.True(Status == status, $"{Status} instead of {status}: {Body}");
        return Body;
    }
}
