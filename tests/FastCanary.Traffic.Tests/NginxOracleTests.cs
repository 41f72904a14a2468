using FastCanary.Traffic;

namespace FastCanary.Traffic.Tests;

public class NginxOracleTests
{
    [Fact]
    public void The_order_is_that_of_a_real_nginx_over_two_cycles_and_more()
    {
        var random = new Random(20261103);
        List<int[]> groups = [[10, 5], [5, 1, 1], [90, 10]];
        for (int i = 0; i < 10; i++)
        {
            int scale = random.Next(1, 4);
            groups.Add([.. Enumerable.Range(0, random.Next(2, 7)).Select(_ => scale * random.Next(1, 20))]);
        }

        using var nginx = new NginxUpstreams(groups);
        for (int group = 0; group < groups.Count; group++)
        {
            SplitTable table = SplitTable.Compile(groups[group]);
            int[] positions = [.. Enumerable.Range(0, 2 * (int)table.CycleLength + 1)];
            Assert.Equal(
                $"[{string.Join(' ', groups[group])}]: {string.Join(' ', positions.Select(_ => nginx.Ask(group)))}",
                $"[{string.Join(' ', groups[group])}]: {string.Join(' ', positions.Select(position => table.Pick((ulong)position)))}");
        }
    }
}
