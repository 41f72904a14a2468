using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

public sealed class ReloadTests : IDisposable
{
    private readonly ScriptedOrigin _first = ScriptedOrigin.Answering("1");
    private readonly ScriptedOrigin _second = ScriptedOrigin.Answering("2");
    private readonly int _port = Ports.Free();

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public void A_hangup_reloads_where_the_process_was_started_to_ignore_it()
    {
        using var origin = ScriptedOrigin.Answering("1");
        using var folder = new TempFolder();
        var config = folder.Write("fastcanary.yaml", Configuration.Single(Ports.Free(), origin.Port));
        // As nohup does it.
        using var shell = new ChildProcess("/bin/sh", ["-c", "trap '' HUP; exec \"$@\"", "sh", ProgramUnderTest.File, .. ProgramUnderTest.Arguments, "run", "-c", config], folder.Path);
        Eventually.HoldsOnceStarted(() => shell.Errors.Any(static line => line.Contains("listening on", StringComparison.Ordinal)), () => string.Join('\n', shell.Errors));
        shell.Signal(PosixSignal.SIGHUP);
        Eventually.Holds(() => shell.Errors.Any(static line => line.Contains("configuration reloaded (SIGHUP)", StringComparison.Ordinal)), () => string.Join('\n', shell.Errors));
    }

    [Fact]
    public void A_SIGHUP_applies_the_file()
    {
        using var proxy = FastCanaryProcess.Start(Weighted(1, 0));
        Assert.Equal("1111", Get(4));
        proxy.Overwrite(Weighted(0, 1));
        proxy.Signal(PosixSignal.SIGHUP);
        proxy.WaitForLog("configuration reloaded (SIGHUP): web v1=0 v2=1");
        Assert.Equal("2222", Get(4));
    }

    [Theory]
    [InlineData("written in place")]
    [InlineData("renamed over")]
    [InlineData("moved away and written anew")]
    public void A_file_that_is_changed_applies_by_itself(string how)
    {
        using var proxy = FastCanaryProcess.Start(Weighted(1, 0));
        Assert.Equal("1111", Get(4));
        switch (how)
        {
            case "written in place":
                proxy.Overwrite(Weighted(0, 1));
                break;
            case "renamed over":
                proxy.Replace(Weighted(0, 1));
                break;
            default:
                File.Move(proxy.ConfigPath, proxy.ConfigPath + "~");
                proxy.Overwrite(Weighted(0, 1));
                break;
        }

        proxy.WaitForLog("configuration reloaded (file change): web v1=0 v2=1");
        Assert.Equal("2222", Get(4));
    }

    [Fact]
    public void A_ConfigMap_that_Kubernetes_swaps_applies_by_itself()
    {
        TempFolder? folder = null;
        using var proxy = FastCanaryProcess.StartIn(temporary =>
        {
            folder = temporary;
            Directory.CreateDirectory(temporary.File("..one"));
            Directory.CreateDirectory(temporary.File("..two"));
            temporary.Write("..one/fastcanary.yaml", Weighted(1, 0));
            temporary.Write("..two/fastcanary.yaml", Weighted(0, 1));
            File.CreateSymbolicLink(temporary.File("..data"), "..one");
            File.CreateSymbolicLink(temporary.File("fastcanary.yaml"), "..data/fastcanary.yaml");
            return temporary.File("fastcanary.yaml");
        });
        Assert.Equal("11", Get(2));
        File.CreateSymbolicLink(folder!.File("..new"), "..two");
        // File.Move and Directory.Move look through the links.
        Assert.Equal(0, ChildProcess.Run("mv", ["-T", folder.File("..new"), folder.File("..data")]).Code);
        proxy.WaitForLog("configuration reloaded (file change): web v1=0 v2=1");
        Assert.Equal("22", Get(2));
    }

    [Fact]
    public void A_broken_file_changes_nothing_is_reported_with_its_place_and_traffic_goes_on()
    {
        using var proxy = FastCanaryProcess.Start(Weighted(2, 1));
        using var client = new RawClient(_port);
        Assert.Equal("121", Get(client, 3));
        proxy.Overwrite(Weighted(0, 1).Replace("weight: 1", "weight: -1", StringComparison.Ordinal).Replace("services:", "servics:", StringComparison.Ordinal));
        proxy.Signal(PosixSignal.SIGHUP);
        Assert.Matches(@"fastcanary\.yaml:3:1: servics: unknown key .*""services""", proxy.WaitForLog("fastcanary.yaml:3:1"));
        proxy.WaitForLog("configuration not reloaded (SIGHUP)");
        proxy.WaitForLog("configuration not reloaded (file change)");
        Assert.Equal("121121", Get(client, 6));

        proxy.Reload(Weighted(0, 1));
        Assert.Equal("222", Get(client, 3));
    }

    [Fact]
    public void A_file_that_is_gone_changes_nothing()
    {
        using var proxy = FastCanaryProcess.Start(Weighted(1, 0));
        File.Delete(proxy.ConfigPath);
        proxy.Signal(PosixSignal.SIGHUP);
        proxy.WaitForLog("there is no such file");
        proxy.WaitForLog("configuration not reloaded (SIGHUP)");
        Assert.Equal("1111", Get(4));
        proxy.Reload(Weighted(0, 1));
        Assert.Equal("2222", Get(4));
    }

    [Fact]
    public void A_listener_that_is_added_accepts_and_the_others_stay()
    {
        var added = Ports.Free();
        using var proxy = FastCanaryProcess.Start(Listening(_port));
        using var client = new RawClient(_port);
        Assert.Equal("1", client.Get().Text);
        Assert.True(Ports.Refuses(added));
        proxy.Reload(Listening(_port, added));
        using var other = new RawClient(added);
        Assert.Equal("1", other.Get().Text);
        Assert.Equal("1", client.Get().Text);
    }

    [Fact]
    public void A_listener_that_is_removed_refuses_and_what_is_under_way_on_it_ends_well()
    {
        using var asked = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        using var slow = new ScriptedOrigin(connection =>
        {
            connection.Read();
            asked.Set();
            go.Wait(Eventually.Patience);
            connection.Send(ScriptedOrigin.Response("slow"));
        });
        var removed = Ports.Free();
        using var proxy = FastCanaryProcess.Start(Listening(slow.Port, [_port, removed]));
        using var idle = new RawClient(removed);
        using var client = new RawClient(removed);
        client.Send(RawClient.Request());
        Assert.True(asked.Wait(Eventually.Patience));

        proxy.Reload(Listening(slow.Port, [_port]));
        Eventually.Holds(() => Ports.Refuses(removed), "the removed listener refuses");
        Assert.True(idle.IsEnded());
        Assert.False(Ports.Refuses(_port));
        go.Set();
        var answer = client.Read();
        Assert.Equal("slow", answer.Text);
        Assert.True(answer.Closes);
        Assert.True(client.IsEnded());

        proxy.Reload(Listening(_port, removed));
        using var again = new RawClient(removed);
        Assert.Equal("1", again.Get().Text);
    }

    [Fact]
    public void A_new_listener_whose_address_is_in_use_changes_nothing_and_is_reported()
    {
        using var holder = new TcpListener(IPAddress.Loopback, Ports.Free());
        holder.Start();
        var taken = ((IPEndPoint)holder.LocalEndpoint).Port;
        using var proxy = FastCanaryProcess.Start(Weighted(1, 0));
        proxy.Replace(Weighted(0, 1).Replace("services:", $"  - {{ address: \"127.0.0.1:{taken}\", service: web }}\nservices:", StringComparison.Ordinal));
        proxy.Signal(PosixSignal.SIGHUP);
        Assert.Contains("the address is in use", proxy.WaitForLog($"cannot listen on 127.0.0.1:{taken}"), StringComparison.Ordinal);
        Assert.Equal("1111", Get(4));
    }

    [Fact]
    public void A_listener_whose_protocol_changes_speaks_the_new_one()
    {
        using var origin = new ScriptedOrigin(static connection =>
        {
            connection.Send("hello");
            connection.WaitForEnd();
        });
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, origin.Port));
        proxy.Reload(Configuration.Single(_port, origin.Port, listener: ", protocol: tcp"));
        using var client = new RawClient(_port);
        Assert.Equal("hello"u8.ToArray(), client.Wire.Take(5));
    }

    [Fact]
    public void A_version_that_is_added_gets_its_share_and_one_that_is_removed_gets_nothing()
    {
        using var third = ScriptedOrigin.Answering("3");
        using var proxy = FastCanaryProcess.Start(Weighted(1, 1));
        using var client = new RawClient(_port);
        Assert.Equal("12", string.Concat(Get(client, 2).Order()));
        proxy.Reload(Configuration.Split(_port, [("v1", 1, _first.Port), ("v2", 1, _second.Port), ("v3", 2, third.Port)]));
        Assert.Equal("1233", string.Concat(Get(client, 4).Order()));
        proxy.Reload(Configuration.Split(_port, [("v1", 1, _first.Port), ("v3", 2, third.Port)]));
        Assert.Equal("133", string.Concat(Get(client, 3).Order()));
    }

    [Fact]
    public void The_sequence_goes_on_over_a_reload_that_does_not_change_the_weights()
    {
        using var proxy = FastCanaryProcess.Start(Weighted(3, 2));
        using var client = new RawClient(_port);
        const string Cycle = "12121";
        Assert.Equal(Cycle, Get(client, 5));
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(Cycle[..(i % 5)], Get(client, i % 5));
            proxy.Reload(Weighted(3, 2, $"timeouts: {{ response: {10 + i}s }}"));
            Assert.Equal(Cycle[(i % 5)..], Get(client, 5 - (i % 5)));
        }
    }

    [Fact]
    public void A_limit_that_changes_holds_from_the_next_request_of_a_connection_that_exists()
    {
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, _first.Port));
        using var client = new RawClient(_port);
        const string Fields = "A: 1\r\nB: 2\r\nC: 3\r\n";
        Assert.Equal(200, client.Get(fields: Fields).Status);
        Assert.Equal(200, client.Post(new byte[2000]).Status);
        proxy.Reload(Configuration.Single(_port, _first.Port, service: "limits: { requestBody: 1KiB }"));
        Assert.Equal(200, client.Get(fields: Fields).Status);
        using (var other = new RawClient(_port)) Assert.Equal(413, other.Post(new byte[2000]).Status);
        proxy.Reload(Configuration.Single(_port, _first.Port, listener: ", limits: { headers: 3 }"));
        Assert.Equal(431, client.Get(fields: Fields).Status);
    }

    [Fact]
    public void A_timeout_that_changes_holds_from_the_next_request_of_a_connection_that_exists()
    {
        using var origin = new ScriptedOrigin(static connection =>
        {
            while (connection.Read() is { } request)
            {
                if (request.Target == "/silence") connection.WaitForEnd();
                else connection.Send(ScriptedOrigin.Response("1"));
            }
        });
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, origin.Port));
        using var client = new RawClient(_port);
        Assert.Equal(200, client.Get().Status);
        // From thirty seconds, which is more than this test's patience.
        proxy.Reload(Configuration.Single(_port, origin.Port, service: "timeouts: { response: 200ms }"));
        Assert.Equal(504, client.Get("/silence").Status);
        proxy.Reload(Configuration.Single(_port, origin.Port, listener: ", timeouts: { idle: 200ms }"));
        Assert.Equal(200, client.Get().Status);
        Assert.True(client.IsEnded());
    }

    [Fact]
    public void An_upstream_connection_that_is_out_of_the_configuration_is_closed()
    {
        using var closed = new ManualResetEventSlim();
        using var old = new ScriptedOrigin(connection =>
        {
            try
            {
                connection.AnswerAll(static _ => ScriptedOrigin.Response("old"));
            }
            finally
            {
                closed.Set();
            }
        });
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, old.Port));
        using var client = new RawClient(_port);
        Assert.Equal("old", client.Get().Text);
        proxy.Reload(Configuration.Single(_port, _first.Port));
        Assert.True(closed.Wait(Eventually.Patience), "the idle connection to the old endpoint is still open");
        Assert.Equal("1", client.Get().Text);
    }

    [Fact]
    public void Many_reloads_at_once_leave_the_last_file_in_force()
    {
        using var proxy = FastCanaryProcess.Start(Weighted(1, 0));
        for (var i = 0; i < 50; i++)
        {
            proxy.Replace(i % 2 == 0 ? Weighted(0, 1) : Weighted(1, 0));
            proxy.Signal(PosixSignal.SIGHUP);
        }

        proxy.Replace(Weighted(0, 3));
        proxy.WaitForLog("web v1=0 v2=3");
        proxy.WaitUntilReloadsAreOver();
        Assert.Equal("2222", Get(4));
    }

    private string Weighted(int first, int second, string service = "") => Configuration.Split(_port, [("v1", first, _first.Port), ("v2", second, _second.Port)], service: service);

    private string Listening(params int[] ports) => Listening(_first.Port, ports);

    private static string Listening(int origin, int[] ports) => $$"""
        listeners:
        {{string.Join('\n', ports.Select(static port => $"  - {{ address: \"127.0.0.1:{port}\", service: web }}"))}}
        services: { web: { versions: { v1: { endpoints: ["127.0.0.1:{{origin}}"] } } } }
        """;

    private string Get(int count)
    {
        using var client = new RawClient(_port);
        return Get(client, count);
    }

    private static string Get(RawClient client, int count) => string.Concat(Enumerable.Range(0, count).Select(_ => client.Get().Text));
}
