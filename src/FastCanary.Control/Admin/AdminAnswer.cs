using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FastCanary.Control;

/// <summary>One answer of the admin API, made on any thread, and sent by its connection's loop.</summary>
internal sealed class AdminAnswer : IDisposable
{
    private const string JsonType = "application/json";

    // Readable text rather than text that is safe inside HTML: the answers are not sniffed, and are no pages.
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private AdminAnswer(int status, string contentType)
    {
        Status = status;
        ContentType = contentType;
    }

    /// <summary>200 to 599.</summary>
    public int Status { get; }

    /// <summary>The body's media type.</summary>
    public string ContentType { get; }

    /// <summary>Fields of its own, each with its CRLF.</summary>
    public string Fields { get; private set; } = "";

    /// <summary>The connection ends with it.</summary>
    public bool Closes { get; set; }

    /// <summary>The body.</summary>
    public AnswerBuffer Body { get; } = new();

    /// <summary>A JSON document.</summary>
    public static AdminAnswer Json(int status, Action<Utf8JsonWriter> write)
    {
        var answer = new AdminAnswer(status, JsonType);
        using (var writer = new Utf8JsonWriter(answer.Body, JsonOptions)) write(writer);
        answer.Body.Write("\n"u8);
        return answer;
    }

    /// <summary>What went wrong: a word for programs, and a sentence for people.</summary>
    /// <param name="status">400 to 599.</param>
    /// <param name="detail">What is wrong and what would be right.</param>
    /// <param name="errors">The list of what is wrong, where it is one.</param>
    public static AdminAnswer Error(int status, string detail, IReadOnlyList<string>? errors = null) => Json(status, to =>
    {
        to.WriteStartObject();
        to.WriteString("error"u8, WordOf(status));
        to.WriteString("detail"u8, detail);
        if (errors is not null)
        {
            to.WriteStartArray("errors"u8);
            foreach (var error in errors) to.WriteStringValue(error);
            to.WriteEndArray();
        }

        to.WriteEndObject();
    });

    /// <summary>A line of text.</summary>
    public static AdminAnswer Text(int status, ReadOnlySpan<byte> text) => Of(status, "text/plain; charset=utf-8", text);

    /// <summary>A document of any type.</summary>
    public static AdminAnswer Of(int status, string contentType, ReadOnlySpan<byte> body)
    {
        var answer = new AdminAnswer(status, contentType);
        answer.Body.Write(body);
        return answer;
    }

    /// <summary>A document that is written into <see cref="Body"/>.</summary>
    public static AdminAnswer Empty(int status, string contentType) => new(status, contentType);

    /// <summary>Adds a field.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Nothing that came from a request.</param>
    public void AddField(string name, string value) => Fields += $"{name}: {value}\r\n";

    public void Dispose() => Body.Dispose();

    /// <summary>The error's word.</summary>
    internal static string WordOf(int status) => status switch
    {
        400 => "bad_request",
        401 => "unauthorized",
        403 => "forbidden",
        404 => "not_found",
        405 => "method_not_allowed",
        408 => "timeout",
        409 => "conflict",
        413 => "too_large",
        414 => "too_large",
        415 => "unsupported_media_type",
        417 => "expectation_failed",
        422 => "unprocessable",
        431 => "too_large",
        501 => "not_implemented",
        503 => "unavailable",
        505 => "version_not_supported",
        _ => "internal",
    };
}
