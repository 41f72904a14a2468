using System.Text;

namespace FastCanary.Http.Tests;

/// <summary>Queries as forms write them.</summary>
public sealed class QueryParametersTests
{
    [Theory]
    [InlineData("a=1", "a", "1")]
    [InlineData("b=2&a=1&c=3", "a", "1")]
    [InlineData("a=1&a=2&%61=3", "a", "1|2|3")]
    [InlineData("a", "a", "")]
    [InlineData("a=", "a", "")]
    [InlineData("a&a=x&a", "a", "|x|")]
    [InlineData("a==1", "a", "=1")]
    [InlineData("a=b=c", "a", "b=c")]
    [InlineData("a=1?2", "a", "1?2")]
    [InlineData("a=1;b=2", "b", null)]
    [InlineData("&&a=1&&", "a", "1")]
    [InlineData("A=1", "a", null)]
    [InlineData("aa=1", "a", null)]
    [InlineData("=1", "a", null)]
    [InlineData("", "a", null)]
    [InlineData("&", "", null)]
    [InlineData("=1", "", "1")]
    [InlineData("x+y=1&x%20y=2&x%2By=3", "x y", "1|2")]
    [InlineData("x+y=1&x%2by=3", "x+y", "3")]
    [InlineData("a%26b=1&a=2", "a&b", "1")]
    [InlineData("a%3Db=1&a=2", "a=b", "1")]
    [InlineData("a%3D1", "a", null)]
    [InlineData("%C3%A9=1", "é", "1")]
    [InlineData("%=1&%4=2&%zz=3", "%", "1")]
    [InlineData("%=1&%4=2&%zz=3", "%4", "2")]
    [InlineData("%=1&%4=2&%zz=3", "%zz", "3")]
    [InlineData("%2561=1", "a", null)]
    [InlineData("%2561=1", "%61", "1")]
    [InlineData("a=%31+", "a", "%31+")]
    public void A_parameter_is_found_by_its_decoded_name(string query, string name, string? values)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(query);
        byte[] wanted = Encoding.UTF8.GetBytes(name);
        var found = new List<string>();
        QueryValues all = QueryParameters.All(bytes, wanted);
        while (all.MoveNext())
        {
            found.Add(Encoding.UTF8.GetString(all.Current));
            Assert.Equal(found[^1], Encoding.UTF8.GetString(all.Range.Of(bytes)));
        }

        Assert.False(all.MoveNext());
        Assert.Equal(values is null ? [] : values.Split('|'), found);
        Assert.Equal(values is not null, QueryParameters.TryGet(bytes, wanted, out ReadOnlySpan<byte> first));
        Assert.Equal(found.FirstOrDefault(""), Encoding.UTF8.GetString(first));
    }

    [Theory]
    [InlineData("abc", "abc")]
    [InlineData("", "")]
    [InlineData("+", " ")]
    [InlineData("%2B", "+")]
    [InlineData("%2b", "+")]
    [InlineData("%61%62", "ab")]
    [InlineData("a%", "a%")]
    [InlineData("a%6", "a%6")]
    [InlineData("%6", "%6")]
    [InlineData("%g1", "%g1")]
    [InlineData("%1g", "%1g")]
    [InlineData("%%41", "%A")]
    [InlineData("%4%41", "%4A")]
    [InlineData("%+1", "% 1")]
    [InlineData("%-1", "%-1")]
    [InlineData("%2561", "%61")]
    [InlineData("%25", "%")]
    [InlineData("%00", "\0")]
    [InlineData("%7f%7F", "\u007f\u007f")]
    [InlineData("%C3%a9", "é")]
    [InlineData("%c3%A9+x", "é x")]
    public void A_value_is_compared_decoded_and_a_malformed_escape_stands_for_itself(string raw, string decoded)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(raw);
        byte[] expected = Encoding.UTF8.GetBytes(decoded);
        Assert.True(QueryParameters.DecodedEquals(bytes, expected));
        Assert.False(QueryParameters.DecodedEquals(bytes, [.. expected, (byte)'x']));
        Assert.False(QueryParameters.DecodedEquals([.. bytes, (byte)'x'], expected));
        Assert.False(QueryParameters.DecodedStartsWith(bytes, [.. expected, (byte)'x']));
        for (int length = 0; length <= expected.Length; length++)
        {
            Assert.True(QueryParameters.DecodedStartsWith(bytes, expected.AsSpan(0, length)));
            Assert.Equal(length == expected.Length, QueryParameters.DecodedEquals(bytes, expected.AsSpan(0, length)));
        }

        for (int i = 0; i < expected.Length; i++)
        {
            byte[] other = [.. expected];
            other[i] ^= 0x20;
            Assert.False(QueryParameters.DecodedEquals(bytes, other));
            Assert.False(QueryParameters.DecodedStartsWith(bytes, other.AsSpan(0, i + 1)));
        }

        var destination = new byte[expected.Length + 1];
        Assert.True(QueryParameters.TryDecode(bytes, destination, out int written));
        Assert.Equal(expected, destination[..written]);
        Assert.True(QueryParameters.TryDecode(bytes, destination.AsSpan(0, written), out _));
        if (written > 0) Assert.False(QueryParameters.TryDecode(bytes, destination.AsSpan(0, written - 1), out _));
        Assert.Equal(raw.AsSpan().ContainsAny('%', '+'), QueryParameters.IsEscaped(bytes));
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        Span<byte> decoded = stackalloc byte[16];
        int found = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            foreach (ReadOnlySpan<byte> value in QueryParameters.All("b=1&%61=x%20y&a=+"u8, "a"u8))
            {
                if (QueryParameters.DecodedEquals(value, "x y"u8) || QueryParameters.DecodedStartsWith(value, " "u8)) found++;
                if (QueryParameters.TryDecode(value, decoded, out int written)) found += written;
            }
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(600, found);
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void Only_so_many_parameters_are_looked_at(int before, bool found)
    {
        byte[] query = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("x=0&", before)) + "a=1");
        Assert.Equal(found, QueryParameters.TryGet(query, "a"u8, out _));
    }
}
