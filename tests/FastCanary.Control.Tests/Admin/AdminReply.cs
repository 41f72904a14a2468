using System.Text.Json;

namespace FastCanary.Control.Tests.Admin;

/// <summary>A response as it was received.</summary>
internal sealed class AdminReply
{
    private readonly List<(string Name, string Value)> _fields = [];

    public AdminReply(string head)
    {
        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        StatusLine = lines[0];
        foreach (var line in lines[1..])
        {
            var colon = line.IndexOf(':');
            _fields.Add((line[..colon], line[(colon + 2)..]));
        }
    }

    public string StatusLine { get; }

    public int Status => int.Parse(StatusLine.Split(' ')[1]);

    public string Body { get; set; } = "";

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string Error => Json.GetProperty("error").GetString()!;

    public string Detail => Json.GetProperty("detail").GetString()!;

    /// <summary>A field's one value; null where it is missing.</summary>
    public string? this[string name] => _fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(static field => field.Value).SingleOrDefault();
}
