using static FastCanary.Http.Tests.RequestRun;

namespace FastCanary.Http.Tests.Requests;

/// <summary>A head that trickles in must not cost more than one that comes at once.</summary>
public sealed class ResumptionTests
{
    [Theory]
    [InlineData("/aaaa", 8000)]
    [InlineData("X-Long: vvvv", 8000)]
    [InlineData("nnnn: v", 2)]
    public void A_byte_that_was_scanned_is_not_scanned_again(string what, int repeats)
    {
        string target = what[0] == '/' ? string.Concat(Enumerable.Repeat(what, repeats / what.Length)) : "/";
        string field = what.Contains(':') ? what + new string('v', repeats) : "X-A: 1";
        byte[] bytes = Bytes(Text($"GET {target} HTTP/1.1", "Host: t.test", field, "X-B: 2"));
        var head = new RequestHead();
        head.Reset(Limits);
        int position = 0;
        for (int length = 1; length < bytes.Length; length++)
        {
            Assert.Equal(ParseStatus.NeedMore, head.Parse(bytes.AsSpan(0, length)));
            Assert.InRange(head.Position, position, length);
            // A CR is looked at again when its LF is there; nothing else is.
            Assert.True(length - head.Position <= 1, $"At {length}, scanning resumes at {head.Position}.");
            position = head.Position;
        }

        Assert.Equal(ParseStatus.Done, head.Parse(bytes));
    }

    [Fact]
    public void The_answer_stays_when_asked_again()
    {
        byte[] bytes = Bytes(Text("GET / HTTP/1.1", HostField));
        var head = new RequestHead();
        head.Reset(Limits);
        Assert.Equal(ParseStatus.Done, head.Parse(bytes));
        Assert.Equal(ParseStatus.Done, head.Parse(bytes));
        head.Reset(Limits);
        Assert.Equal(ParseStatus.Invalid, head.Parse("GET\0"u8));
        Assert.Equal(ParseStatus.Invalid, head.Parse("GET\0"u8));
    }
}
