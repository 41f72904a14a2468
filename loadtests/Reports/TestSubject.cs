using System.Text.Json;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Reports;

/// <summary>What was loaded.</summary>
/// <param name="Name">The binary's file name, or the target's URL.</param>
/// <param name="Version">As it tells it; null where it is not known.</param>
/// <param name="BinaryBytes">The binary's size; null where it is not known.</param>
internal sealed record TestSubject(string Name, string? Version, long? BinaryBytes)
{
    /// <summary>A binary of ours.</summary>
    /// <param name="binary">Its path.</param>
    public static TestSubject OfBinary(string binary) =>
        new(Path.GetFileName(binary), ProgramOutput.Read(NativeBinary.StartInfo(binary, "version")), new FileInfo(binary) is { Exists: true } file ? file.Length : null);

    /// <summary>A FastCanary that runs already.</summary>
    /// <param name="url">Its URL, as a report may show it.</param>
    /// <param name="admin">Its admin API; null: its version stays unknown.</param>
    public static async Task<TestSubject> OfTargetAsync(string url, AdminClient? admin)
    {
        string? version = null;
        try
        {
            if (admin is not null && (await admin.StatusAsync()).TryGetProperty("version", out JsonElement found)) version = $"fastcanary {found.GetString()}";
        }
        catch (Exception e) when (e is HttpRequestException or InvalidOperationException or TaskCanceledException or JsonException)
        {
            // Scenarios that need the admin API say what is wrong with it.
        }

        return new TestSubject(url, version, BinaryBytes: null);
    }
}
