using FsCheck;
using FsCheck.Fluent;
using static FastCanary.Http.Tests.RequestRun;
using static FastCanary.Http.Tests.Requests.RequestPropertyTests;

namespace FastCanary.Http.Tests.Requests;

/// <summary>The fields that FastCanary gives a request, and those that a client may not bring.</summary>
public sealed class OwnRequestFieldTests
{
    private const string Added = "Via: 1.1 fastcanary\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: t.test\r\nX-Forwarded-For: 192.0.2.33\r\n";

    [Theory]
    [InlineData("", "X-A: 1")]
    [InlineData("", "X-Request-ID:")]
    [InlineData("id 1", "x-request-id: \tid 1 ")]
    [InlineData("", "X-Request-ID: id-1", "X-A: 1", "X-Request-ID: id-1")]
    [InlineData("", "X-Request-ID: id-1", "X-Request-ID: id-2", "X-Request-ID: id-3")]
    [InlineData("", "X-Request-ID: id-1", "X-Request-ID:")]
    [InlineData("", "X_Request_ID: id-1")]
    [InlineData("id-2", "X_Request_ID: id-1", "X-Request-ID: id-2")]
    [InlineData("id-1", "X-Request-ID: id-1", "Connection: x-request-id")]
    public void The_ID_of_a_request_is_that_of_its_only_line(string expected, params string[] fields)
    {
        string text = Text("GET / HTTP/1.1", ["Host: t.test", .. fields]);
        Assert.Equal(expected, Of(Accepted(text).RequestIdValue, text));
    }

    [Fact]
    public void An_ID_replaces_every_line_of_the_clients() =>
        Assert.Equal("GET / HTTP/1.1\r\nHost: t.test\r\nX-A: 1\r\n" + Added + "X-Request-ID: own\r\n\r\n", Written(
            Text("GET / HTTP/1.1", "X-Request-ID: id-1", "Host: t.test", "x-request-id: id-2", "X_Request_ID: id-3", "X-A: 1"),
            new RequestForwarding { ClientAddress = "192.0.2.33"u8, RequestId = "own"u8 }));

    [Fact]
    public void Without_an_ID_the_clients_lines_pass_as_they_came() =>
        Assert.Equal("GET / HTTP/1.1\r\nHost: t.test\r\nx-request-id:id-1 \r\nX-A: 1\r\n" + Added + "\r\n", Written(
            Text("GET / HTTP/1.1", "Host: t.test", "x-request-id:id-1 ", "X_Request_ID: id-3", "X-A: 1")));

    [Fact]
    public void Marks_of_the_proxy_do_not_come_from_a_client() =>
        Assert.Equal("GET / HTTP/1.1\r\nHost: t.test\r\nX-Canary-Rescue: 1\r\nX-Canary-Mirrore: 1\r\n" + Added + "\r\n", Written(
            Text("GET / HTTP/1.1", "Host: t.test", "X-Canary-Rescued: 1", "x-canary-mirrored: 1", "X_Canary_Rescued: 1", "X-Canary_Mirrored: 1", "X-Canary-Rescue: 1", "X-Canary-Mirrore: 1")));

    [Fact]
    public void Own_fields_stand_behind_the_others_as_they_are() =>
        Assert.Equal(
            "POST / HTTP/1.1\r\nHost: t.test\r\n" + Added + "X-Request-ID: own\r\nX-Flag: a\r\nX-Canary-Mirrored: v2\r\nTransfer-Encoding: chunked\r\n\r\n",
            Written(
                Text("POST / HTTP/1.1", "Host: t.test", "Transfer-Encoding: chunked", "X-Canary-Mirrored: 1"),
                new RequestForwarding { ClientAddress = "192.0.2.33"u8, RequestId = "own"u8, OwnFields = "X-Flag: a\r\nX-Canary-Mirrored: v2\r\n"u8 }));

    [Fact]
    public void A_removed_field_does_not_pass_however_it_is_spelled() =>
        Assert.Equal("GET / HTTP/1.1\r\nHost: t.test\r\nX-Flags: 1\r\nX-Flab: 1\r\n" + Added + "\r\n", Written(
            Text("GET / HTTP/1.1", "X-Flag: 1", "Host: t.test", "x_flag: 2", "X-Flags: 1", "X-FLAG:", "X-Flab: 1", "X_FLAG: 3"),
            new RequestForwarding { ClientAddress = "192.0.2.33"u8 }, "x-flag"));

    [Fact]
    public void Removing_again_or_what_is_not_there_changes_nothing()
    {
        string text = Text("GET / HTTP/1.1", "Host: t.test", "X-Flag: 1", "X_Request_ID: 1", "X-Canary-Mirrored: 1", "Connection: X-Flag", "X-Flag: 2", "X-A: 1");
        byte[] bytes = Bytes(text);
        RequestHead head = Accepted(text);
        var forwarding = new RequestForwarding { ClientAddress = "192.0.2.33"u8 };
        const string expected = "GET / HTTP/1.1\r\nHost: t.test\r\nX-A: 1\r\n" + Added + "\r\n";
        foreach (string name in new[] { "x-flag", "x-flag", "x-request-id", "x-canary-mirrored", "x-none", "connection" })
        {
            head.Remove(bytes, Bytes(name));
            Assert.Equal(expected, Written(head, bytes, forwarding));
        }

        Assert.Equal("1", Of(head.FieldValueAt(head.FindField(bytes, "x-flag"u8)), text));
    }

    [Theory]
    [InlineData("host", "Host: t.test\r\n")]
    [InlineData("content-length", "Content-Length: 5\r\n")]
    [InlineData("expect", "Expect: 100-continue\r\n")]
    [InlineData("x-request-id", "X-Request-ID: id-1\r\n")]
    [InlineData("forwarded", "Forwarded: for=1.2.3.4\r\n")]
    [InlineData("x-forwarded-for", "X-Forwarded-For: 1.2.3.4, 192.0.2.33\r\n")]
    [InlineData("x-forwarded-port", "X-Forwarded-Port: 443\r\n")]
    public void What_a_connection_option_cannot_remove_cannot_be_removed(string name, string kept) =>
        Assert.Contains(kept, Written(
            Text("POST / HTTP/1.1", "Host: t.test", "Content-Length: 5", "Expect: 100-continue", "X-Request-ID: id-1", "Forwarded: for=1.2.3.4", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Port: 443"),
            new RequestForwarding { ClientAddress = "192.0.2.33"u8, TrustForwarded = true, Forwarded = ForwardedTreatment.Keep }, name));

    [Fact]
    public void A_removed_field_is_forgotten_with_its_message()
    {
        byte[] bytes = Bytes(Text("GET / HTTP/1.1", "Host: t.test", "X-Flag: 1"));
        var head = new RequestHead();
        head.Reset(Limits);
        Assert.Equal(ParseStatus.Done, head.Parse(bytes));
        head.Remove(bytes, "x-flag"u8);
        head.Reset(Limits);
        Assert.Equal(ParseStatus.Done, head.Parse(bytes));
        Assert.Contains("X-Flag: 1", Written(head, bytes, new RequestForwarding { ClientAddress = "192.0.2.33"u8 }));
    }

    [Fact]
    public void What_is_written_fits_its_bound_and_says_what_it_was_told_to() => Hold(
        from text in Heads.Requests
        from address in Gen.Elements("192.0.2.33", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff")
        from treatment in Gen.Elements(Enum.GetValues<ForwardedTreatment>())
        from id in Gen.Elements("", "i", new string('i', 700))
        from own in Gen.Elements("", "X-Own: 1\r\n", "X-Canary-Rescued: own\r\nX-Own: " + new string('o', 700) + "\r\n")
        from rest in Gen.Choose(0, 3)
        select (text, address, treatment, id, own, trusts: (rest & 1) != 0, removes: (rest & 2) != 0),
        given =>
        {
            (_, ReferenceRequest? received) = ReferenceRequest.Read(given.text);
            if (received is null) return;
            var forwarding = new RequestForwarding
            {
                ClientAddress = Bytes(given.address),
                TrustForwarded = given.trusts,
                FallbackHost = "fallback.test:8081"u8,
                Forwarded = given.treatment,
                RequestId = Bytes(given.id),
                OwnFields = Bytes(given.own),
            };
            string written = given.removes ? Written(given.text, forwarding, "x-a", "x-none", "x-a") : Written(given.text, forwarding);
            (_, ReferenceRequest? sent) = ReferenceRequest.Read(written);
            Assert.NotNull(sent);

            Assert.Equal(given.id.Length == 0 ? ReferenceFields.Values(received.Fields, "x-request-id") : [given.id], ReferenceFields.Values(sent.Fields, "x-request-id"));
            Assert.Equal(ExpectedForwarded(received, given.treatment, given.address), ReferenceFields.Values(sent.Fields, "forwarded"));
            Assert.Equal(given.own, string.Concat(sent.Fields.Where(field => field.Name is "X-Canary-Rescued" or "X-Own").Select(field => $"{field.Name}: {field.Value}\r\n")));
            foreach (string name in new[] { "x-canary-mirrored", "x_canary_rescued", "x_request_id" }) Assert.Empty(ReferenceFields.Values(sent.Fields, name));
            bool isNominated = ReferenceFields.Elements(received.Fields, "connection").Contains("x-a");
            Assert.Equal(given.removes || isNominated ? [] : ReferenceFields.Values(received.Fields, "x-a"), ReferenceFields.Values(sent.Fields, "x-a"));
            if (given.removes) Assert.Empty(ReferenceFields.Values(sent.Fields, "x_a"));
        });

    /// <summary>The values of Forwarded, by RFC 7239 sections 4 and 6 read plainly.</summary>
    private static List<string> ExpectedForwarded(ReferenceRequest received, ForwardedTreatment treatment, string address)
    {
        List<string> values = ReferenceFields.Values(received.Fields, "forwarded");
        if (treatment == ForwardedTreatment.Remove) return [];
        if (treatment == ForwardedTreatment.Keep) return values;
        string node = address.Contains(':') ? $"\"[{address}]\"" : address;
        bool isToken = received.Authority.IndexOfAny([':', '[', '(', ')', ',', ';', '=', '@', '/']) < 0;
        string host = received.Authority.Length == 0 ? "" : isToken ? ";host=" + received.Authority : $";host=\"{received.Authority}\"";
        string own = $"for={node}{host};proto=http";
        if (treatment == ForwardedTreatment.Replace) return [own];
        return [string.Join(", ", values.Where(value => value.Length > 0 && value.Replace("\\\"", "", StringComparison.Ordinal).Count(c => c == '"') % 2 == 0).Append(own))];
    }
}
