using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Tests.Stage;

public sealed class DescriptorsTests
{
    [Fact]
    public void Too_few_are_named_with_the_remedy()
    {
        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(() => Descriptors.Require(1000, 2299));
        Assert.Equal("1000 connections need 2300 descriptors in this process, and as many in FastCanary's; the limit is 2299: raise it before (ulimit -n 2300)", thrown.Message);
        Descriptors.Require(1000, 2300);
        Descriptors.Require(1_000_000, limit: null);
    }

    [Fact]
    public void The_limit_of_this_process_is_read()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the limit is read from /proc");
        Assert.True(Descriptors.Limit > 0);
    }
}
