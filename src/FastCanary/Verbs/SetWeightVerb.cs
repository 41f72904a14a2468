using System.Buffers;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FastCanary.Client;
using FastCanary.Reports;

namespace FastCanary.Verbs;

internal static class SetWeightVerb
{
    private const int WeightMax = 65535;

    public static Command Create(ProgramEnvironment environment)
    {
        var service = ClientVerb.Service();
        var weights = new Argument<KeyValuePair<string, int>[]>("VERSION=W")
        {
            Description = "A version and its weight: a whole number from 0 to 65535, relative to the others'",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = Parse,
        };
        var command = new Command("set-weight", "Change the split of a service now") { service, weights };
        return ClientVerb.Complete(command, environment, async (parsed, client, cancel) =>
        {
            var name = parsed.GetRequiredValue(service);
            var what = $"set the weights of {name}";
            var before = await client.GetService(name, what, cancel);
            using var answer = await client.Put($"{AdminClient.PathOf(name)}/weights", Body(parsed.GetRequiredValue(weights)), what, cancel);
            foreach (var line in Lines(before, ServiceReport.Read(answer.RootElement))) environment.Output.WriteLine(line);
            return ExitCode.Done;
        });
    }

    private static IEnumerable<string> Lines(ServiceReport before, ServiceReport after)
    {
        var table = new TextTable("lrlrrlr");
        var totalBefore = Math.Max(1, before.Versions.Sum(static version => version.Weight));
        var totalAfter = Math.Max(1, after.Versions.Sum(static version => version.Weight));
        foreach (var version in after.Versions)
        {
            var old = before.Versions.FirstOrDefault(other => string.Equals(other.Name, version.Name, StringComparison.Ordinal))?.Weight ?? 0;
            table.Add(
                (version.Name, Ink.Plain),
                (old.ToString(CultureInfo.InvariantCulture), Ink.Plain),
                ("->", Ink.Plain),
                (version.Weight.ToString(CultureInfo.InvariantCulture), Ink.Plain),
                (Figures.Share((double)old / totalBefore), Ink.Plain),
                ("->", Ink.Plain),
                (Figures.Share((double)version.Weight / totalAfter), Ink.Plain));
        }

        return table.Lines().Select(static line => $"  {line}").Prepend(before.Name);
    }

    private static KeyValuePair<string, int>[] Parse(ArgumentResult result)
    {
        var weights = new List<KeyValuePair<string, int>>();
        foreach (var token in result.Tokens)
        {
            var text = token.Value;
            var at = text.LastIndexOf('=');
            if (at <= 0) result.AddError($"VERSION=W: expected a version and its weight, such as canary=5, got \"{text}\"");
            else if (!int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var weight) || weight > WeightMax)
                result.AddError($"{text}: a weight is a whole number from 0 to {WeightMax}");
            else if (weights.Exists(other => text.AsSpan(0, at).SequenceEqual(other.Key))) result.AddError($"{text}: {text[..at]} has a weight already");
            else weights.Add(new(text[..at], weight));
        }

        return [.. weights];
    }

    private static string Body(IEnumerable<KeyValuePair<string, int>> weights)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (var (version, weight) in weights) json.WriteNumber(version, weight);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
