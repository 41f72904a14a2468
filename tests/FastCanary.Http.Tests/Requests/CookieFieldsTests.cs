using System.Text;

namespace FastCanary.Http.Tests;

/// <summary>RFC 6265 sections 4.2 and 5.4.</summary>
public sealed class CookieFieldsTests
{
    [Theory]
    [InlineData("a=1", "1")]
    [InlineData("b=2; a=1; c=3", "1")]
    [InlineData("b=2;a=1;c=3", "1")]
    [InlineData("a=1; a=2", "1|2")]
    [InlineData("a=", "")]
    [InlineData("a=; a=x", "|x")]
    [InlineData("a=\"1\"", "\"1\"")]
    [InlineData("a=b=c", "b=c")]
    [InlineData("a==", "=")]
    [InlineData(" \t a \t = \t 1 \t ", "1")]
    [InlineData("x=1;\t a=1 2 ;y=3", "1 2")]
    [InlineData("a=1;", "1")]
    [InlineData(";;; a=1 ;;", "1")]
    [InlineData("a", null)]
    [InlineData("a; b=1", null)]
    [InlineData("a; =1; a=2", "2")]
    [InlineData("A=1", null)]
    [InlineData("aa=1", null)]
    [InlineData("xa=1", null)]
    [InlineData("a b=1", null)]
    [InlineData("b=a=1", null)]
    [InlineData("b=x, a=1", null)]
    [InlineData("%61=1", null)]
    [InlineData("a=%20+", "%20+")]
    [InlineData("", null)]
    [InlineData(";", null)]
    public void A_cookie_is_the_value_of_its_name(string field, string? values) => Holds(values, "Cookie:" + field);

    [Fact]
    public void Several_lines_are_read_one_after_the_other() =>
        Holds("1|2|3", "cookie: x=0; a=1", "X-Other: a=9", "COOKIE: b=0", "Cookie:", "Cookie: a=2; a=3; a");

    [Fact]
    public void A_pair_does_not_go_on_in_the_next_line() => Holds(null, "Cookie: a", "Cookie: =1", "Cookie: b=1; a");

    [Fact]
    public void Without_the_field_there_is_none() => Holds(null, "Cookie2: a=1", "Set-Cookie: a=1", "X-Cookie: a=1");

    [Theory]
    [InlineData(255, "1")]
    [InlineData(256, null)]
    public void Only_so_many_cookies_are_looked_at(int before, string? values) =>
        Holds(values, "Cookie: " + string.Concat(Enumerable.Repeat("x=0;", before)) + "a=1");

    [Fact]
    public void Walking_allocates_nothing()
    {
        byte[] bytes = RequestRun.Bytes(RequestRun.Text("GET / HTTP/1.1", "Host: t.test", "Cookie: b=1; a=1", "Cookie: a=2; c"));
        RequestHead head = Parsed(bytes);
        int found = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            if (CookieFields.TryGet(head, bytes, "a"u8, out _)) found++;
            foreach (ReadOnlySpan<byte> value in CookieFields.All(head, bytes, "a"u8)) found += value.Length;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(300, found);
    }

    private static void Holds(string? values, params string[] fields)
    {
        // Other bytes around the head's own: offsets count from the request's first byte.
        byte[] bytes = RequestRun.Bytes("\r\n" + RequestRun.Text("GET / HTTP/1.1", ["Host: t.test", .. fields]) + "a=7; a=8");
        RequestHead head = Parsed(bytes);
        var found = new List<string>();
        CookieValues all = CookieFields.All(head, bytes, "a"u8);
        while (all.MoveNext())
        {
            found.Add(Encoding.Latin1.GetString(all.Current));
            Assert.Equal(found[^1], Encoding.Latin1.GetString(all.Range.Of(bytes)));
        }

        Assert.False(all.MoveNext());
        Assert.Equal(values is null ? [] : values.Split('|'), found);
        Assert.Equal(values is not null, CookieFields.TryGet(head, bytes, "a"u8, out ReadOnlySpan<byte> first));
        Assert.Equal(found.FirstOrDefault(""), Encoding.Latin1.GetString(first));
    }

    private static RequestHead Parsed(byte[] bytes)
    {
        var head = new RequestHead();
        head.Reset(RequestRun.Limits);
        Assert.Equal(ParseStatus.Done, head.Parse(bytes));
        return head;
    }
}
