using System.Text;
using FastCanary.LoadTests.Exchanges;

namespace FastCanary.LoadTests.Tests.Exchanges;

public sealed class BodyPatternTests
{
    private const int Length = 300;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_part_is_the_same_wherever_it_is_cut(bool isText)
    {
        var pattern = new BodyPattern(7, isText);
        byte[] whole = Content(pattern);
        for (int from = 0; from < 70; from++)
        {
            for (int length = 0; length <= Length - from; length++)
            {
                byte[] part = new byte[length];
                pattern.Fill(from, part);
                Assert.True(whole.AsSpan(from, length).SequenceEqual(part));
                Assert.Equal(-1, pattern.FirstDifference(from, part));
            }
        }
    }

    [Fact]
    public void A_byte_that_differs_is_found_where_it_is()
    {
        var pattern = new BodyPattern(7);
        for (int from = 0; from < 9; from++)
        {
            byte[] part = new byte[Length];
            pattern.Fill(from, part);
            for (int at = 0; at < Length; at++)
            {
                part[at] ^= 1;
                Assert.Equal(at, pattern.FirstDifference(from, part));
                part[at] ^= 1;
            }
        }
    }

    [Fact]
    public void Places_beyond_4_GiB_differ_from_those_before()
    {
        var pattern = new BodyPattern(7);
        byte[] far = new byte[64];
        pattern.Fill(1L << 32, far);
        // Within its first word: the words differ, each in some of its bytes.
        Assert.InRange(pattern.FirstDifference(0, far), 0, 7);
        Assert.Equal(-1, pattern.FirstDifference(1L << 32, far));
    }

    [Fact]
    public void Bodies_of_different_numbers_differ_at_once()
    {
        byte[] content = Content(new BodyPattern(7));
        for (int other = -20; other < 200; other++)
            if (other != 7) Assert.InRange(new BodyPattern(other).FirstDifference(0, content), 0, 7);
    }

    [Fact]
    public void Text_is_printable()
    {
        string text = Encoding.UTF8.GetString(Content(new BodyPattern(3, isText: true)));
        Assert.All(text, letter => Assert.InRange(letter, '0', 'o'));
        Assert.True(text.Distinct().Count() > 40);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(1000)]
    public void What_is_right_has_no_fault(int piece)
    {
        Assert.Null(Check(Content(new BodyPattern(7)), piece).Fault);
        Assert.Null(new BodyCheck(new BodyPattern(7), 0).Fault);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(1000)]
    public void A_byte_flipped_lost_or_added_at_any_place_is_a_fault(int piece)
    {
        byte[] content = Content(new BodyPattern(7));
        for (int at = 0; at < Length; at++)
        {
            byte[] flipped = [.. content];
            flipped[at] ^= 0x40;
            Assert.Equal($"byte {at} of {Length} is wrong", Check(flipped, piece).Fault);
            Assert.NotNull(Check([.. content.AsSpan(0, at), .. content.AsSpan(at + 1)], piece).Fault);
            Assert.NotNull(Check([.. content.AsSpan(0, at), content[at], .. content.AsSpan(at)], piece).Fault);
            Assert.Equal($"ends after {at} of {Length} bytes", Check([.. content.AsSpan(0, at)], piece).Fault);
        }

        Assert.Equal($"{Length + 1} bytes, not {Length}", Check([.. content, 0], piece).Fault);
    }

    [Fact]
    public void Parts_that_changed_places_are_a_fault()
    {
        byte[] content = Content(new BodyPattern(7));
        foreach (int size in (int[])[1, 8, 16, 32, 64])
        {
            byte[] swapped = [.. content];
            content.AsSpan(64, size).CopyTo(swapped.AsSpan(128));
            content.AsSpan(128, size).CopyTo(swapped.AsSpan(64));
            Assert.NotNull(Check(swapped, 50).Fault);
        }
    }

    private static byte[] Content(BodyPattern pattern)
    {
        byte[] content = new byte[Length];
        pattern.Fill(0, content);
        return content;
    }

    private static BodyCheck Check(byte[] content, int piece)
    {
        var check = new BodyCheck(new BodyPattern(7), Length);
        for (int at = 0; at < content.Length; at += piece) check.Take(content.AsSpan(at, Math.Min(piece, content.Length - at)));
        return check;
    }
}
