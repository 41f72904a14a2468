using System.Globalization;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>X-Request-ID from the client to the origin and back. Which ids are valid is tested in FastCanary.Http.Tests.</summary>
public sealed class RequestIdTests : IDisposable
{
    // RFC 9562, 5.7: the version 7, and the variant's two bits 10.
    private const string Uuid7 = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";

    private readonly int _port = Ports.Free();

    // Says which ids it was told, in every spelling that a back end might take for one.
    private readonly ScriptedOrigin _origin = ScriptedOrigin.Answering(static request => ScriptedOrigin.Response(
        string.Join(" | ", request.Fields.Where(static field => field.Name.Replace('_', '-').Equals("X-Request-ID", StringComparison.OrdinalIgnoreCase)).Select(static field => field.Value))));

    public void Dispose() => _origin.Dispose();

    [Fact]
    public void A_valid_one_is_kept_and_any_other_replaced_by_a_UUIDv7_that_origin_and_client_agree_on()
    {
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, _origin.Port));
        using var client = new RawClient(_port);
        foreach (var valid in (string[])["a", "0190b8b2-7c1e-7b2a-9f00-0123456789ab", "Root=1-67891233-abcdef012345678912345678", "trace:1/2+3~4@x._=", new string('x', 128)])
        {
            var kept = client.Get(fields: $"x-request-id: {valid}\r\n");
            Assert.Equal(valid, kept.Text);
            AssertOne(valid, kept);
        }

        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        foreach (var fields in (string[])["", "X-Request-ID:\r\n", "X-Request-ID: a b\r\n", "X-Request-ID: <script>\r\n", "X-Request-ID: caf\u00E9\r\n", "X_Request_ID: spelled\r\n",
            $"X-Request-ID: {new string('x', 129)}\r\n", "X-Request-ID: one\r\nX-Request-ID: two\r\n", "X-Request-ID: same\r\nX-Request-ID: same\r\n", "X-Request-ID: a, b\r\n"])
        {
            var made = client.Get(fields: fields);
            Assert.Matches(Uuid7, made.Text);
            AssertOne(made.Text, made);
            // It begins with the time, in milliseconds; the process looks at its clock once a pass.
            var time = long.Parse(made.Text.Replace("-", "", StringComparison.Ordinal)[..12], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            Assert.InRange(time, before - 60_000, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 60_000);
        }
    }

    [Fact]
    public void Every_request_of_a_pipeline_has_its_own()
    {
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, _origin.Port));
        using var client = new RawClient(_port);
        var answers = client.AskAll(Enumerable.Range(0, 500).Select(static i => RawClient.Request(fields: i % 3 == 0 ? $"X-Request-ID: mine-{i}\r\n" : "")));
        for (var i = 0; i < answers.Length; i++)
        {
            if (i % 3 == 0) Assert.Equal($"mine-{i}", answers[i].Text);
            else Assert.Matches(Uuid7, answers[i].Text);
            AssertOne(answers[i].Text, answers[i]);
        }

        Assert.Equal(answers.Length, answers.Select(static answer => answer.Text).Distinct().Count());
    }

    [Fact]
    public void FastCanarys_own_answers_have_one_too()
    {
        using var proxy = FastCanaryProcess.Start($$"""
            listeners:
              - address: "127.0.0.1:{{_port}}"
                routes: [{ path: /dead, service: dead }, { path: /small, service: small }]
            services:
              dead: { timeouts: { connect: 10s }, versions: { v1: { endpoints: ["127.0.0.1:{{Ports.Free()}}"] } } }
              small: { limits: { requestBody: 10B }, versions: { v1: { endpoints: ["127.0.0.1:{{_origin.Port}}"] } } }
            """);
        using (var client = new RawClient(_port))
        {
            foreach (var (path, status) in ((string, int)[])[("/", 404), ("/dead", 502)])
            {
                AssertOwn(status, "mine-1", client.Get(path, fields: "X-Request-ID: mine-1\r\n"));
                AssertOwn(status, id: null, client.Get(path));
                AssertOwn(status, id: null, client.Get(path, fields: "X-Request-ID: not valid\r\n"));
            }
        }

        // Each of these ends its connection.
        foreach (var (request, status) in ((string, int)[])[("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nX-Request-ID: <x>\r\nBad Name: 1\r\n\r\n", 400), ("garbage\r\n\r\n", 400),
            ("GET / HTTP/9.9\r\nHost: a\r\n\r\n", 505), ("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405), ("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n", 413)])
        {
            using var client = new RawClient(_port);
            client.Send(request);
            AssertOwn(status, id: null, client.Read());
        }
    }

    [Fact]
    public void An_origins_own_does_not_reach_the_client()
    {
        using var origin = ScriptedOrigin.Answering(static request =>
            $"HTTP/1.1 200 OK\r\nX-Request-ID: origin-1\r\nx-request-id: origin-2\r\nContent-Length: {request["X-Request-ID"]!.Length}\r\n\r\n{request["X-Request-ID"]}");
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, origin.Port));
        using var client = new RawClient(_port);
        AssertOne("mine-1", client.Get(fields: "X-Request-ID: mine-1\r\n"));
        var made = client.Get();
        Assert.Matches(Uuid7, made.Text);
        AssertOne(made.Text, made);
    }

    private static void AssertOwn(int status, string? id, HttpMessage answer)
    {
        Assert.Equal(status, answer.Status);
        if (id is null) Assert.Matches(Uuid7, answer["X-Request-ID"] ?? "none");
        AssertOne(id ?? answer["X-Request-ID"]!, answer);
    }

    private static void AssertOne(string id, HttpMessage answer)
    {
        Assert.Equal(id, answer["X-Request-ID"]);
        Assert.Equal(1, answer.Count("X-Request-ID"));
    }
}
