using System.Text.Json;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>The cases of tests/conformance against the real process.</summary>
[Collection(LoadCollection.Name)]
public sealed class ConformanceTests(ITestOutputHelper output)
{
    // With the reruns on pooled connections. What it was when this was written, less two for the few cases that depend on timing.
    private const int StrictMin = 480;

    // Of the cases alone: what the project promises.
    private const int StrictCasesMin = 380;

    [Fact]
    public void No_case_fails_and_all_but_a_few_are_strict()
    {
        var python = Tool.Python();
        using var folder = new TempFolder();
        var (port, origin) = (Ports.Free(), Ports.Free());
        using var proxy = FastCanaryProcess.Start(Configuration.Single(
            port,
            origin,
            listener: ", timeouts: { requestHead: 3s, requestBody: 3s, idle: 5s }, limits: { headers: 200, requestHead: 64KiB }",
            service: "timeouts: { connect: 2s, response: 3s, responseBody: 3s }"));
        var results = folder.File("results.json");
        var ended = ChildProcess.Run(
            python,
            ["-B", Path.Combine(ProgramUnderTest.RepositoryRoot, "tests", "conformance", "conformance.py"), "--proxy", $"127.0.0.1:{port}", "--origin-port", $"{origin}", "--lenient", "--json", results],
            TimeSpan.FromMinutes(5));
        output.WriteLine(ended.ToString());
        Assert.True(ended.Code == 0, ended.ToString());

        using var json = JsonDocument.Parse(File.ReadAllText(results));
        var total = json.RootElement.GetProperty("total");
        var (cases, strict, failed) = (CountOf(total, "cases"), CountOf(total, "strict"), CountOf(total, "fail"));
        var pool = json.RootElement.GetProperty("categories").EnumerateObject().Single(static row => row.Name.StartsWith("pool", StringComparison.Ordinal)).Value;
        TestContext.Current.SendDiagnosticMessage($"conformance: {cases} cases, {strict} strict, {failed} failed, {CountOf(pool, "strict")} of the strict ones on pooled connections");
        Assert.True(failed == 0, ended.ToString());
        Assert.True(strict >= StrictMin, ended.ToString());
        Assert.True(strict - CountOf(pool, "strict") >= StrictCasesMin, ended.ToString());
    }

    private static int CountOf(JsonElement row, string name) => row.TryGetProperty(name, out var count) ? count.GetInt32() : 0;
}
