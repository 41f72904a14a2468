using System.Text;

namespace FastCanary.Http.Tests;

public sealed class RequestIdTests
{
    private const long UnixMs = 0x0199_ABCD_EF01;

    [Theory]
    [InlineData("0199abcd-ef01-7abc-8def-0123456789ab", true)]
    [InlineData("a", true)]
    [InlineData("Root=1-67891233-abcdef012345678912345678", true)]
    [InlineData("a.b_c~d:e+f/g=h@i", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a,b", false)]
    [InlineData("a\"b", false)]
    [InlineData("a;b", false)]
    [InlineData("<a>", false)]
    [InlineData("a\tb", false)]
    [InlineData("a%20", false)]
    [InlineData("a\u00fc", false)]
    public void An_id_is_letters_digits_and_a_few_marks(string value, bool isValid) => Assert.Equal(isValid, RequestId.IsValid(Encoding.UTF8.GetBytes(value)));

    [Fact]
    public void Every_byte_is_allowed_or_not_wherever_it_stands()
    {
        const string Allowed = "-._~:+/=@0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        for (int value = 0; value <= byte.MaxValue; value++)
        {
            foreach (int place in new[] { 0, 17, 35 })
            {
                byte[] id = Encoding.ASCII.GetBytes("0199abcd-ef01-7abc-8def-0123456789ab");
                id[place] = (byte)value;
                Assert.Equal(Allowed.Contains((char)value), RequestId.IsValid(id));
            }
        }
    }

    [Fact]
    public void An_id_has_at_most_128_bytes()
    {
        Assert.True(RequestId.IsValid(Encoding.ASCII.GetBytes(new string('a', 128))));
        Assert.False(RequestId.IsValid(Encoding.ASCII.GetBytes(new string('a', 129))));
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(1L)]
    [InlineData(UnixMs)]
    [InlineData(0xFFFF_FFFF_FFFFL)]
    public void An_id_is_a_uuid_of_version_7_with_the_time(long unixMs)
    {
        var ids = new RequestIdGenerator(seed: 1);
        for (int i = 0; i < 1000; i++)
        {
            string id = Next(ids, unixMs);
            Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", id);
            Guid uuid = Guid.ParseExact(id, "D");
            Assert.Equal(7, uuid.Version);
            Assert.InRange(uuid.Variant, 8, 11);
            Assert.Equal(unixMs, Convert.ToInt64(id[..8] + id[9..13], 16));
            Assert.True(RequestId.IsValid(Encoding.ASCII.GetBytes(id)));
        }
    }

    [Fact]
    public void Ids_of_later_milliseconds_sort_behind()
    {
        var ids = new RequestIdGenerator(seed: 2);
        string[] inOrder = [.. Enumerable.Range(0, 2000).Select(i => Next(ids, UnixMs + (i * 37L)))];
        Assert.Equal(inOrder, inOrder.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Of_a_million_ids_of_one_millisecond_and_a_million_keys_no_two_are_the_same()
    {
        var ids = new RequestIdGenerator();
        var seen = new HashSet<(UInt128, ulong)>(1_000_000);
        Span<byte> id = stackalloc byte[RequestIdGenerator.IdBytes];
        for (int i = 0; i < 1_000_000; i++)
        {
            ids.Next(UnixMs, id);
            Assert.True(seen.Add((BitConverter.ToUInt128(id[14..]), BitConverter.ToUInt64(id[28..]))));
        }

        seen.Clear();
        for (int i = 0; i < 1_000_000; i++)
        {
            ids.NextKey(id);
            Assert.True(seen.Add((BitConverter.ToUInt128(id), BitConverter.ToUInt64(id[14..]))));
        }
    }

    [Fact]
    public void Each_of_the_74_and_of_the_128_random_bits_is_set_half_of_the_time()
    {
        const int Rounds = 20_000;
        var ids = new RequestIdGenerator(seed: 3);
        var idBits = new int[128];
        var keyBits = new int[128];
        for (int round = 0; round < Rounds; round++)
        {
            Count(Guid.ParseExact(Next(ids, 0), "D").ToByteArray(bigEndian: true), idBits);
            Count(Convert.FromBase64String(NextKey(ids).Replace('-', '+').Replace('_', '/') + "=="), keyBits);
        }

        // Five standard deviations.
        int[] random = [.. Enumerable.Range(0, 128).Where(bit => bit is (>= 52 and < 64) or >= 66)];
        Assert.Equal(74, random.Length);
        Assert.All(random, bit => Assert.InRange(idBits[bit], (Rounds / 2) - 354, (Rounds / 2) + 354));
        Assert.All(keyBits, count => Assert.InRange(count, (Rounds / 2) - 354, (Rounds / 2) + 354));
    }

    [Fact]
    public void A_seed_repeats_itself_and_without_one_no_generator_is_like_another()
    {
        var first = new RequestIdGenerator(seed: 4);
        var second = new RequestIdGenerator(seed: 4);
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(Next(first, UnixMs), Next(second, UnixMs));
            Assert.Equal(NextKey(first), NextKey(second));
        }

        Assert.NotEqual(Next(new RequestIdGenerator(seed: 5), UnixMs), Next(new RequestIdGenerator(seed: 6), UnixMs));
        Assert.NotEqual(Next(new RequestIdGenerator(), UnixMs), Next(new RequestIdGenerator(), UnixMs));
    }

    [Fact]
    public void Random_bits_are_those_of_the_published_generator()
    {
        // Four outputs of SplitMix64 from 0 as the state of xoshiro256**, as the authors have it: it begins with 0x99EC5F36CB75F2B4 and 0xBF6E1F784956452A.
        var ids = new RequestIdGenerator(seed: 0);
        Assert.Equal("mexfNst18rS_bh94SVZFKg", NextKey(ids));
        for (int i = 2; i < 10; i++) NextKey(ids);
        Assert.Equal("jL53dlmKeYwOy99__Ncn5Q", NextKey(ids));
    }

    [Fact]
    public void A_key_is_22_characters_of_base64url()
    {
        var ids = new RequestIdGenerator(seed: 7);
        for (int i = 0; i < 1000; i++) Assert.Matches("^[-_0-9A-Za-z]{22}$", NextKey(ids));
    }

    [Fact]
    public void A_destination_that_is_too_small_is_the_callers_bug()
    {
        var ids = new RequestIdGenerator(seed: 8);
        Assert.Throws<ArgumentException>(() => ids.Next(UnixMs, new byte[35]));
        Assert.Throws<ArgumentException>(() => ids.NextKey(new byte[21]));
    }

    [Fact]
    public void An_id_and_a_key_allocate_nothing()
    {
        var ids = new RequestIdGenerator();
        var destination = new byte[RequestIdGenerator.IdBytes];
        Make();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) Make();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Make()
        {
            ids.NextKey(destination);
            ids.Next(UnixMs, destination);
            if (!RequestId.IsValid(destination)) Assert.Fail("The id is refused.");
        }
    }

    private static string Next(RequestIdGenerator ids, long unixMs)
    {
        Span<byte> id = stackalloc byte[RequestIdGenerator.IdBytes];
        ids.Next(unixMs, id);
        return Encoding.ASCII.GetString(id);
    }

    private static string NextKey(RequestIdGenerator ids)
    {
        Span<byte> key = stackalloc byte[RequestIdGenerator.KeyBytes];
        ids.NextKey(key);
        return Encoding.ASCII.GetString(key);
    }

    private static void Count(byte[] bytes, int[] bits)
    {
        for (int bit = 0; bit < bits.Length; bit++) bits[bit] += (bytes[bit / 8] >> (7 - (bit % 8))) & 1;
    }
}
