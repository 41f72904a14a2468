using System.Globalization;

namespace FastCanary.LoadTests.Exchanges;

/// <summary>The first line that a client sends to a TCP endpoint.</summary>
/// <param name="Kind">What is to be done.</param>
/// <param name="Number">Of the connection; the pattern of its content.</param>
/// <param name="Bytes">How much content will come.</param>
internal sealed record TcpOrder(TcpOrderKind Kind, long Number, long Bytes)
{
    /// <exception cref="FormatException">It is none.</exception>
    public static TcpOrder From(string line) =>
        line.Split(' ') is [var kind, var number, var bytes] && Enum.TryParse(kind, out TcpOrderKind what)
            ? new TcpOrder(what, long.Parse(number, CultureInfo.InvariantCulture), long.Parse(bytes, CultureInfo.InvariantCulture))
            : throw new FormatException($"\"{line}\" is no order");

    /// <summary>The line, without its end.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind} {Number} {Bytes}");
}
