using System.Buffers.Binary;

namespace FastCanary.Traffic;

/// <summary>Countries from a file in MaxMind DB format, version 2: a binary search tree over the bits of addresses, and records that its leaves point to.</summary>
/// <remarks>
/// <para>
/// The country is the record's <c>country.iso_code</c> (GeoLite2 and GeoIP2 Country and City, DB-IP, IP2Location), or <c>country</c> where that is a code itself;
/// else <c>country_code</c> (iptoasn, ip-location-db, IPinfo Lite): the first of them that is two letters. <c>registered_country</c> is not asked: it says where
/// an address block is registered and not where its users are, and stands alone where that is not known.
/// </para>
/// <para>
/// An IPv4 address inside IPv6 (<c>::ffff:a.b.c.d</c>) is that IPv4 address. In a tree of IPv6, IPv4 is below 96 zero bits; in one of IPv4, an IPv6 address has no country.
/// </para>
/// <para>
/// Immutable and shared by all loops. It reads the memory in place. The bytes may be damaged or change under it: then a look-up gives no country, or another
/// one, and neither throws nor reads outside of the memory, nor takes longer than a bounded number of steps.
/// </para>
/// </remarks>
public sealed class MaxMindDatabase : CountryDatabase
{
    private const int V4Levels = 32;
    private const int V6Levels = 128;

    // A database of something else is told at once; one whose first networks happen to have no country is not mistaken for it.
    private const int NetworksProbed = 1000;
    private const int NodesProbedMax = 100_000;

    private readonly ReadOnlyMemory<byte> _file;
    private readonly MaxMindMetadata _metadata;
    private readonly uint _v4Start;

    private MaxMindDatabase(ReadOnlyMemory<byte> file, MaxMindMetadata metadata)
    {
        _file = file;
        _metadata = metadata;
        if (metadata.IpVersion == 4)
            return;
        ReadOnlySpan<byte> bytes = file.Span;
        for (int level = 0; level < V6Levels - V4Levels && _v4Start < metadata.NodeCount; level++)
            _v4Start = Record(bytes, _v4Start, right: 0);
    }

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

    /// <summary>What its maker calls the database: <c>GeoLite2-Country</c>. May be empty.</summary>
    public string DatabaseType => _metadata.DatabaseType;

    /// <summary>When the database was made, in seconds since 1970; 0 if it does not say.</summary>
    public ulong BuildEpochSeconds => _metadata.BuildEpochSeconds;

    /// <summary>Prepares a file for look-ups.</summary>
    /// <param name="file">The whole file. It is kept and not copied; what owns its memory must keep it valid during the call, and as long as the database is reachable.</param>
    /// <param name="error">What is wrong with the file, to be put behind its name; empty if nothing is.</param>
    /// <returns>Null if the file cannot be looked up in, or holds networks and no countries.</returns>
    public static MaxMindDatabase? Parse(ReadOnlyMemory<byte> file, out string error)
    {
        MaxMindMetadata? metadata = MaxMindMetadata.Parse(file.Span, out error);
        if (metadata is null)
            return null;
        var database = new MaxMindDatabase(file, metadata);
        if (database.LacksCountries())
        {
            error = $"has no country for any of its first networks; it is of the type \"{metadata.DatabaseType}\", and one with countries is needed";
            return null;
        }
        return database;
    }

    /// <inheritdoc/>
    public override CountryCode Find(ReadOnlySpan<byte> address)
    {
        ReadOnlySpan<byte> file = _file.Span;
        CountryCode country = default;
        if (TryStart(ref address, out uint record))
        {
            uint nodeCount = _metadata.NodeCount;
            for (int level = 0; record < nodeCount && level < address.Length * 8; level++)
                record = Record(file, record, (address[level >> 3] >> (7 - (level & 7))) & 1);
            country = Country(file, record);
        }
        // A span does not keep the memory's owner, and with it a mapping, from being collected.
        GC.KeepAlive(this);
        return country;
    }

    // Where an address's way down the tree begins; a mapped address becomes one of IPv4.
    private bool TryStart(ref ReadOnlySpan<byte> address, out uint start)
    {
        if (address.Length == 16 && address[..12].SequenceEqual(MappedPrefix))
            address = address[12..];
        start = address.Length == 4 ? _v4Start : 0;
        return address.Length == 4 || (address.Length == 16 && _metadata.IpVersion == 6);
    }

    // A record below the number of nodes is a node, that number is nothing, what is above leads to the data section.
    private CountryCode Country(ReadOnlySpan<byte> file, uint record)
    {
        long at = (long)record - _metadata.NodeCount - (_metadata.DataStart - _metadata.TreeBytes);
        ReadOnlySpan<byte> data = file[_metadata.DataStart.._metadata.DataEnd];
        return at < 0 || at >= data.Length ? default : new MaxMindReader(data).Country((int)at);
    }

    // A node is below the number of nodes, and behind the tree are 16 bytes more at least, so four bytes are there from any place in it.
    private uint Record(ReadOnlySpan<byte> file, uint node, int right)
    {
        switch (_metadata.RecordSizeBits)
        {
            case 24:
                return BinaryPrimitives.ReadUInt32BigEndian(file[((int)node * 6 + right * 3)..]) >> 8;
            case 28:
                ReadOnlySpan<byte> both = file.Slice((int)node * 7, 7);
                return right == 0
                    ? ((uint)(both[3] & 0xF0) << 20) | (BinaryPrimitives.ReadUInt32BigEndian(both) >> 8)
                    : BinaryPrimitives.ReadUInt32BigEndian(both[3..]) & 0x0FFF_FFFF;
            default:
                return BinaryPrimitives.ReadUInt32BigEndian(file[((int)node * 8 + right * 4)..]);
        }
    }

    private bool LacksCountries()
    {
        ReadOnlySpan<byte> file = _file.Span;
        var pending = new Stack<(uint Record, int Level)>();
        pending.Push((0, 0));
        int networks = 0;
        for (int steps = 0; steps < NodesProbedMax && networks < NetworksProbed && pending.TryPop(out (uint Record, int Level) place); steps++)
        {
            if (place.Record >= _metadata.NodeCount)
            {
                if (place.Record == _metadata.NodeCount)
                    continue;
                if (!Country(file, place.Record).IsNone)
                    return false;
                networks++;
            }
            else if (place.Level < V6Levels)
            {
                pending.Push((Record(file, place.Record, right: 1), place.Level + 1));
                pending.Push((Record(file, place.Record, right: 0), place.Level + 1));
            }
        }
        return networks > 0;
    }
}
