namespace FastCanary.Client;

/// <summary>Where the admin API is and with which token to go there, from the options or else from the environment.</summary>
internal static class AdminAddress
{
    public const string Default = "http://127.0.0.1:9901";
    public const string AddressVariable = "FASTCANARY_ADMIN";
    public const string TokenVariable = "FASTCANARY_TOKEN";

    /// <summary>The admin API's address, without a slash at its end.</summary>
    /// <exception cref="ClientException">It is no address.</exception>
    public static string Resolve(string? option, Func<string, string?> variable)
    {
        var source = "--admin";
        var text = option;
        if (text is null && variable(AddressVariable) is { Length: > 0 } value)
        {
            source = AddressVariable;
            text = value;
        }

        text ??= Default;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || (!string.Equals(uri.Scheme, Uri.UriSchemeHttp, StringComparison.Ordinal) && !string.Equals(uri.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal))
            || uri.Query.Length > 0 || uri.Fragment.Length > 0 || uri.UserInfo.Length > 0)
        {
            throw new ClientException($"{source}: expected a URL like {Default}, got \"{text}\"") { Code = ExitCode.WrongUsage };
        }

        return uri.AbsoluteUri.TrimEnd('/');
    }

    /// <summary>The token; null: none.</summary>
    /// <exception cref="ClientException">It cannot be a token. The message does not tell it.</exception>
    public static string? ResolveToken(string? option, Func<string, string?> variable)
    {
        var token = option ?? variable(TokenVariable);
        if (string.IsNullOrEmpty(token)) return null;
        foreach (var character in token)
        {
            if (character is < '!' or > '~')
            {
                throw new ClientException($"{(option is null ? TokenVariable : "--token")}: a token consists of printable ASCII characters without spaces")
                {
                    Code = ExitCode.WrongUsage,
                };
            }
        }

        return token;
    }
}
