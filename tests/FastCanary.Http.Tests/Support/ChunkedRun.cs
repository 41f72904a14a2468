using System.Text;

namespace FastCanary.Http.Tests;

/// <summary>Decodes a chunked body however it can arrive, and holds that the outcome is always the same.</summary>
internal sealed record ChunkedRun(ParseStatus Status, HttpFault Fault, string Forwarded, int Consumed, long BodyBytes, int StepsWhole)
{
    internal static ChunkedRun Of(string text, Func<ChunkedDecoder> decoders)
    {
        ChunkedRun? expected = null;
        foreach (int[] cut in Cuts.Of(text.Length).DefaultIfEmpty([0]))
        {
            ChunkedRun run = Feed(decoders(), Encoding.Latin1.GetBytes(text), cut);
            expected ??= run;
            Assert.Equal((expected.Status, expected.Fault, expected.BodyBytes), (run.Status, run.Fault, run.BodyBytes));
            // A fault may come before bytes that a smaller piece would have let through.
            if (run.Status != ParseStatus.Invalid) Assert.Equal(expected.Forwarded, run.Forwarded);
            if (run.Status == ParseStatus.Done) Assert.Equal(expected.Consumed, run.Consumed);
        }

        return expected!;
    }

    internal static ChunkedRun Request(string text, string? trailerField = null, bool dataOnly = false)
    {
        AnnouncedTrailers announced = default;
        if (trailerField is not null) announced = announced.With(Encoding.ASCII.GetBytes(trailerField));
        return Of(text, () => new ChunkedDecoder(dataOnly, announced));
    }

    internal static ChunkedRun Response(string text, bool keepTrailers = true, bool dataOnly = false) => Of(text, () => new ChunkedDecoder(dataOnly, keepTrailers));

    private static ChunkedRun Feed(ChunkedDecoder decoder, byte[] bytes, int[] ends)
    {
        var forwarded = new StringBuilder();
        int consumedInAll = 0, steps = 0;
        ParseStatus status = ParseStatus.NeedMore;
        foreach (int end in ends)
        {
            while (status == ParseStatus.NeedMore && consumedInAll < end)
            {
                byte[] input = bytes[consumedInAll..end];
                status = decoder.Next(input, out int consumed, out ByteRange forward);
                steps++;
                Assert.InRange(forward.Start, 0, consumed);
                Assert.InRange(forward.End, forward.Start, consumed);
                // Only a trailer's name may be left, and it is short.
                if (status == ParseStatus.NeedMore && consumed == 0) Assert.InRange(input.Length, 1, 256);
                forwarded.Append(Encoding.Latin1.GetString(forward.Of(input)));
                consumedInAll += consumed;
                if (consumed == 0) break;
            }
        }

        return new ChunkedRun(status, decoder.Fault, forwarded.ToString(), consumedInAll, decoder.BodyBytes, steps);
    }
}
