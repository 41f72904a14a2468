using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Net.Sockets;

namespace FastCanary.LoadTests.Command;

/// <summary>A command line as a report may show it: a token, a host that is not the loopback's and the folders of a path are left out.</summary>
internal static class ShownCommand
{
    /// <summary>Stands for a host.</summary>
    public const string Host = "HOST";

    /// <summary>The command that plays the same again.</summary>
    public static string From(ParseResult parsed)
    {
        List<string> words = ["dotnet run --project loadtests --"];
        foreach (SymbolResult child in parsed.CommandResult.Children)
        {
            if (child is ArgumentResult argument) words.AddRange(argument.Tokens.Select(token => token.Value));
            if (child is not OptionResult { Implicit: false } option) continue;
            words.Add(option.Option.Name);
            words.AddRange(option.Tokens.Select(token => Value(option.Option.HelpName, token.Value)));
        }

        return string.Join(' ', words.Select(word => word.Length == 0 || (word.Contains(' ', StringComparison.Ordinal) && word != words[0]) ? $"'{word}'" : word));
    }

    /// <summary>The value of an option. What is not known to be harmless is shown by its kind alone.</summary>
    /// <param name="kind">What the option's help calls its value: FILE, URL.</param>
    /// <param name="value">As given.</param>
    public static string Value(string? kind, string value) => kind switch
    {
        "N" or "TIME" => value,
        "FILE" or "DIR" => FileName(value),
        "URL" => Url(value),
        "HOST:PORT" or "ADDRESS:PORT" => Address(value),
        _ => kind ?? "VALUE",
    };

    /// <summary>A URL without its user, query and, where it is not the loopback's, host.</summary>
    public static string Url(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0) return "URL";
        return $"{uri.Scheme}://{(uri.IsLoopback ? uri.Host : Host)}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}{(uri.AbsolutePath == "/" ? "" : uri.AbsolutePath)}";
    }

    /// <summary>The host that <see cref="Value"/> leaves out.</summary>
    /// <param name="kind">What the option's help calls its value.</param>
    /// <param name="value">As given.</param>
    /// <returns>Null where there is none.</returns>
    public static string? HostIn(string? kind, string value)
    {
        string? host = kind switch
        {
            "URL" => Uri.TryCreate(value, UriKind.Absolute, out Uri? uri) ? uri.Host : null,
            "HOST:PORT" or "ADDRESS:PORT" => value.LastIndexOf(':') is > 0 and int colon ? value[..colon] : null,
            _ => null,
        };
        host = host?.Trim('[', ']');
        return string.IsNullOrEmpty(host) || IsLoopback(host) ? null : host;
    }

    private static string Address(string value)
    {
        int colon = value.LastIndexOf(':');
        if (colon <= 0) return "HOST:PORT";
        return IsLoopback(value[..colon].Trim('[', ']')) ? value : Host + value[colon..];
    }

    private static bool IsLoopback(string host) =>
        host is "localhost" || (IPAddress.TryParse(host, out IPAddress? address) && (IPAddress.IsLoopback(address) || (address.AddressFamily == AddressFamily.InterNetwork && address.Equals(IPAddress.Any))));

    private static string FileName(string path)
    {
        string trimmed = path.TrimEnd('/', '\\');
        string name = trimmed[(trimmed.LastIndexOfAny(['/', '\\']) + 1)..];
        return name.Length == 0 ? "." : name;
    }
}
