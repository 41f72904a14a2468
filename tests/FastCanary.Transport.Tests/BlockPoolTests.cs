namespace FastCanary.Transport.Tests;

public sealed class BlockPoolTests
{
    [Fact]
    public void The_block_returned_last_is_rented_first()
    {
        var pool = new BlockPool(1 << 20);
        var first = pool.Rent(0);
        var second = pool.Rent(0);
        Assert.NotSame(first, second);
        pool.Return(first);
        pool.Return(second);
        Assert.Same(second, pool.Rent(0));
        Assert.Same(first, pool.Rent(0));
        Assert.Equal(2, pool.Rented);
    }

    [Fact]
    public void Returning_a_block_twice_throws()
    {
        var pool = new BlockPool(1 << 20);
        var block = pool.Rent(0);
        pool.Return(block);
        Assert.Throws<InvalidOperationException>(() => pool.Return(block));
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void At_its_bound_the_pool_is_dry_until_a_block_comes_back()
    {
        var pool = new BlockPool(2 * BlockPool.Sizes[0]);
        var block = pool.TryRent(0);
        Assert.NotNull(pool.TryRent(0));
        Assert.Null(pool.TryRent(0));
        Assert.Null(pool.TryRent(1));
        Assert.Equal(2, pool.DryCount);
        pool.Return(block!);
        Assert.Same(block, pool.TryRent(0));
        Assert.Equal(2 * BlockPool.Sizes[0], pool.BytesAllocated);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(0, 2)]
    public void At_its_bound_a_free_block_of_another_size_serves(int free, int wanted)
    {
        var pool = new BlockPool(BlockPool.Sizes[free]);
        pool.Return(pool.TryRent(free)!);
        Assert.Equal(BlockPool.Sizes[free], pool.TryRent(wanted)!.Size);
        Assert.Null(pool.TryRent(wanted));
    }

    [Fact]
    public void Output_may_go_beyond_the_bound()
    {
        var pool = new BlockPool(0);
        Assert.Null(pool.TryRent(0));
        Assert.Equal(BlockPool.Sizes[1], pool.Rent(1).Size);
    }

    [Fact]
    public void The_smallest_fitting_size_is_chosen()
    {
        for (var i = 0; i < BlockPool.Sizes.Length; i++)
        {
            Assert.Equal(i, BlockPool.ClassFor(BlockPool.Sizes[i]));
            Assert.Equal(i + 1 < BlockPool.Sizes.Length ? i + 1 : -1, BlockPool.ClassFor(BlockPool.Sizes[i] + 1));
        }
    }
}
