using System.Net;
using System.Text;
using FastCanary.Http;
using FastCanary.Traffic;

namespace FastCanary.Traffic.Tests;

public class AffinityModelTests
{
    private static readonly AffinityCookie Cookie = new("fastcanary", "/", Secure: true, HttpOnly: true, SameSite.Lax, 2_592_000);

    [Theory]
    [InlineData("X-User-Id: alice", "alice")]
    [InlineData("x-USER-id:\t alice bob ", "alice bob")]
    [InlineData("X-User-Id:", null)]
    [InlineData("X-User-Id:  ", null)]
    [InlineData("X-User-Ids: alice", null)]
    [InlineData("X-User-Id: alice|X-User-Id: bob", null)]
    [InlineData("X-User-Id: alice|x-user-id: alice", null)]
    [InlineData("X-User-Id:|X-User-Id: bob", null)]
    [InlineData("", null)]
    public void A_field_is_the_key_if_it_comes_once_and_is_not_empty(string fields, string? key) =>
        Assert.Equal(key, KeyOf(AffinityKeySource.Header, "X-User-Id", "/?x-user-id=carol", fields));

    [Theory]
    [InlineData("Cookie: user=alice", "alice")]
    [InlineData("Cookie: a=1; user=alice; user=bob", "alice")]
    [InlineData("Cookie: a=1|Cookie: user=alice", "alice")]
    [InlineData("Cookie: User=alice", null)]
    [InlineData("Cookie: xuser=alice; userx=bob", null)]
    [InlineData("Cookie: user=; user=bob", null)]
    [InlineData("", null)]
    public void The_first_cookie_of_the_name_is_the_key(string fields, string? key) =>
        Assert.Equal(key, KeyOf(AffinityKeySource.Cookie, "user", "/?user=carol", fields));

    [Theory]
    [InlineData("/?user=alice", "alice")]
    [InlineData("/p?a=1&user=alice&user=bob", "alice")]
    [InlineData("/?user=a%6Cice+b", "a%6Cice+b")]
    [InlineData("/?user=&user=bob", null)]
    [InlineData("/?User=alice", null)]
    [InlineData("/user=alice", null)]
    [InlineData("/", null)]
    public void The_first_parameter_of_the_name_is_the_key_as_it_was_sent(string target, string? key) =>
        Assert.Equal(key, KeyOf(AffinityKeySource.Query, "user", target, "User: carol"));

    [Theory]
    [InlineData("192.0.2.7", "C0000207")]
    [InlineData("::ffff:192.0.2.7", "C0000207")]
    [InlineData("2001:db8::1", "20010DB8000000000000000000000001")]
    [InlineData("::192.0.2.7", "000000000000000000000000C0000207")]
    public void The_address_is_the_key_and_an_ipv4_address_inside_ipv6_is_that_ipv4_address(string client, string key)
    {
        var affinity = new AffinityModel(AffinityKeySource.ClientIp, "", "", assign: null);
        var request = new ParsedRequest("/", [], IPAddress.Parse(client).GetAddressBytes());
        Assert.True(affinity.TryGetKey(request.View, out ReadOnlySpan<byte> found));
        Assert.Equal(key, Convert.ToHexString(found));
    }

    [Fact]
    public void Without_an_address_there_is_no_key() =>
        Assert.False(new AffinityModel(AffinityKeySource.ClientIp, "", "", assign: null).TryGetKey(new ParsedRequest("/", []).View, out _));

    [Theory]
    [InlineData("X-User-Id: alice|Cookie: fastcanary=k", "alice")]
    [InlineData("Cookie: fastcanary=k", "k")]
    [InlineData("X-User-Id:|Cookie: fastcanary=k", "k")]
    [InlineData("X-User-Id: a|X-User-Id: b|Cookie: fastcanary=k", "k")]
    [InlineData("Cookie: fastcanary=", null)]
    public void The_assigned_cookie_is_the_key_of_a_user_without_one(string fields, string? key)
    {
        Assert.Equal(key, KeyOf(AffinityKeySource.Header, "X-User-Id", "/", fields, Cookie));
        if (key == "k")
            Assert.Null(KeyOf(AffinityKeySource.Header, "X-User-Id", "/", fields));
    }

    [Fact]
    public void A_key_that_is_the_assigned_cookie_is_found_like_any_cookie()
    {
        Assert.Equal("k", KeyOf(AffinityKeySource.Cookie, "fastcanary", "/", "Cookie: fastcanary=k", Cookie));
        Assert.Null(KeyOf(AffinityKeySource.Cookie, "fastcanary", "/", "Cookie: fastcanary=; other=k", Cookie));
        // Names of cookies are case-sensitive: this is another one.
        Assert.Equal("k", KeyOf(AffinityKeySource.Cookie, "FASTCANARY", "/", "Cookie: fastcanary=k", Cookie));
    }

    // From libxxhash: a bucket that changes here moves users at the next release, or between two machines.
    [Theory]
    [InlineData("", "user-1", 0xE11F6410)]
    [InlineData("", "user-2", 0x03D33F25)]
    [InlineData("", "alice", 0x98BD01CC)]
    [InlineData("", "42", 0xA2137AC2)]
    [InlineData("", "0123456789abcdef", 0x7500DBFC)]
    [InlineData("", "\u00fc", 0x45AD33D5)]
    [InlineData("2026-11", "user-1", 0x69DCD2A1)]
    [InlineData("2026-11", "user-2", 0x5689DBD5)]
    [InlineData("2026-11", "alice", 0xD4B846CA)]
    [InlineData("2026-11", "42", 0xC8B6D5DF)]
    [InlineData("2026-11", "0123456789abcdef", 0x65D21CF4)]
    [InlineData("2026-11", "\u00fc", 0x9658FBFC)]
    public void The_same_key_and_salt_have_the_same_bucket_everywhere_and_for_ever(string salt, string key, uint bucket) =>
        Assert.Equal(bucket, new AffinityModel(AffinityKeySource.Header, "X-User-Id", salt, assign: null).Bucket(Encoding.UTF8.GetBytes(key)));

    [Theory]
    [InlineData("", "192.0.2.7", 0xFCA042D3)]
    [InlineData("", "2001:db8::1", 0x94E827F5)]
    [InlineData("2026-11", "192.0.2.7", 0xECC94E99)]
    [InlineData("2026-11", "::ffff:192.0.2.7", 0xECC94E99)]
    [InlineData("2026-11", "2001:db8::1", 0xC70BC1BF)]
    public void An_address_has_the_same_bucket_everywhere_and_for_ever(string salt, string client, uint bucket)
    {
        var affinity = new AffinityModel(AffinityKeySource.ClientIp, "", salt, assign: null);
        var request = new ParsedRequest("/", [], IPAddress.Parse(client).GetAddressBytes());
        affinity.TryGetKey(request.View, out ReadOnlySpan<byte> key);
        Assert.Equal(bucket, affinity.Bucket(key));
    }

    [Fact]
    public void Another_salt_takes_other_users_first()
    {
        AffinitySplit split = AffinitySplit.Compile([90, 10], 0);
        var before = new AffinityModel(AffinityKeySource.Header, "X-User-Id", "2026-10", assign: null);
        var after = new AffinityModel(AffinityKeySource.Header, "X-User-Id", "2026-11", assign: null);
        int canary = 0, both = 0;
        for (int user = 1; user <= 100_000; user++)
        {
            byte[] key = Encoding.ASCII.GetBytes($"user-{user}");
            if (split.Pick(before.Bucket(key)) == 0)
                continue;
            canary++;
            both += split.Pick(after.Bucket(key));
        }
        Assert.InRange(canary, 9500, 10500);
        // By chance a tenth of them is taken again.
        Assert.InRange((double)both / canary, 0.09, 0.11);
    }

    [Theory]
    [InlineData("/", true, true, SameSite.Lax, 2592000, "; Path=/; Max-Age=2592000; Secure; HttpOnly; SameSite=Lax")]
    [InlineData("/shop", false, false, SameSite.Strict, 60, "; Path=/shop; Max-Age=60; SameSite=Strict")]
    [InlineData("/", true, false, SameSite.None, 0, "; Path=/; Secure; SameSite=None")]
    [InlineData("/", false, true, SameSite.Unset, 0, "; Path=/; HttpOnly")]
    public void The_cookie_is_written_with_its_attributes(string path, bool secure, bool httpOnly, SameSite sameSite, int maxAge, string attributes)
    {
        var affinity = new AffinityModel(AffinityKeySource.ClientIp, "", "", new AffinityCookie("fc", path, secure, httpOnly, sameSite, maxAge));
        byte[] key = Encoding.ASCII.GetBytes("AAAAAAAAAAAAAAAAAAAAAA");
        Assert.Equal(AffinityModel.NewKeyBytes, key.Length);
        var destination = new byte[affinity.SetCookieBytesMax];
        int length = affinity.WriteSetCookie(key, destination);
        Assert.Equal("Set-Cookie: fc=AAAAAAAAAAAAAAAAAAAAAA" + attributes + "\r\n", Encoding.ASCII.GetString(destination, 0, length));
        Assert.Equal(affinity.SetCookieBytesMax, length);
        Assert.Throws<ArgumentException>(() => affinity.WriteSetCookie(key, new byte[length - 1]));
    }

    [Fact]
    public void A_key_that_was_assigned_comes_back_as_the_same_user()
    {
        var affinity = new AffinityModel(AffinityKeySource.Header, "X-User-Id", "2026-11", Cookie);
        Span<byte> key = stackalloc byte[AffinityModel.NewKeyBytes];
        new RequestIdGenerator(seed: 1).NextKey(key);
        var line = new byte[affinity.SetCookieBytesMax];
        int length = affinity.WriteSetCookie(key, line);
        string pair = Encoding.ASCII.GetString(line, 0, length)["Set-Cookie: ".Length..].Split(';')[0];
        Assert.True(affinity.TryGetKey(new ParsedRequest("/", [$"Cookie: {pair}"]).View, out ReadOnlySpan<byte> found));
        Assert.Equal(affinity.Bucket(key), affinity.Bucket(found));
    }

    [Fact]
    public void Where_no_cookie_is_assigned_none_is_written()
    {
        var affinity = new AffinityModel(AffinityKeySource.ClientIp, "", "", assign: null);
        Assert.Equal(0, affinity.SetCookieBytesMax);
        Assert.Throws<InvalidOperationException>(() => affinity.WriteSetCookie("k"u8, new byte[100]));
    }

    [Theory]
    [InlineData(AffinityKeySource.Header, "X-User-Id")]
    [InlineData(AffinityKeySource.Cookie, "user")]
    [InlineData(AffinityKeySource.Query, "user")]
    [InlineData(AffinityKeySource.ClientIp, "")]
    [InlineData(AffinityKeySource.Header, "X-None")]
    public void A_look_up_allocates_nothing(AffinityKeySource source, string name)
    {
        var affinity = new AffinityModel(source, name, "2026-11", Cookie);
        var request = new ParsedRequest("/?user=alice", ["X-User-Id: alice", "Cookie: a=1; user=alice; fastcanary=k"], IPAddress.Parse("::ffff:192.0.2.7").GetAddressBytes());
        var destination = new byte[affinity.SetCookieBytesMax];
        uint sum = 0;
        LookUp();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            LookUp();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.NotEqual(0u, sum);

        void LookUp()
        {
            if (!affinity.TryGetKey(request.View, out ReadOnlySpan<byte> key))
                throw new InvalidOperationException("There is no key.");
            sum |= affinity.Bucket(key);
            affinity.WriteSetCookie("AAAAAAAAAAAAAAAAAAAAAA"u8, destination);
        }
    }

    private static string? KeyOf(AffinityKeySource source, string name, string target, string fields, AffinityCookie? assign = null)
    {
        var affinity = new AffinityModel(source, name, "", assign);
        var request = new ParsedRequest(target, fields.Split('|', StringSplitOptions.RemoveEmptyEntries));
        return affinity.TryGetKey(request.View, out ReadOnlySpan<byte> key) ? Encoding.Latin1.GetString(key) : null;
    }
}
