using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Command;

/// <summary>Values of the command line.</summary>
internal static class Parse
{
    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    /// <summary>A duration above 0, written as in FastCanary's configuration: <c>250ms</c>, <c>30s</c>, <c>2m</c>, <c>8h</c>.</summary>
    public static double Seconds(string text)
    {
        foreach ((string unit, double seconds) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal) && double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number > 0)
                return number * seconds;
        }

        throw new UsageException($"\"{text}\" is no duration: 250ms, 30s, 2m or 8h");
    }

    /// <summary>An <c>http</c> URL.</summary>
    public static Uri Url(string text, string option) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme == "http" ? url : throw new UsageException($"{option}: \"{text}\" is no URL such as http://127.0.0.1:8080");

    /// <summary><c>HOST:PORT</c>.</summary>
    public static Task<IPEndPoint> AddressAsync(string text, string option)
    {
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)) throw new UsageException($"{option}: \"{text}\" is no HOST:PORT");
        return AddressAsync(text[..colon].Trim('[', ']'), port);
    }

    /// <summary>The address of a host; IPv4 where it has both.</summary>
    public static async Task<IPEndPoint> AddressAsync(string host, int port)
    {
        try
        {
            IPAddress[] found = await Dns.GetHostAddressesAsync(host.Trim('[', ']'));
            return new IPEndPoint(found.OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).First(), port);
        }
        catch (SocketException e)
        {
            throw new UsageException($"the host {host} has no address: {e.Message}");
        }
    }

    /// <summary>Where the endpoints listen.</summary>
    public static OriginAddresses Origins(string text) =>
        IPEndPoint.TryParse(text, out IPEndPoint? first) && first.Port is > 0 and <= IPEndPoint.MaxPort - OriginAddresses.Count
            ? OriginAddresses.From(first)
            : throw new UsageException($"--origins: \"{text}\" is no ADDRESS:PORT with {OriginAddresses.Count} ports from it on, such as 192.168.1.5:9100");
}
