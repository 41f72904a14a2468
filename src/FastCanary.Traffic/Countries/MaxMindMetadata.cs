using System.Text;

namespace FastCanary.Traffic;

/// <summary>What the end of a MaxMind DB file says about its search tree, checked against the file's length.</summary>
/// <param name="NodeCount">The nodes of the search tree.</param>
/// <param name="RecordSizeBits">24, 28 or 32; a node is two records.</param>
/// <param name="IpVersion">4 or 6: 32 or 128 levels.</param>
/// <param name="DatabaseType">What the maker calls it: <c>GeoLite2-Country</c>. May be empty.</param>
/// <param name="BuildEpochSeconds">When it was made, in seconds since 1970; 0 if it does not say.</param>
/// <param name="TreeBytes">The search tree's length; it begins the file.</param>
/// <param name="DataEnd">Where the data section ends, in the file.</param>
internal sealed record MaxMindMetadata(
    uint NodeCount, int RecordSizeBits, int IpVersion, string DatabaseType, ulong BuildEpochSeconds, int TreeBytes, int DataEnd)
{
    // "The maximum allowable size for the metadata section, including the marker that starts the metadata, is 128KiB."
    private const int BytesMax = 128 * 1024;
    private const int VersionKnown = 2;

    // 16 zero bytes between the search tree and the data section.
    private const int SeparatorBytes = 16;

    private static ReadOnlySpan<byte> Marker =>
        [0xAB, 0xCD, 0xEF, (byte)'M', (byte)'a', (byte)'x', (byte)'M', (byte)'i', (byte)'n', (byte)'d', (byte)'.', (byte)'c', (byte)'o', (byte)'m'];

    /// <summary>Where the data section begins, in the file.</summary>
    public int DataStart => TreeBytes + SeparatorBytes;

    /// <summary>Reads the metadata of a whole file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="error">What is wrong with it; empty if nothing is.</param>
    /// <returns>Null if the file cannot be looked up in.</returns>
    public static MaxMindMetadata? Parse(ReadOnlySpan<byte> file, out string error)
    {
        int searchFrom = Math.Max(0, file.Length - BytesMax);
        int marker = file[searchFrom..].LastIndexOf(Marker);
        if (marker < 0)
        {
            error = "is no MaxMind DB file, or its end is cut off: the metadata is missing";
            return null;
        }
        marker += searchFrom;
        return Parse(file[(marker + Marker.Length)..], marker, out error);
    }

    private static MaxMindMetadata? Parse(ReadOnlySpan<byte> section, int dataEnd, out string error)
    {
        var values = new MaxMindReader(section);
        if (!values.TryMap(0, out int at, out int count))
            return Damaged("it is no map", out error);
        ulong? version = null, nodes = null, recordSize = null, ipVersion = null, epoch = null;
        string type = "";
        for (; count > 0; count--)
        {
            if (!values.TryKey(ref at, out ReadOnlySpan<byte> key))
                return Damaged("a key is damaged", out error);
            if (key.SequenceEqual("binary_format_major_version"u8)) version = values.Number(at);
            else if (key.SequenceEqual("node_count"u8)) nodes = values.Number(at);
            else if (key.SequenceEqual("record_size"u8)) recordSize = values.Number(at);
            else if (key.SequenceEqual("ip_version"u8)) ipVersion = values.Number(at);
            else if (key.SequenceEqual("build_epoch"u8)) epoch = values.Number(at);
            else if (key.SequenceEqual("database_type"u8)) type = Encoding.UTF8.GetString(values.Text(at));
            if (!values.TrySkip(ref at))
                return Damaged("a value is damaged", out error);
        }
        if (version is null || nodes is null || recordSize is null || ipVersion is null)
            return Damaged("one of binary_format_major_version, node_count, record_size and ip_version is missing or no number", out error);

        error = Judge(version.Value, nodes.Value, recordSize.Value, ipVersion.Value, dataEnd);
        if (error.Length > 0)
            return null;
        int treeBytes = (int)(nodes.Value * (recordSize.Value / 4));
        return new MaxMindMetadata((uint)nodes.Value, (int)recordSize.Value, (int)ipVersion.Value, type, epoch ?? 0, treeBytes, dataEnd);
    }

    private static string Judge(ulong version, ulong nodes, ulong recordSize, ulong ipVersion, int dataEnd)
    {
        if (version != VersionKnown)
            return $"has version {version} of the MaxMind DB format; version {VersionKnown} is needed";
        if (recordSize is not (24 or 28 or 32))
            return $"has a damaged metadata: record_size is {recordSize}; 24, 28 or 32 is needed";
        if (ipVersion is not (4 or 6))
            return $"has a damaged metadata: ip_version is {ipVersion}; 4 or 6 is needed";
        if (nodes > uint.MaxValue)
            return $"has a damaged metadata: node_count is {nodes}";
        ulong needed = nodes * (recordSize / 4) + SeparatorBytes;
        return needed <= (ulong)dataEnd ? "" : $"is damaged: its search tree takes {needed} bytes, and {dataEnd} are there";
    }

    private static MaxMindMetadata? Damaged(string how, out string error)
    {
        error = $"has a damaged metadata: {how}";
        return null;
    }
}
