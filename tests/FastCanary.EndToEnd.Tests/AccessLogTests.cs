using System.Text.Json;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>What the program writes of each request, and of itself.</summary>
public sealed class AccessLogTests : IDisposable
{
    private readonly ScriptedOrigin _stable = ScriptedOrigin.Answering(static request =>
        request.Target.StartsWith("/fails", StringComparison.Ordinal) ? "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy" : ScriptedOrigin.Response("stable"));

    private readonly ScriptedOrigin _canary = ScriptedOrigin.Answering("canary!");
    private readonly int _port = Ports.Free();
    private readonly int _adminPort = Ports.Free();

    public void Dispose()
    {
        _stable.Dispose();
        _canary.Dispose();
    }

    [Fact]
    public void Each_request_has_a_line_that_agrees_with_it_and_holds_no_secret()
    {
        using var proxy = Start("log: { access: { path: access.log } }");
        using var admin = new AdminApi(_adminPort);
        admin.Do("start");
        var sent = new Dictionary<string, HttpMessage>(StringComparer.Ordinal);
        using (var client = new RawClient(_port))
        {
            for (var i = 0; i < 60; i++)
            {
                var path = i % 3 == 0 ? $"/fails?secret={i}" : $"/p{i}?secret={i}";
                var answer = i % 10 == 9
                    ? client.Post(new byte[i], path)
                    : client.Get(path, fields: $"X-Request-ID: id-{i}\r\nAuthorization: Bearer secret\r\nCookie: session=secret\r\nReferer: https://x.example/?q=secret\r\nUser-Agent: \"quoted\" \\ \u00e9\r\n");
                sent.Add(answer["X-Request-ID"]!, answer);
            }
        }

        var file = Path.Combine(proxy.Folder, "access.log");
        Eventually.Holds(() => CountLines(file) >= 60, () => $"60 lines; {CountLines(file)}");
        Assert.DoesNotContain("secret", File.ReadAllText(file), StringComparison.Ordinal);
        var lines = File.ReadAllLines(file).Select(static line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(sent.Keys.Order(StringComparer.Ordinal), lines.Select(static line => line.GetProperty("request_id").GetString()!).Order(StringComparer.Ordinal));
        foreach (var line in lines)
        {
            var answer = sent[line.GetProperty("request_id").GetString()!];
            var version = answer.Text == "canary!" ? "canary" : "stable";
            Assert.Equal(answer.Status, line.GetProperty("status").GetInt32());
            Assert.Equal(answer.Body.Length, line.GetProperty("bytes_out").GetInt64());
            Assert.Equal(version, line.GetProperty("version").GetString());
            Assert.Equal("web", line.GetProperty("service").GetString());
            Assert.Equal($"127.0.0.1:{(version == "canary" ? _canary : _stable).Port}", line.GetProperty("endpoint").GetString());
            Assert.Equal("127.0.0.1", line.GetProperty("client").GetString());
            Assert.Equal("e2e.test", line.GetProperty("host").GetString());
            Assert.Equal("completed", line.GetProperty("outcome").GetString());
            Assert.Equal(line.GetProperty("method").GetString() == "POST", line.GetProperty("bytes_in").GetInt64() > 0);
            Assert.InRange(line.GetProperty("duration").GetDouble(), 0, 20);
        }
    }

    [Fact]
    public void A_rotation_under_load_loses_no_line_and_repeats_none()
    {
        using var proxy = Start("log: { access: { path: access.log } }");
        var file = Path.Combine(proxy.Folder, "access.log");
        using var load = Load.Begin(_port, connections: 8);
        for (var i = 0; i < 5; i++)
        {
            Thread.Sleep(200);
            Eventually.Holds(() => new FileInfo(file).Length > 0, "lines between two rotations");
            File.Move(file, $"{file}.{i}");
            proxy.SignalUser1();
            Eventually.Holds(() => File.Exists(file), "the file is there anew");
        }

        Thread.Sleep(200);
        load.Stop();
        Assert.Empty(load.Failures);
        // A machine that gives the writer no time for as long as a buffer takes to be full costs lines, too: these are counted.
        using var admin = new AdminApi(_adminPort);
        var written = load.Answered - (int)admin.Metric("fastcanary_access_log_dropped_total");
        var files = Directory.GetFiles(proxy.Folder, "access.log*");
        Eventually.Holds(() => files.Sum(CountLines) >= written, () => $"{written} lines of {load.Answered} requests; there are {files.Sum(CountLines)}");
        var ids = files.SelectMany(File.ReadAllLines).Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("request_id").GetString()!).ToArray();
        Assert.Equal(written, ids.Length);
        Assert.Equal(written, ids.Distinct(StringComparer.Ordinal).Count());
        // After the last rotation nothing more comes to a file that was moved away.
        Assert.All(Enumerable.Range(0, 5), i => Assert.NotEqual(0, new FileInfo($"{file}.{i}").Length));
    }

    [Fact]
    public void A_full_disk_fails_no_request_and_is_told_in_the_log()
    {
        using var proxy = Start("log: { access: { path: /dev/full } }");
        var load = Load.Run(_port, connections: 4, requests: 4000);
        Assert.Empty(load.Failures);
        Assert.Equal(4000, load.Answered);
        var line = proxy.WaitForLog("access log /dev/full");
        Assert.Contains("lines are lost", line, StringComparison.Ordinal);
        Assert.Single(proxy.Log, static text => text.Contains("lines are lost", StringComparison.Ordinal));
    }

    [Fact]
    public void On_standard_output_a_sample_has_exactly_its_share_in_the_combined_format()
    {
        using var proxy = Start("log: { access: { path: \"-\", format: combined, sample: 25% } }");
        Assert.Empty(Load.Run(_port, connections: 1, requests: 100).Failures);
        // Of each loop's requests every fourth; a connection belongs to one loop.
        Eventually.Holds(() => proxy.Output.Length >= 25, () => $"25 lines; {proxy.Output.Length}");
        Thread.Sleep(300);
        Assert.Equal(25, proxy.Output.Length);
        Assert.All(proxy.Output, static line => Assert.Matches("""^127\.0\.0\.1 - - \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000\] "GET / HTTP/1\.1" 200 6 "-" "-"$""", line));
    }

    [Fact]
    public void The_log_level_keeps_the_log_quiet_and_a_reload_changes_it()
    {
        using var proxy = FastCanaryProcess.StartWithoutWaiting(Config("log: { level: error }"));
        Eventually.HoldsOnceStarted(() => !Ports.Refuses(_port) && !Ports.Refuses(_adminPort), static () => "it listens");
        using var admin = new AdminApi(_adminPort);
        admin.Do("start");
        Assert.Empty(proxy.Log);
        proxy.Replace(Config("log: { level: info }"));
        Assert.Equal(200, admin.Call("POST", "/api/v1/reload").Status);
        admin.Do("abort");
        proxy.WaitForLog("aborted");
    }

    // Those that are whole: of what is being written, a part may be there.
    private static int CountLines(string file) => File.ReadAllText(file).Count(static character => character == '\n');

    private string Config(string top) => Configuration.Release(_port, _adminPort, _stable.Port, _canary.Port, top: top);

    private FastCanaryProcess Start(string top) => FastCanaryProcess.Start(Config(top));
}
