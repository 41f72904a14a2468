using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace FastCanary.Control;

/// <summary>
/// Reads one YAML document into nodes that know their places. What would make the file mean something else than it looks like
/// (duplicate keys, aliases, tags, a second document) is an error.
/// </summary>
/// <remarks>It works on the parser's events: the library's own node tree stops at the first duplicate key and follows aliases.</remarks>
internal sealed class YamlTree
{
    /// <summary>How deep lists and mappings may nest; the building recurses that far.</summary>
    public const int DepthMax = 32;

    private readonly Parser _parser;
    private readonly List<ConfigError> _errors;
    private readonly string _file;

    private YamlTree(string text, string file, List<ConfigError> errors)
    {
        _parser = new Parser(new StringReader(text));
        _file = file;
        _errors = errors;
    }

    /// <summary>The document's root, or null if there is none or the text is not YAML. What is wrong goes to <paramref name="errors"/>.</summary>
    public static ConfigNode? Parse(string text, string file, List<ConfigError> errors)
    {
        var tree = new YamlTree(text, file, errors);
        try
        {
            return tree.Document();
        }
        catch (YamlException syntax)
        {
            // The library reports a tab at the mapping's begin, lines away.
            (long line, long column, string hint) = syntax.Message.Contains(" tab ", StringComparison.Ordinal) && FirstTab(text) is { } tab
                ? (tab.Line, tab.Column, "; indent with spaces")
                : (syntax.Start.Line, syntax.Start.Column, Hint(syntax.Message));
            string reason = syntax.Message.TrimEnd('.');
            errors.Add(new ConfigError(file, (int)line, (int)column, "", $"not valid YAML: {char.ToLowerInvariant(reason[0])}{reason[1..]}{hint}"));
            return null;
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet 16.3 pops an empty stack where a flow collection is left open and a line without indentation follows.
            Mark at = tree._parser.Current?.Start ?? Mark.Empty;
            errors.Add(new ConfigError(file, (int)at.Line, (int)at.Column, "", "not valid YAML: the list or mapping that begins here or behind is not closed, or a line in it is not indented"));
            return null;
        }
    }

    private static string Hint(string message)
    {
        if (message.Contains("invalid mapping", StringComparison.Ordinal))
            return "; keys of one mapping begin in one column, and a value with \": \" in it needs quotes";
        return message.Contains("expected key", StringComparison.Ordinal) || message.Contains("expected node", StringComparison.Ordinal)
            || message.Contains("cannot start", StringComparison.Ordinal) || message.Contains("disallowed", StringComparison.Ordinal)
            ? "; keys of one mapping begin in one column, and a value that begins with one of [ ] { } * & ! | > % @ needs quotes, as in \"[::]:8080\""
            : "";
    }

    private static (int Line, int Column)? FirstTab(string text)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            int indentation = lines[i].Length - lines[i].TrimStart().Length;
            int tab = lines[i].IndexOf('\t', StringComparison.Ordinal);
            if (tab >= 0 && tab < indentation)
                return (i + 1, tab + 1);
        }
        return null;
    }

    private ConfigNode? Document()
    {
        Next<StreamStart>();
        if (_parser.Current is StreamEnd)
            return null;
        Next<DocumentStart>();
        ConfigNode root = Node("", depth: 0);
        Next<DocumentEnd>();
        if (_parser.Current is DocumentStart second)
            Error(second, "", "a second YAML document begins here; a configuration is one document");
        return root;
    }

    private ConfigNode Node(string path, int depth)
    {
        ParsingEvent start = Current();
        var position = new ConfigPosition((int)start.Start.Line, (int)start.Start.Column, path);
        if (depth > DepthMax)
            throw new YamlException(start.Start, start.End, $"lists and mappings nest deeper than {DepthMax}");
        if (start is NodeEvent { Anchor.IsEmpty: false } anchored)
            Error(anchored, path, $"the anchor {Shown($"&{anchored.Anchor}")} is refused: FastCanary reads no aliases; write the value out");
        if (start is NodeEvent { Tag.IsEmpty: false } tagged)
            Error(tagged, path, $"the tag {Shown($"{tagged.Tag}")} is refused; leave it away");

        switch (start)
        {
            case SequenceStart:
                return Sequence(new SequenceNode(position), depth);
            case MappingStart:
                return Mapping(new MappingNode(position), depth);
            case Scalar scalar:
                Advance();
                return new ScalarNode(position, scalar.Value, quoted: scalar.Style is not ScalarStyle.Plain);
            case AnchorAlias alias:
                Error(alias, path, $"the alias {Shown($"*{alias.Value}")} is refused; write the value out");
                Advance();
                return new ScalarNode(position, "", quoted: true);
            default:
                throw new YamlException(start.Start, start.End, $"unexpected {start.GetType().Name}");
        }

        // A secret without quotes may look like any of these.
        string Shown(string word) => position.IsSecret ? $"({ScalarNode.Hidden}; it needs quotes)" : $"\"{word}\"";
    }

    private SequenceNode Sequence(SequenceNode sequence, int depth)
    {
        Advance();
        while (Current() is not SequenceEnd)
            sequence.Items.Add(Node($"{sequence.Position.Path}[{sequence.Items.Count}]", depth + 1));
        Advance();
        return sequence;
    }

    private MappingNode Mapping(MappingNode mapping, int depth)
    {
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        Advance();
        while (Current() is not MappingEnd)
        {
            ParsingEvent at = Current();
            if (Node(mapping.Position.Path, depth + 1) is not ScalarNode key)
            {
                Error(at, mapping.Position.Path, "a key must be a single word, not a list or a mapping");
                Node(mapping.Position.Path, depth + 1);
                continue;
            }
            string path = mapping.Position.Path.Length == 0 ? key.Value : $"{mapping.Position.Path}.{key.Value}";
            ConfigNode value = Node(path, depth + 1);
            if (lines.TryAdd(key.Value, key.Position.Line))
                mapping.Entries.Add(new MappingEntry(key.Value, key.Position with { Path = path }, value));
            else
                Error(at, path, $"duplicate key {ScalarNode.Quote(key.Value)}; the first is at line {lines[key.Value]}");
        }
        Advance();
        return mapping;
    }

    private void Error(ParsingEvent at, string path, string message) =>
        _errors.Add(new ConfigError(_file, (int)at.Start.Line, (int)at.Start.Column, path, message));

    private ParsingEvent Current() => _parser.Current ?? throw new YamlException("the text ends too early");

    private void Advance() => _parser.MoveNext();

    private void Next<T>()
        where T : ParsingEvent
    {
        if (_parser.Current is null)
            _parser.MoveNext();
        if (_parser.Current is T)
            _parser.MoveNext();
    }
}
