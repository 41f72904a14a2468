using static FastCanary.Http.Tests.RequestRun;

namespace FastCanary.Http.Tests.Requests;

/// <summary>RFC 9112 section 3, RFC 6585 section 5.</summary>
public sealed class RequestLimitTests
{
    private static readonly HeadLimits Small = new(LineBytesMax: 40, HeadBytesMax: 100, FieldsMax: 3);

    [Fact]
    public void A_request_line_may_be_as_long_as_the_limit_and_no_longer()
    {
        string fits = "GET /" + new string('a', 40 - 16) + " HTTP/1.1\r\n";
        Assert.Equal(40, fits.Length);
        Accepted(fits + "Host: t.test\r\n\r\n", Small);
        Accepted("\r\n" + fits + "Host: t.test\r\n\r\n", Small);
        Refused(HttpFault.TargetTooLong, "GET /" + new string('a', 41 - 16) + " HTTP/1.1\r\n", Small);
        Assert.Equal(414, HttpFaults.StatusOf(HttpFault.TargetTooLong));
    }

    [Fact]
    public void A_request_line_too_long_is_refused_before_it_ends()
    {
        Refused(HttpFault.TargetTooLong, new string('A', 40), Small);
        Refused(HttpFault.TargetTooLong, "GET /" + new string('a', 35), Small);
        Refused(HttpFault.TargetTooLong, "GET /" + new string('a', 35) + "\0", Small);
        Assert.Equal(ParseStatus.NeedMore, Parse("GET /" + new string('a', 34), Small).Status);
    }

    [Fact]
    public void A_head_may_be_as_long_as_the_limit_and_no_longer()
    {
        string start = "GET / HTTP/1.1\r\nHost: t.test\r\nX-A: ";
        string fits = start + new string('v', 100 - start.Length - 4) + "\r\n\r\n";
        Assert.Equal(100, fits.Length);
        Accepted(fits, Small);
        Accepted(fits + "body", Small);
        Refused(HttpFault.HeadTooLarge, start + new string('v', 100 - start.Length - 3) + "\r\n\r\n", Small);
        Refused(HttpFault.HeadTooLarge, start + new string('v', 100), Small);
        Refused(HttpFault.HeadTooLarge, "GET / HTTP/1.1\r\n" + new string('n', 100), Small);
        Assert.Equal(431, HttpFaults.StatusOf(HttpFault.HeadTooLarge));
    }

    [Fact]
    public void A_head_limit_below_the_line_limit_holds_for_the_line() =>
        Refused(HttpFault.TargetTooLong, "GET /" + new string('a', 100), new HeadLimits(LineBytesMax: 1000, HeadBytesMax: 50, FieldsMax: 3));

    [Fact]
    public void One_field_too_many_is_refused_at_its_first_byte()
    {
        Accepted(Text("GET / HTTP/1.1", "Host: t.test", "A: 1", "B: 2"), Small);
        Refused(HttpFault.TooManyFields, "GET / HTTP/1.1\r\nHost: t.test\r\nA: 1\r\nB: 2\r\nC", Small);
        Assert.Equal(431, HttpFaults.StatusOf(HttpFault.TooManyFields));
    }

    [Fact]
    public void A_hundred_fields_are_all_kept()
    {
        string[] fields = Enumerable.Range(0, 99).Select(i => $"X-{i}: {i}").Prepend("Host: t.test").ToArray();
        string text = Text("GET / HTTP/1.1", fields);
        RequestHead head = Accepted(text);
        Assert.Equal(100, head.FieldCount);
        for (int i = 1; i < 100; i++) Assert.Equal((i - 1).ToString(), Of(head.FieldValueAt(i), text));
        Refused(HttpFault.TooManyFields, Text("GET / HTTP/1.1", [.. fields, "X-One: more"]));
    }
}
