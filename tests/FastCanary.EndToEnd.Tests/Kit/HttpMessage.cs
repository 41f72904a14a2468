using System.Globalization;
using System.Text;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>A request or a response as it came over the wire.</summary>
internal sealed record HttpMessage(string StartLine, (string Name, string Value)[] Fields)
{
    public byte[] Body { get; init; } = [];

    public string Text => Encoding.Latin1.GetString(Body);

    /// <summary>A response's status code.</summary>
    public int Status => int.Parse(StartLine.Split(' ')[1], CultureInfo.InvariantCulture);

    /// <summary>A request's target.</summary>
    public string Target => StartLine.Split(' ')[1];

    /// <summary>The field's value; null where it is missing.</summary>
    public string? this[string name] => Array.Find(Fields, field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>The fields of that name.</summary>
    public int Count(string name) => Fields.Count(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public bool Closes => string.Equals(this["Connection"], "close", StringComparison.OrdinalIgnoreCase);

    public static HttpMessage Parse(string head)
    {
        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        return new HttpMessage(lines[0], [.. lines.Skip(1).Select(static line => (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].Trim()))]);
    }
}
