using System.Net;
using System.Net.Sockets;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>A real nginx of one process, with a folder of its own.</summary>
internal sealed class NginxProcess : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ChildProcess _process;

    /// <param name="http">What stands in its http block.</param>
    /// <param name="ports">Where it listens.</param>
    /// <param name="files">Files in its folder, for <c>root</c>.</param>
    public NginxProcess(string http, IEnumerable<int> ports, IEnumerable<(string Name, byte[] Content)>? files = null)
    {
        var nginx = Tool.Nginx();
        foreach (var (name, content) in files ?? []) File.WriteAllBytes(_folder.File(name), content);
        var config = _folder.Write("nginx.conf", $$"""
            daemon off;
            master_process off;
            worker_processes 1;
            pid {{_folder.Path}}/nginx.pid;
            error_log {{_folder.Path}}/error.log;
            events { worker_connections 4096; }
            http {
              {{(http.Contains("access_log", StringComparison.Ordinal) ? "" : "access_log off;")}}
              client_body_temp_path {{_folder.Path}}/body;
              proxy_temp_path {{_folder.Path}}/proxy;
              fastcgi_temp_path {{_folder.Path}}/fastcgi;
              uwsgi_temp_path {{_folder.Path}}/uwsgi;
              scgi_temp_path {{_folder.Path}}/scgi;
              keepalive_requests 100000000;
              keepalive_timeout 300s;
              {{http.Replace("$FOLDER", _folder.Path, StringComparison.Ordinal)}}
            }
            """);
        _process = new ChildProcess(nginx, ["-p", _folder.Path, "-c", config, "-e", _folder.File("error.log")]);
        foreach (var port in ports) Eventually.Holds(() => _process.HasExited || Accepts(port), () => $"nginx listens on {port}");
        if (_process.HasExited) Assert.Fail("nginx ended at its start:\n" + string.Join('\n', _process.Errors));
    }

    /// <summary>A server that answers everything with <paramref name="body"/>.</summary>
    public static string Origin(int port, string body) =>
        $$"""
        server { listen 127.0.0.1:{{port}}; location / { default_type text/plain; return 200 "{{body}}"; } }

        """;

    public string[] LinesOf(string file) => File.Exists(_folder.File(file)) ? File.ReadAllLines(_folder.File(file)) : [];

    public void Kill() => _process.Kill();

    public void Dispose()
    {
        _process.Dispose();
        _folder.Dispose();
    }

    private static bool Accepts(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
