using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using FastCanary.Control;
using FastCanary.Traffic;
using FastCanary.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace FastCanary.Demo;

/// <summary>Two origins, v1 at weight 10 and v2 at weight 5, the proxy before them, and real requests through it.</summary>
internal static class DemoRun
{
    private const int StripLength = 30;
    private const int ReportEveryMs = 1000;

    // So many are tried.
    private const int PortsMax = 5;

    /// <param name="requests">How many requests to send; 0: until Ctrl-C.</param>
    public static int Run(int requests)
    {
        using var first = new DemoOrigin("1");
        using var second = new DemoOrigin("2");
        var file = Path.Combine(Path.GetTempPath(), $"fastcanary-demo-{Environment.ProcessId}.yaml");
        try
        {
            var errors = new List<ConfigError>();
            using var control = Start(file, first, second, errors, out var port);
            if (control is null)
            {
                foreach (var error in errors) Console.Error.WriteLine(error);
                return ExitCode.Failed;
            }

            Console.WriteLine($"proxy   http://127.0.0.1:{port}/   (try: curl http://127.0.0.1:{port}/)");
            Console.WriteLine($"v1      http://127.0.0.1:{first.Port}/   weight 10");
            Console.WriteLine($"v2      http://127.0.0.1:{second.Port}/   weight 5");
            return SendAll(port, requests);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static ControlPlane? Start(string file, DemoOrigin first, DemoOrigin second, List<ConfigError> errors, out int port)
    {
        for (var tries = 1; ; tries++)
        {
            port = FreePort();
            File.WriteAllText(file, $$"""
                listeners:
                  - { address: 127.0.0.1:{{port}}, service: demo }
                services:
                  demo:
                    versions:
                      v1: { weight: 10, endpoints: ["127.0.0.1:{{first.Port}}"] }
                      v2: { weight: 5, endpoints: ["127.0.0.1:{{second.Port}}"] }
                """);
            try
            {
                return ControlPlane.Start(file, NullLogger.Instance, errors);
            }
            catch (TransportException) when (tries < PortsMax)
            {
                // Somebody else was given the port meanwhile.
            }
        }
    }

    private static int SendAll(int port, int requests)
    {
        using var stop = new ManualResetEventSlim();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            stop.Set();
        });
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, port);
        var counts = new long[2];
        var strip = new StringBuilder();
        var watch = Stopwatch.StartNew();
        var reported = 0L;
        for (long sent = 0; (requests == 0 || sent < requests) && !stop.IsSet; sent++)
        {
            if (Send(socket) is not { } version)
            {
                Console.Error.WriteLine("a request was not answered with 200");
                return ExitCode.Failed;
            }

            counts[version - 1]++;
            if (strip.Length < 2 * StripLength) strip.Append(version).Append(' ');
            if (requests == 0 && watch.ElapsedMilliseconds >= reported + ReportEveryMs)
            {
                reported = watch.ElapsedMilliseconds;
                Print(counts, strip);
            }

            // Without an end, a calm rate: this is to be watched.
            if (requests == 0) Thread.Sleep(1);
        }

        Print(counts, strip);
        return ExitCode.Done;
    }

    private static void Print(long[] counts, StringBuilder strip)
    {
        var total = Math.Max(1, counts[0] + counts[1]);
        Console.WriteLine();
        Console.WriteLine($"requests  {counts[0] + counts[1]}");
        Console.WriteLine($"counts    v1 {counts[0]}   v2 {counts[1]}");
        Console.WriteLine($"strip     {strip.ToString().TrimEnd()}{(total > StripLength ? " ..." : "")}");
        Console.WriteLine(FormattableString.Invariant($"shares    v1 {100.0 * counts[0] / total:0.00} %   v2 {100.0 * counts[1] / total:0.00} %   (intended 66.67 % and 33.33 %)"));
    }

    private static int? Send(Socket socket)
    {
        socket.Send("GET / HTTP/1.1\r\nHost: demo\r\n\r\n"u8);
        Span<byte> buffer = stackalloc byte[2048];
        var length = 0;
        while (length < buffer.Length)
        {
            var received = socket.Receive(buffer[length..]);
            if (received == 0) return null;
            length += received;
            var end = buffer[..length].IndexOf("\r\n\r\n"u8);
            if (end < 0 || length < end + 5) continue;
            return buffer.StartsWith("HTTP/1.1 200 "u8) ? buffer[end + 4] - '0' : null;
        }

        return null;
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
