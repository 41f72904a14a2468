using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FastCanary.Control.Tests;

/// <summary>Judges JSON by the part of JSON Schema 2020-12 that config/fastcanary.schema.json uses; a keyword beyond that is an exception.</summary>
internal sealed class JsonSchema(JsonElement root)
{
    private static readonly ConcurrentDictionary<string, Regex> Patterns = new(StringComparer.Ordinal);

    public bool Accepts(JsonElement value) => Accepts(root, value);

    private bool Accepts(JsonElement schema, JsonElement value)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return schema.GetBoolean();
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            if (!Holds(keyword, schema, value))
                return false;
        }
        return true;
    }

    private bool Holds(JsonProperty keyword, JsonElement schema, JsonElement value)
    {
        JsonElement argument = keyword.Value;
        return keyword.Name switch
        {
            "$schema" or "$defs" or "title" or "description" or "default" => true,
            "$ref" => Accepts(root.GetProperty("$defs").GetProperty(argument.GetString()!["#/$defs/".Length..]), value),
            "type" => HasType(argument.GetString()!, value),
            "enum" => argument.EnumerateArray().Any(item => JsonElement.DeepEquals(item, value)),
            "const" => JsonElement.DeepEquals(argument, value),
            "minimum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() >= argument.GetDecimal(),
            "maximum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() <= argument.GetDecimal(),
            "pattern" => value.ValueKind != JsonValueKind.String || Pattern(argument.GetString()!).IsMatch(value.GetString()!),
            "maxLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.Length <= argument.GetInt32(),
            "anyOf" => argument.EnumerateArray().Any(option => Accepts(option, value)),
            "allOf" => argument.EnumerateArray().All(option => Accepts(option, value)),
            "oneOf" => argument.EnumerateArray().Count(option => Accepts(option, value)) == 1,
            "if" => !Accepts(argument, value) || !schema.TryGetProperty("then", out JsonElement then) || Accepts(then, value),
            "then" => true,
            "items" => value.ValueKind != JsonValueKind.Array || value.EnumerateArray().All(item => Accepts(argument, item)),
            "minItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() >= argument.GetInt32(),
            "maxItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= argument.GetInt32(),
            _ => value.ValueKind != JsonValueKind.Object || HoldsForObject(keyword, schema, [.. value.EnumerateObject()]),
        };
    }

    private static Regex Pattern(string text) => Patterns.GetOrAdd(text, static pattern => new Regex(pattern, RegexOptions.ECMAScript));

    private bool HoldsForObject(JsonProperty keyword, JsonElement schema, JsonProperty[] members)
    {
        JsonElement argument = keyword.Value;
        return keyword.Name switch
        {
            "properties" => members.All(member => !argument.TryGetProperty(member.Name, out JsonElement property) || Accepts(property, member.Value)),
            "additionalProperties" => members.All(member =>
                (schema.TryGetProperty("properties", out JsonElement known) && known.TryGetProperty(member.Name, out _)) || Accepts(argument, member.Value)),
            "required" => argument.EnumerateArray().All(name => members.Any(member => member.Name == name.GetString())),
            "propertyNames" => members.All(member => Accepts(argument, JsonSerializer.SerializeToElement(member.Name))),
            "minProperties" => members.Length >= argument.GetInt32(),
            "maxProperties" => members.Length <= argument.GetInt32(),
            _ => throw new NotSupportedException($"JSON Schema keyword {keyword.Name}"),
        };
    }

    private static bool HasType(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        _ => throw new NotSupportedException($"JSON Schema type {type}"),
    };
}
