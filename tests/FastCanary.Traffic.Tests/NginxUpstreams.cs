using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace FastCanary.Traffic.Tests;

/// <summary>
/// A real nginx with one upstream group per weight vector, whose servers answer with their index. It is one process, so the order is not one per worker.
/// Everything listens on sockets in its own directory: no port can be taken by somebody else.
/// </summary>
internal sealed class NginxUpstreams : IDisposable
{
    private const string Binary = "/usr/sbin/nginx";
    private readonly string _directory = Directory.CreateTempSubdirectory("fc-nginx-").FullName;
    private readonly Process _process;

    public NginxUpstreams(IReadOnlyList<int[]> groups)
    {
        Assert.True(File.Exists(Binary), $"{Binary} is missing; it is the oracle of this test: apt-get install nginx-light");
        string file = Path.Combine(_directory, "nginx.conf");
        File.WriteAllText(file, Configuration(groups));
        _process = Process.Start(new ProcessStartInfo(Binary, ["-p", _directory, "-c", file, "-e", "stderr"]) { RedirectStandardError = true, UseShellExecute = false })!;
        try
        {
            var patience = Stopwatch.StartNew();
            while (!IsListening())
            {
                Assert.False(_process.HasExited, _process.HasExited ? _process.StandardError.ReadToEnd() : "");
                Assert.True(patience.Elapsed < TimeSpan.FromSeconds(30), "nginx did not start");
                Thread.Sleep(10);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Sends one request to a group and returns the index of the server that answered.</summary>
    public int Ask(int group)
    {
        using Socket socket = Connect();
        socket.Send(Encoding.ASCII.GetBytes($"GET /{group} HTTP/1.0\r\n\r\n"));
        using var reader = new StreamReader(new NetworkStream(socket));
        string response = reader.ReadToEnd();
        Assert.StartsWith("HTTP/1.1 200 ", response);
        return int.Parse(response[(response.IndexOf("\r\n\r\n") + 4)..]);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Path.Combine(_directory, "front")));
        return socket;
    }

    private bool IsListening()
    {
        try
        {
            Connect().Dispose();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private string Configuration(IReadOnlyList<int[]> groups)
    {
        var text = new StringBuilder("daemon off; master_process off; worker_processes 1; pid nginx.pid; events { worker_connections 64; }\nhttp {\naccess_log off;\n");
        foreach (string kind in new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" })
            text.Append($"{kind}_temp_path {kind};\n");
        for (int server = 0; server < groups.Max(weights => weights.Length); server++)
            text.Append($"server {{ listen unix:{_directory}/{server}; return 200 \"{server}\"; }}\n");
        for (int group = 0; group < groups.Count; group++)
        {
            text.Append($"upstream group{group} {{\n");
            for (int server = 0; server < groups[group].Length; server++)
                text.Append($"server unix:{_directory}/{server} weight={groups[group][server]};\n");
            text.Append("}\n");
        }
        text.Append($"server {{ listen unix:{_directory}/front;\n");
        for (int group = 0; group < groups.Count; group++)
            text.Append($"location = /{group} {{ proxy_pass http://group{group}; }}\n");
        return text.Append("}\n}\n").ToString();
    }
}
