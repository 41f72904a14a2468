using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Proxy.Tests;

/// <content>Random and mutated inputs, seeded, beside an oracle: a regular expression and the C library's inet_pton.</content>
public sealed partial class ProxyProtocolTests
{
    private const int Inputs = 200_000;

    private static readonly Regex Line = new(
        @"\APROXY (?:UNKNOWN(?: [^\r\n]*)?|TCP(?<family>4|6) (?<source>[^ \r\n]+) (?<destination>[^ \r\n]+) (?<from>0|[1-9][0-9]{0,4}) (?<to>0|[1-9][0-9]{0,4}))\r\n",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Whatever_comes_has_one_answer_within_its_bounds(int seed)
    {
        var random = new Random(seed);
        var counts = new int[3];
        for (var i = 0; i < Inputs / 2; i++)
        {
            var input = i % 8 == 0 ? RandomBytes(random) : Mutated(random);
            var (status, header) = Read(input);
            counts[(int)status]++;
            Assert.Equal(status == ProxyHeaderStatus.Invalid, header.Fault != ProxyHeaderFault.None);
            if (status == ProxyHeaderStatus.Done) Assert.InRange(header.Length, 15, input.Length);
            else Assert.Equal(0, header.Length);
            if (status == ProxyHeaderStatus.NeedMore) Assert.InRange(input.Length, 0, (input is [(byte)'\r', ..] ? ProxyHeader.BytesMax : ProxyHeader.TextBytesMax) - 1);
            if (input is not [(byte)'\r', ..]) AssertAsOracle(input, status, header);
            // Byte by byte, and with something behind it.
            var first = 0;
            if (i % 4 == 0)
            {
                while (first < input.Length && Read(input.AsSpan(0, first)).Status == ProxyHeaderStatus.NeedMore) first++;
                Assert.Equal((status, header), Read(input.AsSpan(0, first)));
            }

            if (status != ProxyHeaderStatus.NeedMore) Assert.Equal((status, header), Read([.. input, .. RandomBytes(random)]));
        }

        foreach (var count in counts) Assert.InRange(count, Inputs / 200, Inputs);
    }

    [Fact]
    public void Addresses_are_taken_as_inet_pton_takes_them()
    {
        const string Alphabet = "0123456789abcdefABCDEF::::::....";
        var random = new Random(3);
        var (taken, refused) = (0, 0);
        Span<byte> address = stackalloc byte[16];
        for (var i = 0; i < Inputs; i++)
        {
            var text = new StringBuilder();
            if (i % 2 == 0)
            {
                for (var length = random.Next(24); length >= 0; length--) text.Append(Alphabet[random.Next(Alphabet.Length)]);
            }
            else
            {
                // Groups with a few colons too many or too few.
                for (var groups = random.Next(1, 10); groups > 0; groups--) text.Append(random.Next(8) == 0 ? "" : random.Next(0x1_2000).ToString("x")).Append(random.Next(12) == 0 ? "" : ":");
                if (random.Next(2) == 0) text.Append($"{random.Next(300)}.{random.Next(256)}.{random.Next(256)}.{random.Next(256)}");
                else if (random.Next(4) != 0) text.Append(random.Next(0x1_0000).ToString("X"));
            }

            var bytes = Encoding.Latin1.GetBytes(text.ToString());
            foreach (var isIPv4 in (bool[])[true, false])
            {
                var expected = Oracle(text.ToString(), isIPv4);
                var isTaken = isIPv4 ? IpAddressText.TryParseV4(bytes, address) : IpAddressText.TryParseV6(bytes, address);
                Assert.True(expected is not null == isTaken, $"{text} as {(isIPv4 ? "IPv4" : "IPv6")}");
                if (expected is null)
                {
                    refused++;
                    continue;
                }

                taken++;
                Assert.Equal(expected, address[..expected.Length].ToArray());
            }
        }

        Assert.True(taken > 5000, $"{taken}");
        Assert.True(refused > 5000, $"{refused}");
    }

    private static void AssertAsOracle(byte[] input, ProxyHeaderStatus status, in ProxyHeader header)
    {
        var match = Line.Match(Encoding.Latin1.GetString(input));
        var isDone = match.Success && match.Length <= ProxyHeader.TextBytesMax;
        if (isDone && match.Groups["family"] is { Success: true, Value: var family })
        {
            var source = Oracle(match.Groups["source"].Value, family == "4");
            var destination = Oracle(match.Groups["destination"].Value, family == "4");
            var (from, to) = (int.Parse(match.Groups["from"].Value), int.Parse(match.Groups["to"].Value));
            isDone = source is not null && destination is not null && from <= 65535 && to <= 65535;
            if (isDone)
            {
                Assert.Equal(new PeerAddress(source, from), header.Source);
                Assert.Equal(new PeerAddress(destination, to), header.Destination);
            }
        }

        Assert.True(isDone == (status == ProxyHeaderStatus.Done), Encoding.Latin1.GetString(input));
        if (isDone) Assert.Equal(match.Length, header.Length);
    }

    private static byte[] RandomBytes(Random random)
    {
        var bytes = new byte[random.Next(64)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Mutated(Random random)
    {
        var bytes = ValidHeaders[random.Next(ValidHeaders.Length)].ToList();
        // A long TLV only costs time here.
        if (bytes.Count > 300 && random.Next(50) != 0) bytes = [.. ValidHeaders[0]];
        for (var mutations = random.Next(4); mutations > 0 && bytes.Count > 0; mutations--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveAt(at);
                    break;
                case 3:
                    bytes.Insert(at, "0123456789abcdefF.: \r\n\0"u8[random.Next(23)]);
                    break;
                case 4:
                    bytes[at] = "0123456789abcdefF.: \r\n\0"u8[random.Next(23)];
                    break;
                case 5:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(8), bytes.Count - at)));
                    break;
            }
        }

        return [.. bytes];
    }

    private static byte[]? Oracle(string text, bool isIPv4)
    {
        if (text.Contains('\0', StringComparison.Ordinal)) return null;
        var address = new byte[isIPv4 ? 4 : 16];
        return ToNetwork(isIPv4 ? 2 : 10, [.. Encoding.Latin1.GetBytes(text), 0], address) == 1 ? address : null;
    }

    [DllImport("libc", EntryPoint = "inet_pton")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ToNetwork(int family, byte[] text, byte[] address);
}
