using System.Globalization;

namespace FastCanary.Proxy.Tests;

/// <summary>What an origin does with a request, and origins whose ways can change while they run.</summary>
internal static class Acts
{
    /// <summary>Answers with a 200.</summary>
    public static Func<OriginConnection, Message, bool> Say(string body) => (connection, request) =>
    {
        connection.Answer(body, toHead: request.Method == "HEAD");
        return true;
    };

    /// <summary>Answers with a status and a short body.</summary>
    public static bool Fail500(OriginConnection connection, Message request) => Answer(connection, 500);

    public static bool Fail503(OriginConnection connection, Message request) => Answer(connection, 503);

    public static bool Fail404(OriginConnection connection, Message request) => Answer(connection, 404);

    /// <summary>Ends with a reset before a byte of a response.</summary>
    public static bool Reset(OriginConnection connection, Message request)
    {
        connection.Wire.Reset();
        return false;
    }

    /// <summary>Says nothing until the proxy leaves.</summary>
    public static bool Hang(OriginConnection connection, Message request)
    {
        connection.Wire.ReadEnd();
        return false;
    }

    /// <summary>What is no HTTP.</summary>
    public static bool Babble(OriginConnection connection, Message request)
    {
        connection.Wire.TrySend("HTTP/9.9 what\r\n\r\n");
        return false;
    }

    /// <summary>Ends in the middle of a body.</summary>
    public static bool Truncate(OriginConnection connection, Message request)
    {
        connection.Wire.TrySend("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        return false;
    }

    public static Func<OriginConnection, Message, bool> ByName(string name) => name switch
    {
        "500" => Fail500,
        "503" => Fail503,
        "reset" => Reset,
        "hang" => Hang,
        "malformed" => Babble,
        "truncated" => Truncate,
        _ => throw new ArgumentException(name, nameof(name)),
    };

    /// <summary>An origin that treats every request in the same way.</summary>
    public static Origin Origin(Func<OriginConnection, Message, bool> act) => Origin(() => act);

    /// <summary>An origin that is asked for its way at every request.</summary>
    public static Origin Origin(Func<Func<OriginConnection, Message, bool>> act) => new(connection =>
    {
        while (connection.ReadRequest() is { IsComplete: true } request && act()(connection, request))
        {
        }
    });

    private static bool Answer(OriginConnection connection, int status) =>
        connection.Wire.TrySend(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} No\r\nContent-Length: 2\r\n\r\nno"));
}
