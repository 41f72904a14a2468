using System.Text;
using FastCanary.Http;

namespace FastCanary.Traffic;

/// <summary>The address of the client that a request comes from, behind proxies that are trusted to say so.</summary>
public static class ClientAddress
{
    private const int BytesMax = 16;

    /// <summary>
    /// Reads X-Forwarded-For from its right end, where the nearest proxy has written: the first address that is no trusted proxy's is the client's.
    /// What stands left of it anybody may have written. No allocation.
    /// </summary>
    /// <remarks>
    /// A peer that is not trusted is the client. All lines of the field are one list (RFC 9110 section 5.3); empty elements count for nothing. Where every
    /// address is trusted, the leftmost is the client; an element that is no address (<c>unknown</c>, a name) ends the walk at the address before it.
    /// An element may have a port, and an IPv6 address brackets.
    /// </remarks>
    /// <param name="head">A head whose parsing is done.</param>
    /// <param name="bytes">The bytes it was parsed from.</param>
    /// <param name="peer">Who the connection is from (or the PROXY line says it is from): 4 or 16 bytes in network order.</param>
    /// <param name="trusted">Whose X-Forwarded-For is believed.</param>
    /// <param name="destination">At least 16 bytes, apart from <paramref name="peer"/>.</param>
    /// <returns>How many bytes were written, in network order: 4, also for an IPv4 address inside IPv6, or 16.</returns>
    public static int Find(RequestHead head, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> peer, NetworkSet trusted, Span<byte> destination)
    {
        int length = Write(peer, destination);
        if (!trusted.Contains(peer))
            return length;
        Span<byte> address = stackalloc byte[BytesMax];
        for (int line = head.FieldCount - 1; line >= 0; line--)
        {
            if (!IsForwardedFor(head.FieldNameAt(line).Of(bytes)))
                continue;
            ReadOnlySpan<byte> rest = head.FieldValueAt(line).Of(bytes);
            while (!rest.IsEmpty)
            {
                ReadOnlySpan<byte> element = TakeLast(ref rest);
                if (element.IsEmpty)
                    continue;
                int read = IpAddressText.ParseWithPort(element, address);
                if (read == 0)
                    return length;
                length = Write(address[..read], destination);
                if (!trusted.Contains(destination[..length]))
                    return length;
            }
        }
        return length;
    }

    private static bool IsForwardedFor(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> forwardedFor = "x-forwarded-for"u8;
        return name.Length == forwardedFor.Length && Ascii.EqualsIgnoreCase(name, forwardedFor);
    }

    // Takes the list's last element off, without the white space around it.
    private static ReadOnlySpan<byte> TakeLast(ref ReadOnlySpan<byte> list)
    {
        int comma = list.LastIndexOf((byte)',');
        ReadOnlySpan<byte> element = list[(comma + 1)..].Trim(" \t"u8);
        list = comma < 0 ? default : list[..comma];
        return element;
    }

    private static int Write(ReadOnlySpan<byte> address, Span<byte> destination)
    {
        if (address.Length == BytesMax && IpAddressText.IsMapped(address))
            address = address[12..];
        address.CopyTo(destination);
        return address.Length;
    }
}
