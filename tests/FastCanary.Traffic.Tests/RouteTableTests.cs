using System.Text;
using FastCanary.Traffic;

namespace FastCanary.Traffic.Tests;

public class RouteTableTests
{
    [Theory]
    [InlineData("/api", "/api", true)]
    [InlineData("/api", "/api/", true)]
    [InlineData("/api", "/api/x", true)]
    [InlineData("/api", "/api?x=1", true)]
    [InlineData("/api", "/apix", false)]
    [InlineData("/api", "/ap", false)]
    [InlineData("/api", "/", false)]
    [InlineData("/api", "/API", false)]
    [InlineData("/api", "/%61pi", false)]
    [InlineData("/api/", "/api", true)]
    [InlineData("/api/", "/api/x", true)]
    [InlineData("/api/", "/apix", false)]
    [InlineData("/a/b", "/a", false)]
    [InlineData("/", "/", true)]
    [InlineData("/", "/x", true)]
    [InlineData("/", "*", true)]
    [InlineData(null, "", true)]
    public void A_path_is_a_prefix_that_ends_on_a_segment_boundary(string? prefix, string path, bool matches) =>
        Assert.Equal(matches, Match(new Route(null, prefix, Service("s")), "h", path) is not null);

    [Theory]
    [InlineData("shop.example", "shop.example", true)]
    [InlineData("shop.example", "SHOP.Example", true)]
    [InlineData("Shop.Example", "shop.example:8080", true)]
    [InlineData("shop.example", "shop.example.", true)]
    [InlineData("shop.example", "shop.example.:80", true)]
    [InlineData("shop.example", "xshop.example", false)]
    [InlineData("shop.example", "shop.example.org", false)]
    [InlineData("shop.example", "", false)]
    [InlineData("*.example", "shop.example", true)]
    [InlineData("*.example", "A.B.EXAMPLE:80", true)]
    [InlineData("*.example", "example", false)]
    [InlineData("*.example", ".example", false)]
    [InlineData("*.example", "shopexample", false)]
    [InlineData("[2001:db8::1]", "[2001:DB8::1]:8080", true)]
    [InlineData("[2001:db8::1]", "[2001:db8::1]", true)]
    [InlineData("[2001:db8::1]", "[2001:db8::2]", false)]
    [InlineData("[2001:db8::1]", "[2001:db8::1", false)]
    [InlineData(null, "anything", true)]
    [InlineData(null, "", true)]
    public void A_host_is_compared_without_case_and_port(string? host, string authority, bool matches) =>
        Assert.Equal(matches, Match(new Route(host, null, Service("s")), authority, "/") is not null);

    [Fact]
    public void The_first_route_that_matches_wins_and_none_gives_null()
    {
        RouteTable table = RouteTable.Compile([
            new Route("shop.example", "/api", Service("shop-api")),
            new Route(null, "/api", Service("api")),
            new Route("shop.example", null, Service("shop")),
        ]);
        Assert.Equal("shop-api", Match(table, "shop.example", "/api/x")?.Name);
        Assert.Equal("api", Match(table, "other.example", "/api/x")?.Name);
        Assert.Equal("shop", Match(table, "shop.example", "/x")?.Name);
        Assert.Null(Match(table, "other.example", "/x"));
        Assert.Null(Match(RouteTable.Empty, "shop.example", "/"));
    }

    [Fact]
    public void A_table_of_one_service_takes_everything() =>
        Assert.Equal("s", Match(RouteTable.To(Service("s")), "", "*")?.Name);

    [Fact]
    public void A_match_allocates_nothing()
    {
        RouteTable table = RouteTable.Compile([new Route("a.example", "/x", Service("s")), new Route("*.example", "/y", Service("t"))]);
        byte[] authority = Encoding.ASCII.GetBytes("B.example:8080");
        byte[] path = Encoding.ASCII.GetBytes("/y/z");
        Assert.Equal("t", table.Match(authority, path)?.Name);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            table.Match(authority, path);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static ServiceModel Service(string name) => Models.Service(new StateTable(), name, ("v1", 1, [("127.0.0.1:1", 1)]));

    private static ServiceModel? Match(Route route, string authority, string path) => Match(RouteTable.Compile([route]), authority, path);

    private static ServiceModel? Match(RouteTable table, string authority, string path) =>
        table.Match(Encoding.UTF8.GetBytes(authority), Encoding.UTF8.GetBytes(path));
}
