using System.Net;
using System.Text;
using FastCanary.Traffic;
using static FastCanary.Traffic.Tests.MaxMindWriter;

namespace FastCanary.Traffic.Tests;

public class MaxMindDatabaseTests
{
    public static TheoryData<int, int> Shapes => new() { { 24, 4 }, { 28, 4 }, { 32, 4 }, { 24, 6 }, { 28, 6 }, { 32, 6 } };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Random_networks_agree_with_asking_each_of_them(int recordSize, int ipVersion)
    {
        var random = new Random(recordSize + ipVersion);
        // Beyond 24 bits, the left record's high bits of a 28-bit node count.
        var writer = new MaxMindWriter(recordSize, ipVersion) { PaddingBytes = recordSize == 24 ? 0 : 1 << 25 };
        var networks = new List<(IPNetwork Network, string Country)>();
        for (int i = 0; i < 1000; i++)
        {
            IPNetwork network = RandomNetwork(random, v6: ipVersion == 6 && i % 2 == 0);
            // "A0" is no code, so these have no country.
            string country = $"A{(char)(i % 4 == 0 ? '0' : random.Next('A', 'Z' + 1))}";
            networks.Add((network, country));
            writer.Add(network, Plain(country));
        }
        MaxMindDatabase database = Open(writer);

        int found = 0;
        for (int i = 0; i < 5_000; i++)
        {
            IPAddress address = RandomAddress(random, networks);
            if (ipVersion == 4 && address.GetAddressBytes().Length == 16) continue;
            string? expected = networks.Where(entry => entry.Network.Contains(address)).Select(entry => entry.Country).LastOrDefault();
            if (expected is null or "A0") expected = "";
            else found++;
            Assert.Equal((address, expected), (address, Find(database, address)));
        }
        Assert.InRange(found, 1_000, 4_500);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void An_IPv4_address_inside_IPv6_is_that_address(int recordSize, int ipVersion)
    {
        MaxMindDatabase database = Open(new MaxMindWriter(recordSize, ipVersion).Add("192.0.2.0/25", Plain("DE")).Add("192.0.2.128/32", Plain("FR")));
        Assert.Equal("DE", Find(database, "192.0.2.127"));
        Assert.Equal("DE", Find(database, "::ffff:192.0.2.127"));
        Assert.Equal("FR", Find(database, "::ffff:192.0.2.128"));
        Assert.Equal("", Find(database, "::ffff:192.0.2.129"));
        Assert.Equal("", Find(database, "0.0.0.0"));
        Assert.Equal("", Find(database, "255.255.255.255"));
    }

    [Fact]
    public void A_database_of_IPv4_knows_no_IPv6_address()
    {
        MaxMindDatabase database = Open(new MaxMindWriter(24, 4).Add("0.0.0.0/0", Plain("DE")));
        Assert.Equal("DE", Find(database, "32.1.13.184"));
        Assert.Equal("", Find(database, "2001:db8::1"));
        Assert.Equal("", Find(database, "::1"));
    }

    [Fact]
    public void A_database_of_IPv6_alone_knows_no_IPv4_address_unless_a_network_holds_all_of_them()
    {
        MaxMindDatabase six = Open(new MaxMindWriter(24, 6).Add("2001:db8::/32", Plain("DE")));
        Assert.Equal("DE", Find(six, "2001:db8::1"));
        Assert.Equal("", Find(six, "192.0.2.1"));
        MaxMindDatabase all = Open(new MaxMindWriter(24, 6).Add("::/8", Plain("DE")));
        Assert.Equal("DE", Find(all, "192.0.2.1"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(15)]
    [InlineData(17)]
    public void What_is_no_address_has_no_country(int length) =>
        Assert.True(Open(new MaxMindWriter(24, 6).Add("::/0", Plain("DE"))).Find(new byte[length]).IsNone);

    [Fact]
    public void An_empty_database_has_no_countries()
    {
        MaxMindDatabase database = Open(new MaxMindWriter(24, 6));
        Assert.Equal("", Find(database, "192.0.2.1"));
        Assert.Equal("", Find(database, "2001:db8::1"));
        var none = new MaxMindWriter(24, 6);
        none.Metadata["node_count"] = 0u;
        Assert.Equal("", Find(Open(none), "192.0.2.1"));
    }

    public static TheoryData<string, object> Records => new()
    {
        { "DE", Map(("country", Map(("iso_code", "DE")))) },
        { "DE", Map(("country", Map(("geoname_id", 2921044u), ("is_in_european_union", true), ("iso_code", "de"), ("names", Map(("en", "Germany")))))) },
        { "DE", Map(("continent", Map(("code", "EU"), ("iso_code", "EU"))), ("country", Map(("iso_code", "DE"))), ("registered_country", Map(("iso_code", "US")))) },
        { "DE", Map(("country_code", "FR"), ("country", Map(("iso_code", "DE")))) },
        { "DE", Map(("country", Map(("iso_code", "DE"))), ("country_code", "FR")) },
        { "FR", Map(("country", Map(("geoname_id", 7u))), ("country_code", "FR")) },
        { "FR", Map(("country_code", "FR")) },
        { "FR", Map(("country", "France"), ("country_code", "FR")) },
        { "FR", Map(("country", "FR"), ("continent", "EU")) },
        { "", Map(("registered_country", Map(("iso_code", "US")))) },
        { "", Map(("city", Map(("iso_code", "US")))) },
        { "", Map(("country", Map(("iso_code", "A1")))) },
        { "", Map(("country_code", "")) },
        { "", Map(("country_code", 7u)) },
        { "", Map() },
        { "", "DE" },
    };

    [Theory]
    [MemberData(nameof(Records))]
    public void The_country_is_the_iso_code_or_the_country_code(string expected, object record) => Assert.Equal(expected, FindIn(record));

    [Fact]
    public void Values_of_every_type_and_size_are_gone_over()
    {
        object[] values =
        [
            "", "x", new string('x', 28), new string('x', 29), new string('x', 284), new string('x', 285), new string('x', 65820), new string('x', 65821),
            new string('x', 100_000), 1.5, 1.5f, new byte[300], (ushort)0, ushort.MaxValue, 0u, uint.MaxValue, -1, ulong.MaxValue, UInt128.MaxValue,
            true, false, new object[] { "a", new object[] { Map(("b", true)), 1u } }, Enumerable.Repeat((object)"y", 300).ToArray(), Map(("a", Map(("b", Map())))),
            new Shared(new string('p', 40)), new object[] { new Shared(new string('p', 40)) },
        ];
        foreach (object value in values)
            Assert.Equal("DE", FindIn(Map(("before", value), ("country", Map(("before", value), ("iso_code", "DE"), ("after", value))), ("after", value))));
        Assert.Equal("DE", FindIn(Map([.. values.Select((value, index) => ($"key {index}", value)), ("country_code", "DE")])));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1900, 1)]
    [InlineData(2048, 2)]
    [InlineData(526_200, 2)]
    [InlineData(526_336, 3)]
    [InlineData(3_000_000, 3)]
    [InlineData(0, 4)]
    [InlineData(40_000_000, 4)]
    public void Pointers_of_every_size_are_followed(int padding, int bytes)
    {
        // A record, a map in it, its keys and its values are pointed to; what is gone over holds pointers too.
        object country = new Shared(Map(("*names", new Shared(Map(("en", new Shared("Germany"))))), ("*iso_code", new Shared("DE"))));
        var writer = new MaxMindWriter(32, 6) { PaddingBytes = padding, PointerBytesMin = bytes };
        Assert.Equal("DE", Find(Open(writer.Add("192.0.2.0/24", new Shared(Map(("continent", new Shared("EU")), ("*country", country))))), "192.0.2.1"));
    }

    [Fact]
    public void A_pointer_to_a_pointer_or_to_itself_or_outside_gives_no_country()
    {
        // The raw bytes are the first of the data section: 0x20 0x02 points to 2, behind it.
        Assert.Equal("", FindIn(new Raw([0x20, 0x02, 0x20, 0x04, 0xE1, 0x4C, .. "country_code"u8, 0x42, .. "DE"u8])));
        Assert.Equal("", FindIn(new Raw(0x20, 0x00)));
        Assert.Equal("", FindIn(new Raw(0x38, 0xFF, 0xFF, 0xFF, 0xFF)));
        Assert.Equal("", FindIn(new Raw(0x27, 0xFF)));
        // With one pointer less it is a record.
        Assert.Equal("DE", FindIn(new Raw([0x20, 0x02, 0xE1, 0x4C, .. "country_code"u8, 0x42, .. "DE"u8])));
    }

    [Fact]
    public void A_record_that_never_ends_gives_no_country()
    {
        // A map whose value is a pointer back to the map; an array in an array in an array; sizes beyond the file.
        Assert.Equal("", FindIn(new Raw([0xE1, 0x47, .. "country"u8, 0x20, 0x00])));
        Assert.Equal("", FindIn(new Raw([0xE2, 0x41, .. "a"u8, .. Enumerable.Repeat((byte[])[0x01, 0x04], 100_000).SelectMany(array => array), 0x4C, .. "country_code"u8, 0x42, .. "DE"u8])));
        Assert.Equal("", FindIn(new Raw([0xFF, 0xFF, 0xFF, 0xFF, .. new byte[100_000]])));
        Assert.Equal("", FindIn(new Raw([0xE2, 0x41, .. "a"u8, 0x5F, 0xFF, 0xFF, 0xFF, 0x4C, .. "country_code"u8, 0x42, .. "DE"u8])));
        Assert.Equal("", FindIn(new Raw([0xE1, 0x4C, .. "country_code"u8, 0x42, .. "D"u8, 0x5F])));
        // Types that no record holds: a cache container, an end marker, two that nobody has defined.
        foreach (byte type in (byte[])[5, 6, 9, 0xFF])
            Assert.Equal("", FindIn(new Raw([0xE2, 0x41, .. "a"u8, 0x00, type, 0x4C, .. "country_code"u8, 0x42, .. "DE"u8])));
    }

    [Fact]
    public void The_metadata_is_told()
    {
        MaxMindDatabase database = Open(new MaxMindWriter(28, 6).Add("::/0", Plain("DE")));
        Assert.Equal("Test-Country", database.DatabaseType);
        Assert.Equal(1_750_000_000UL, database.BuildEpochSeconds);
    }

    [Fact]
    public void The_last_marker_counts()
    {
        object misleading = Map(("note", new byte[] { 0xAB, 0xCD, 0xEF }), ("x", Encoding.Latin1.GetString([.. "MaxMind.com"u8])), ("country_code", "DE"));
        object marker = Map(("a", new Raw([0x4E, 0xAB, 0xCD, 0xEF, .. "MaxMind.com"u8])), ("country_code", "DE"));
        Assert.Equal("DE", FindIn(misleading));
        Assert.Equal("DE", FindIn(marker));
    }

    [Theory]
    [InlineData("binary_format_major_version", 3, "has version 3 of the MaxMind DB format; version 2 is needed")]
    [InlineData("binary_format_major_version", null, "has a damaged metadata: one of binary_format_major_version, node_count, record_size and ip_version is missing or no number")]
    [InlineData("record_size", 20, "has a damaged metadata: record_size is 20; 24, 28 or 32 is needed")]
    [InlineData("record_size", 0, "has a damaged metadata: record_size is 0; 24, 28 or 32 is needed")]
    [InlineData("record_size", "24", "has a damaged metadata: one of binary_format_major_version, node_count, record_size and ip_version is missing or no number")]
    [InlineData("ip_version", 5, "has a damaged metadata: ip_version is 5; 4 or 6 is needed")]
    [InlineData("node_count", 1000, "is damaged: its search tree takes 6016 bytes, and 201 are there")]
    [InlineData("node_count", -1, "has a damaged metadata: node_count is 18446744073709551615")]
    public void Metadata_that_cannot_be_is_an_error(string key, object? value, string expected)
    {
        MaxMindWriter writer = new MaxMindWriter(24, 4).Add("10.0.0.0/28", Plain("DE"));
        if (value is null) writer.Metadata.Remove(key);
        else writer.Metadata[key] = value is int number ? (object)(ulong)number : value;
        Assert.Null(MaxMindDatabase.Parse(writer.Build(), out string error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void A_file_of_something_else_is_an_error()
    {
        foreach (byte[] file in (byte[][])[[], [0], new byte[1_000_000], Encoding.ASCII.GetBytes("MaxMind.com")])
        {
            Assert.Null(MaxMindDatabase.Parse(file, out string error));
            Assert.Equal("is no MaxMind DB file, or its end is cut off: the metadata is missing", error);
        }
        Assert.Null(MaxMindDatabase.Parse((byte[])[0xAB, 0xCD, 0xEF, .. "MaxMind.com"u8], out string damaged));
        Assert.Equal("has a damaged metadata: it is no map", damaged);
    }

    [Fact]
    public void A_file_whose_beginning_is_cut_off_is_an_error()
    {
        byte[] file = new MaxMindWriter(24, 4).Add("10.0.0.0/28", Plain("DE")).Build();
        Assert.Null(MaxMindDatabase.Parse(file.AsMemory(50), out string error));
        Assert.Contains("search tree", error);
    }

    [Fact]
    public void A_database_of_something_else_is_an_error()
    {
        MaxMindWriter writer = new MaxMindWriter(24, 6).Add("2001:db8::/32", Map(("autonomous_system_number", 64496u)));
        writer.Metadata["database_type"] = "GeoLite2-ASN";
        Assert.Null(MaxMindDatabase.Parse(writer.Build(), out string error));
        Assert.Equal("has no country for any of its first networks; it is of the type \"GeoLite2-ASN\", and one with countries is needed", error);
        writer.Add("2001:db9::/32", Plain("DE"));
        Assert.Equal("DE", Find(Open(writer), "2001:db9::1"));
    }

    [Fact]
    public void Damage_never_throws_and_never_hangs()
    {
        var random = new Random(20261122);
        var usable = 0;
        byte[][] originals = [.. Shapes.Select(shape => Sample(shape.Data.Item1, shape.Data.Item2))];
        byte[][] addresses = [.. Enumerable.Range(0, 40).Select(i => RandomAddress(random, [(RandomNetwork(random, i % 2 == 0), "")]).GetAddressBytes())];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] original = originals[round % originals.Length];
            byte[] file = Damage(random, original);
            MaxMindDatabase? database = MaxMindDatabase.Parse(file, out string error);
            Assert.Equal(database is null, error.Length > 0);
            if (database is null) continue;
            usable++;
            foreach (byte[] address in addresses) database.Find(address);
            // A mapped file may be written over when it is open.
            random.NextBytes(file.AsSpan(random.Next(file.Length)));
            foreach (byte[] address in addresses) database.Find(address);
        }
        Assert.InRange(usable, 2_000, 19_000);
    }

    [Fact]
    public void A_look_up_allocates_nothing()
    {
        MaxMindDatabase database = Open(new MaxMindWriter(28, 6).Add("192.0.2.0/24", Plain("DE")).Add("2001:db8::/32", Plain("FR")));
        byte[][] addresses = [.. new[] { "192.0.2.1", "::ffff:192.0.2.1", "198.51.100.1", "2001:db8::1", "::1" }.Select(text => IPAddress.Parse(text).GetAddressBytes())];
        foreach (byte[] address in addresses) database.Find(address);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            database.Find(addresses[i % addresses.Length]);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static byte[] Damage(Random random, byte[] original)
    {
        // Cut at either end, or bytes changed: anywhere, in the data section and the metadata behind it, or sprinkled thickly.
        switch (random.Next(5))
        {
            case 0:
                return original[..random.Next(original.Length)];
            case 1:
                return original[random.Next(original.Length)..];
        }
        byte[] file = [.. original];
        int from = random.Next(3) == 0 ? 0 : file.Length * 3 / 4;
        for (int changes = random.Next(4) == 0 ? file.Length / 10 : random.Next(1, 9); changes > 0; changes--)
        {
            int at = random.Next(from, file.Length);
            file[at] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)(file[at] ^ (1 << random.Next(8)));
        }
        return file;
    }

    private static byte[] Sample(int recordSize, int ipVersion)
    {
        var random = new Random(1);
        var writer = new MaxMindWriter(recordSize, ipVersion);
        for (int i = 0; i < 20; i++)
        {
            object country = new Shared(Map(("geoname_id", (uint)i), ("*iso_code", $"A{(char)('A' + i)}"), ("names", Map(("en", new string('n', i * 7))))));
            writer.Add(RandomNetwork(random, v6: ipVersion == 6 && i % 2 == 0), Map(("*continent", new Shared("EU")), ("list", new object[] { 1u, 1.5, true }), ("*country", country)));
        }
        return writer.Build();
    }

    private static IPNetwork RandomNetwork(Random random, bool v6)
    {
        byte[] address = new byte[v6 ? 16 : 4];
        random.NextBytes(address);
        int length = v6 ? random.Next(4, 129) : random.Next(8, 33);
        // Not in the first half, where IPv4 is.
        if (v6) address[0] |= 0x80;
        for (int bit = length; bit < address.Length * 8; bit++)
            address[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPNetwork(new IPAddress(address), length);
    }

    private static IPAddress RandomAddress(Random random, List<(IPNetwork Network, string Country)> networks)
    {
        // From one of the networks, most often, or beside it by one bit.
        (IPNetwork network, _) = networks[random.Next(networks.Count)];
        byte[] address = network.BaseAddress.GetAddressBytes();
        for (int bit = network.PrefixLength; bit < address.Length * 8; bit++)
            if (random.Next(2) == 0) address[bit / 8] ^= (byte)(0x80 >> (bit % 8));
        if (random.Next(4) == 0) address[random.Next(address.Length)] ^= (byte)(1 << random.Next(7));
        return new IPAddress(address);
    }

    private static Dictionary<string, object> Map(params (string Key, object Value)[] pairs) => pairs.ToDictionary(pair => pair.Key, pair => pair.Value);

    private static Dictionary<string, object> Plain(string country) => Map(("country_code", country));

    private static string FindIn(object record) =>
        // Another network has a country, so that the file is taken. It is written second: the record's bytes begin the data section.
        Find(Open(new MaxMindWriter(24, 4).Add("192.0.2.0/24", record).Add("198.51.100.0/24", Plain("US"))), "192.0.2.1");

    private static string Find(MaxMindDatabase database, string address) => Find(database, IPAddress.Parse(address));

    private static string Find(MaxMindDatabase database, IPAddress address) => database.Find(address.GetAddressBytes()).ToString();

    private static MaxMindDatabase Open(MaxMindWriter writer)
    {
        MaxMindDatabase? database = MaxMindDatabase.Parse(writer.Build(), out string error);
        Assert.Equal("", error);
        return database!;
    }
}
