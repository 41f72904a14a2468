using System.Text;

namespace FastCanary.Benchmarks;

/// <summary>A request as browsers send it.</summary>
internal static class BrowserRequest
{
    /// <param name="target">Its target.</param>
    /// <param name="fields">Further field lines behind those that every browser sends.</param>
    public static byte[] Bytes(string target, params string[] fields) => Encoding.ASCII.GetBytes(
        $"GET {target} HTTP/1.1\r\n"
        + "Host: shop.example\r\n"
        + "Connection: keep-alive\r\n"
        + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36\r\n"
        + "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
        + "Accept-Encoding: gzip, deflate, br\r\n"
        + "Accept-Language: en-GB,en;q=0.9\r\n"
        + string.Concat(fields.Select(static field => field + "\r\n"))
        + "\r\n");
}
