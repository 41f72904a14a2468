using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace FastCanary.Traffic.Tests;

/// <summary>
/// Writes databases in MaxMind DB format, for tests. Values are <see cref="string"/>, numbers, <see cref="bool"/>, bytes, arrays, dictionaries,
/// <see cref="Raw"/> for bytes as they stand, and <see cref="Shared"/> for what is written once, in front, and pointed to.
/// </summary>
internal sealed class MaxMindWriter(int recordSizeBits, int ipVersion)
{
    private const int Nothing = 0;

    // Two records a node: 0 is nothing, above is a node (the root is nobody's), below is the value -1 - n.
    private readonly List<int[]> _nodes = [[Nothing, Nothing]];
    private readonly List<object> _values = [];
    private readonly Dictionary<object, int> _indices = [];
    private readonly Dictionary<object, int> _shared = [];

    /// <summary>Bytes in front of the first value, so that pointers are long.</summary>
    public int PaddingBytes { get; init; }

    /// <summary>The least bytes of a pointer's number, 1 to 4; longer where it has to be.</summary>
    public int PointerBytesMin { get; init; } = 1;

    /// <summary>What the metadata says; changed by tests that break it.</summary>
    public Dictionary<string, object> Metadata { get; } = new()
    {
        ["binary_format_major_version"] = (ushort)2,
        ["binary_format_minor_version"] = (ushort)0,
        ["build_epoch"] = 1_750_000_000UL,
        ["database_type"] = "Test-Country",
        ["description"] = new Dictionary<string, object> { ["en"] = "for tests" },
        ["ip_version"] = (ushort)ipVersion,
        ["languages"] = new object[] { "en", "de" },
        ["record_size"] = (ushort)recordSizeBits,
    };

    /// <summary>Gives a network's addresses a value. What is added later wins.</summary>
    /// <param name="network">Of IPv4 below 96 zero bits, in a tree of IPv6.</param>
    /// <param name="value">The same object is written once.</param>
    public MaxMindWriter Add(string network, object value) => Add(IPNetwork.Parse(network), value);

    /// <inheritdoc cref="Add(string, object)"/>
    public MaxMindWriter Add(IPNetwork network, object value)
    {
        byte[] address = network.BaseAddress.GetAddressBytes();
        int length = network.PrefixLength;
        if (ipVersion == 6 && address.Length == 4)
        {
            address = [.. new byte[12], .. address];
            length += 96;
        }
        if (!_indices.TryGetValue(value, out int index))
        {
            _indices[value] = index = _values.Count;
            _values.Add(value);
        }
        if (length == 0)
        {
            _nodes[0] = [-1 - index, -1 - index];
            return this;
        }
        int node = 0;
        for (int level = 0; level < length - 1; level++)
        {
            int record = _nodes[node][Bit(address, level)];
            if (record <= 0)
            {
                // What was there holds for both halves now.
                _nodes.Add([record, record]);
                _nodes[node][Bit(address, level)] = record = _nodes.Count - 1;
            }
            node = record;
        }
        _nodes[node][Bit(address, length - 1)] = -1 - index;
        return this;
    }

    /// <summary>The whole file.</summary>
    public byte[] Build()
    {
        var data = new MemoryStream();
        data.Write(new byte[PaddingBytes]);
        foreach (object value in _values)
            WriteShared(data, value);
        var offsets = new List<int>();
        foreach (object value in _values)
        {
            offsets.Add((int)data.Position);
            Write(data, value);
        }

        var file = new MemoryStream();
        foreach (int[] node in _nodes)
            WriteNode(file, [.. node.Select(record => record switch { Nothing => (uint)_nodes.Count, > 0 => (uint)record, _ => (uint)(_nodes.Count + 16 + offsets[-1 - record]) })]);
        file.Write(new byte[16]);
        data.WriteTo(file);
        file.Write([0xAB, 0xCD, 0xEF, .. "MaxMind.com"u8]);
        Metadata.TryAdd("node_count", (uint)_nodes.Count);
        Write(file, Metadata);
        return file.ToArray();
    }

    private static int Bit(byte[] address, int level) => (address[level / 8] >> (7 - level % 8)) & 1;

    private void WriteNode(MemoryStream file, uint[] records)
    {
        var bytes = new byte[8];
        switch (recordSizeBits)
        {
            case 24:
                BinaryPrimitives.WriteUInt64BigEndian(bytes, ((ulong)records[0] << 40) | ((ulong)records[1] << 16));
                break;
            case 28:
                // The left record's highest four bits stand behind its other 24, before the right one's.
                ulong left = ((records[0] & 0xFFFFFFUL) << 4) | (records[0] >> 24);
                BinaryPrimitives.WriteUInt64BigEndian(bytes, (left << 36) | ((ulong)records[1] << 8));
                break;
            default:
                BinaryPrimitives.WriteUInt64BigEndian(bytes, ((ulong)records[0] << 32) | records[1]);
                break;
        }
        file.Write(bytes, 0, recordSizeBits / 4);
    }

    private void WriteShared(MemoryStream data, object value)
    {
        switch (value)
        {
            case Shared shared when !_shared.ContainsKey(shared.Value):
                WriteShared(data, shared.Value);
                int offset = (int)data.Position;
                Write(data, shared.Value);
                _shared[shared.Value] = offset;
                break;
            case Dictionary<string, object> map:
                foreach ((string key, object item) in map)
                {
                    if (key.StartsWith('*')) WriteShared(data, new Shared(key[1..]));
                    WriteShared(data, item);
                }
                break;
            case object[] items:
                foreach (object item in items)
                    WriteShared(data, item);
                break;
        }
    }

    private void Write(MemoryStream to, object value)
    {
        switch (value)
        {
            case Shared shared:
                WritePointer(to, _shared[shared.Value]);
                break;
            case Raw raw:
                to.Write(raw.Bytes);
                break;
            case string text:
                WriteBytes(to, 2, Encoding.UTF8.GetBytes(text));
                break;
            case double number:
                WriteBytes(to, 3, Number(BitConverter.DoubleToUInt64Bits(number), 8));
                break;
            case byte[] bytes:
                WriteBytes(to, 4, bytes);
                break;
            case ushort number:
                WriteBytes(to, 5, Number(number, 0));
                break;
            case uint number:
                WriteBytes(to, 6, Number(number, 0));
                break;
            case int number:
                WriteBytes(to, 8, Number((uint)number, 4));
                break;
            case ulong number:
                WriteBytes(to, 9, Number(number, 0));
                break;
            case UInt128 number:
                WriteBytes(to, 10, Number(number, 0));
                break;
            case bool flag:
                WriteControl(to, 14, flag ? 1 : 0);
                break;
            case float number:
                WriteBytes(to, 15, Number(BitConverter.SingleToUInt32Bits(number), 4));
                break;
            case object[] items:
                WriteControl(to, 11, items.Length);
                foreach (object item in items)
                    Write(to, item);
                break;
            case Dictionary<string, object> map:
                WriteControl(to, 7, map.Count);
                foreach ((string key, object item) in map)
                {
                    // A key that begins with a star is pointed to.
                    Write(to, key.StartsWith('*') ? new Shared(key[1..]) : key);
                    Write(to, item);
                }
                break;
            default:
                throw new ArgumentException($"no type of this format: {value.GetType()}", nameof(value));
        }
    }

    private static byte[] Number(UInt128 number, int bytesMin)
    {
        var digits = new List<byte>();
        for (; number > 0 || digits.Count < bytesMin; number >>= 8)
            digits.Insert(0, (byte)number);
        return [.. digits];
    }

    private static void WriteBytes(MemoryStream to, int type, byte[] bytes)
    {
        WriteControl(to, type, bytes.Length);
        to.Write(bytes);
    }

    private static void WriteControl(MemoryStream to, int type, int size)
    {
        (int inControl, int more, int moreBytes) = size switch
        {
            < 29 => (size, 0, 0),
            < 285 => (29, size - 29, 1),
            < 65821 => (30, size - 285, 2),
            _ => (31, size - 65821, 3),
        };
        to.WriteByte((byte)((type < 8 ? type << 5 : 0) | inControl));
        if (type >= 8) to.WriteByte((byte)(type - 7));
        for (int i = moreBytes - 1; i >= 0; i--)
            to.WriteByte((byte)(more >> (8 * i)));
    }

    private void WritePointer(MemoryStream to, int target)
    {
        int bytes = Math.Max(PointerBytesMin, target switch { < 2048 => 1, < 526336 => 2, < 134744064 => 3, _ => 4 });
        int number = target - bytes switch { 2 => 2048, 3 => 526336, _ => 0 };
        if (number < 0) throw new ArgumentException($"{target} is too small for a pointer of {bytes} bytes", nameof(target));
        to.WriteByte((byte)((1 << 5) | ((bytes - 1) << 3) | (bytes == 4 ? 0 : number >> (8 * bytes))));
        for (int i = bytes - 1; i >= 0; i--)
            to.WriteByte((byte)(number >> (8 * i)));
    }

    /// <summary>A value that stands elsewhere, with a pointer here.</summary>
    internal sealed record Shared(object Value);

    /// <summary>Bytes as they stand.</summary>
    internal sealed record Raw(params byte[] Bytes);
}
