using static FastCanary.Http.Tests.RequestRun;

namespace FastCanary.Http.Tests.Requests;

/// <summary>RFC 9112 section 5, RFC 9110 section 5.</summary>
public sealed class RequestFieldTests
{
    private const string Line = "GET / HTTP/1.1";

    [Theory]
    [InlineData("X-A : 1", HttpFault.WhitespaceBeforeColon)]
    [InlineData("X-A\t: 1", HttpFault.WhitespaceBeforeColon)]
    [InlineData("Content-Length : 0", HttpFault.WhitespaceBeforeColon)]
    [InlineData("no colon here", HttpFault.WhitespaceBeforeColon)]
    [InlineData("no-colon", HttpFault.BadFieldName)]
    [InlineData(": v", HttpFault.BadFieldName)]
    [InlineData("X(A: v", HttpFault.BadFieldName)]
    [InlineData("X\"A: v", HttpFault.BadFieldName)]
    [InlineData("X/A: v", HttpFault.BadFieldName)]
    [InlineData("X@A: v", HttpFault.BadFieldName)]
    [InlineData("X[A: v", HttpFault.BadFieldName)]
    [InlineData("X{A: v", HttpFault.BadFieldName)]
    [InlineData("X,A: v", HttpFault.BadFieldName)]
    [InlineData("X;A: v", HttpFault.BadFieldName)]
    [InlineData("X<A: v", HttpFault.BadFieldName)]
    [InlineData("X=A: v", HttpFault.BadFieldName)]
    [InlineData("X?A: v", HttpFault.BadFieldName)]
    [InlineData("X\\A: v", HttpFault.BadFieldName)]
    [InlineData("X\u0001A: v", HttpFault.BadFieldName)]
    [InlineData("X\u007fA: v", HttpFault.BadFieldName)]
    [InlineData("X\u00e9A: v", HttpFault.BadFieldName)]
    [InlineData("X\u00a0A: v", HttpFault.BadFieldName)]
    [InlineData("X\rA: v", HttpFault.BadFieldName)]
    [InlineData("X-A\0: v", HttpFault.NulByte)]
    [InlineData("X-A\n: v", HttpFault.BareLf)]
    public void A_name_is_a_token_with_its_colon_right_behind(string field, HttpFault fault)
    {
        Refused(fault, Text(Line, "Host: t.test", field));
        Refused(fault, Text(Line, field, "Host: t.test"));
    }

    [Theory]
    [InlineData("X-A: one\r\n two", HttpFault.ObsoleteFold)]
    [InlineData("X-A: one\r\n\ttwo", HttpFault.ObsoleteFold)]
    [InlineData("X-A: one\r\n ", HttpFault.ObsoleteFold)]
    public void A_folded_line_is_refused(string field, HttpFault fault) => Refused(fault, Text(Line, "Host: t.test", field));

    [Fact]
    public void White_space_before_the_first_field_is_refused()
    {
        Refused(HttpFault.WhitespaceBeforeField, Text(Line, " X-A: 1", "Host: t.test"));
        Refused(HttpFault.WhitespaceBeforeField, Text(Line, "\tX-A: 1", "Host: t.test"));
    }

    [Theory]
    [InlineData("a\rb", HttpFault.BareCr)]
    [InlineData("a\r", HttpFault.BareCr)]
    [InlineData("a\rX-Evil: 1", HttpFault.BareCr)]
    [InlineData("a\nX-B: b", HttpFault.BareLf)]
    [InlineData("a\n", HttpFault.BareLf)]
    [InlineData("a\0b", HttpFault.NulByte)]
    [InlineData("a\u0001b", HttpFault.BadFieldValue)]
    [InlineData("a\u0008b", HttpFault.BadFieldValue)]
    [InlineData("a\vb", HttpFault.BadFieldValue)]
    [InlineData("a\fb", HttpFault.BadFieldValue)]
    [InlineData("a\u001fb", HttpFault.BadFieldValue)]
    [InlineData("a\u007fb", HttpFault.BadFieldValue)]
    public void A_control_byte_in_a_value_is_refused(string value, HttpFault fault)
    {
        Refused(fault, Text(Line, "Host: t.test", "X-A: " + value));
        Refused(fault, Text(Line, "X-A:" + value, "Host: t.test"));
    }

    [Theory]
    [InlineData("X-A: a\tb", "a\tb")]
    [InlineData("X-A:  \t v \t ", "v")]
    [InlineData("X-A:v", "v")]
    [InlineData("X-A:", "")]
    [InlineData("X-A:  \t ", "")]
    [InlineData("X-A: a:b::c", "a:b::c")]
    [InlineData("X-A: caf\u00e9 \u00f0\u009f\u0098\u0080", "caf\u00e9 \u00f0\u009f\u0098\u0080")]
    [InlineData("X-A: \"a, b\"; c=\\\"", "\"a, b\"; c=\\\"")]
    [InlineData("X-A: a   b", "a   b")]
    [InlineData("X-A: %0d%0aX-Evil: 1", "%0d%0aX-Evil: 1")]
    [InlineData("X!#$%&'*+-.^_`|~9: v", "v")]
    public void A_legal_value_is_found_without_the_white_space_around_it(string field, string value)
    {
        string text = Text(Line, "Host: t.test", field);
        RequestHead head = Accepted(text);
        Assert.Equal(2, head.FieldCount);
        Assert.Equal(value, Of(head.FieldValueAt(1), text));
    }

    [Fact]
    public void A_field_is_found_by_its_name_in_any_case_and_in_order()
    {
        string text = Text(Line, "Host: t.test", "X-A: 1", "x-a: 2", "X-AB: 3", "X-A: 4");
        byte[] bytes = Bytes(text);
        RequestHead head = Accepted(text);
        Assert.Equal(1, head.FindField(bytes, "X-a"u8));
        Assert.Equal(2, head.FindField(bytes, "X-A"u8, 2));
        Assert.Equal(4, head.FindField(bytes, "X-A"u8, 3));
        Assert.Equal(-1, head.FindField(bytes, "X-A"u8, 5));
        Assert.Equal(-1, head.FindField(bytes, "X"u8));
    }

    [Fact]
    public void An_empty_line_that_is_no_CRLF_does_not_end_the_head()
    {
        Refused(HttpFault.BareCr, "GET / HTTP/1.1\r\nHost: t.test\r\n\rX");
        Refused(HttpFault.BadFieldName, "GET / HTTP/1.1\r\nHost: t.test\r\n\u0001\r\n\r\n");
        Refused(HttpFault.BareLf, "GET / HTTP/1.1\r\nHost: t.test\r\n\n");
    }

    [Fact]
    public void A_head_that_has_not_ended_needs_more()
    {
        string text = Text(Line, "Host: t.test", "X-A: 1");
        for (int length = 0; length < text.Length; length++) Assert.Equal(ParseStatus.NeedMore, Parse(text[..length]).Status);
    }
}
