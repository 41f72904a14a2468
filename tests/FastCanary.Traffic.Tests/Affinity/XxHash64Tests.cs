using System.Text;

namespace FastCanary.Traffic.Tests;

public class XxHash64Tests
{
    private static readonly byte[] Input = XxHash64Vectors.Input();

    // The self-test of the xxHash project's command line program.
    [Theory]
    [InlineData(0, 0, 0xEF46DB3751D8E999)]
    [InlineData(0, 2654435761, 0xAC75FDA2929B17EF)]
    [InlineData(1, 0, 0xE934A84ADB052768)]
    [InlineData(1, 2654435761, 0x5014607643A9B4C3)]
    [InlineData(4, 0, 0x9136A0DCA57457EE)]
    [InlineData(14, 0, 0x8282DCC4994E35C8)]
    [InlineData(14, 2654435761, 0xC3BD6BF63DEB6DF0)]
    [InlineData(222, 0, 0xB641AE8CB691C174)]
    [InlineData(222, 2654435761, 0x20CB8AB7AE10C14A)]
    public void The_published_vectors_hold(int bytes, ulong seed, ulong hash) => Assert.Equal(hash, XxHash64.Hash(Input.AsSpan(0, bytes), seed));

    [Fact]
    public void Every_length_and_seed_agrees_with_the_reference_implementation()
    {
        Assert.Equal(200, XxHash64Vectors.All.Length);
        foreach ((int bytes, ulong seed, ulong hash) in XxHash64Vectors.All)
            Assert.True(hash == XxHash64.Hash(Input.AsSpan(0, bytes), seed), $"{bytes} bytes, seed {seed:X}");
    }

    [Fact]
    public void Where_the_bytes_lie_in_memory_does_not_matter()
    {
        for (int offset = 0; offset < 16; offset++)
        {
            var moved = new byte[offset + 100];
            Input.AsSpan(0, 100).CopyTo(moved.AsSpan(offset));
            Assert.Equal(XxHash64.Hash(Input.AsSpan(0, 100), 7), XxHash64.Hash(moved.AsSpan(offset), 7));
        }
    }

    [Fact]
    public void A_hash_allocates_nothing()
    {
        byte[] key = Encoding.ASCII.GetBytes("user-12345");
        ulong sum = XxHash64.Hash(key, 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            sum += XxHash64.Hash(key, (ulong)i);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.NotEqual(0UL, sum);
    }
}
