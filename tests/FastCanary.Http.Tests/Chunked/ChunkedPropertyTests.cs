using System.Text;
using FsCheck;
using FsCheck.Fluent;
using static FastCanary.Http.Tests.Requests.RequestPropertyTests;

namespace FastCanary.Http.Tests.Chunked;

/// <summary>The decoder against a plain reading of the same bytes.</summary>
public sealed class ChunkedPropertyTests
{
    private static readonly Gen<string> Chunks =
        from zeros in Gen.Elements("", "", "", "0", "000")
        from data in Gen.Elements("a", "hello", "\r\n0\r\n\r\n", "0123456789abcdef0", new string('y', 300))
        from isUpper in Gen.Elements(false, true)
        from extension in Gen.Elements("", "", "", ";a", ";a=b", " ; a = \"b\\\"c\" ;d", ";x=\"\"")
        select zeros + data.Length.ToString(isUpper ? "X" : "x") + extension + "\r\n" + data + "\r\n";

    private static readonly Gen<string> Bodies =
        from count in Gen.Choose(0, 5)
        from chunks in Gen.ArrayOf(Chunks, count)
        from last in Gen.Elements("0\r\n", "0\r\n", "000\r\n", "0;a=b\r\n")
        from trailers in Gen.Elements("", "", "X-T: 1\r\n", "X-U:2\r\nX-T:\r\n", "X-V: \t3 \r\n")
        select string.Concat(chunks) + last + trailers + "\r\n";

    private static readonly Gen<string> Mutated =
        from body in Bodies
        from count in Gen.Choose(0, 3)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select Heads.Mutate(body, count, new System.Random(seed));

    [Fact]
    public void What_was_encoded_is_decoded() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(
        ArbMap.Default.ArbFor<byte[][]>(),
        chunks =>
        {
            var body = new StringBuilder();
            foreach (byte[] chunk in chunks.Where(chunk => chunk.Length > 0)) body.Append($"{chunk.Length:x}\r\n{Encoding.Latin1.GetString(chunk)}\r\n");
            body.Append("0\r\n\r\n");
            ChunkedRun run = ChunkedRun.Request(body + "next", dataOnly: true);
            Assert.Equal((ParseStatus.Done, body.Length), (run.Status, run.Consumed));
            Assert.Equal(string.Concat(chunks.Select(Encoding.Latin1.GetString)), run.Forwarded);
            Assert.Equal(chunks.Sum(chunk => chunk.Length), run.BodyBytes);
            Assert.Equal(body.ToString(), ChunkedRun.Request(body + "next").Forwarded);
        }));

    [Fact]
    public void A_body_is_done_exactly_when_a_plain_reading_finds_it_whole() => Hold(Mutated, text =>
    {
        ReferenceChunked? plain = ReferenceChunked.Read(text);
        ChunkedRun run = ChunkedRun.Response(text, dataOnly: true);
        Assert.Equal(plain is not null, run.Status == ParseStatus.Done);
        if (plain is not null) Assert.Equal((plain.Data, plain.Length), (run.Forwarded, run.Consumed));
        if (run.Status == ParseStatus.NeedMore) Assert.Equal(run.BodyBytes, run.Forwarded.Length);
    });

    [Fact]
    public void What_goes_on_has_one_reading_and_it_is_that_of_the_received_body() => Hold(Mutated, text =>
    {
        ReferenceChunked? plain = ReferenceChunked.Read(text);
        ChunkedRun run = ChunkedRun.Request(text, "X-T, X-V");
        if (run.Status != ParseStatus.Done)
        {
            Assert.True(plain is null || run.Fault == HttpFault.ForbiddenTrailer);
            Assert.Null(ReferenceChunked.Read(run.Forwarded));
            return;
        }

        ReferenceChunked? sent = ReferenceChunked.Read(run.Forwarded);
        Assert.NotNull(sent);
        Assert.Equal((run.Forwarded.Length, plain!.Data, false), (sent.Length, sent.Data, sent.HasExtensions));
        Assert.Equal(plain.Trailers.Where(field => field.Name.ToUpperInvariant() is "X-T" or "X-V"), sent.Trailers);
    });
}
