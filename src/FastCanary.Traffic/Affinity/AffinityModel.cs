using System.Text;
using FastCanary.Http;

namespace FastCanary.Traffic;

/// <summary>By what a service's users stay on a version. Immutable; shared by all loops.</summary>
/// <param name="source">Where the key is.</param>
/// <param name="name">The name of the field, cookie or parameter; empty for <see cref="AffinityKeySource.ClientIp"/>.</param>
/// <param name="salt">What decides who is moved first.</param>
/// <param name="assign">The cookie that a user without a key is given; null: none is.</param>
public sealed class AffinityModel(AffinityKeySource source, string name, string salt, AffinityCookie? assign)
{
    /// <summary>How long the key of a new user is: 16 random bytes in base64url without padding.</summary>
    public const int NewKeyBytes = RequestIdGenerator.KeyBytes;

    private readonly byte[] _name = Encoding.UTF8.GetBytes(name);
    private readonly ulong _seed = XxHash64.Hash(Encoding.UTF8.GetBytes(salt), seed: 0);

    // Empty where no cookie is assigned, or where the key is that very cookie and has been looked for already.
    private readonly byte[] _assignedName = assign is null || (source == AffinityKeySource.Cookie && assign.Name == name) ? [] : Encoding.UTF8.GetBytes(assign.Name);

    private readonly byte[] _beforeKey = assign is null ? [] : Encoding.UTF8.GetBytes($"Set-Cookie: {assign.Name}=");
    private readonly byte[] _afterKey = assign is null ? [] : Encoding.UTF8.GetBytes(AttributesOf(assign) + "\r\n");

    /// <summary>The cookie that a user without a key is given; null: none is.</summary>
    public AffinityCookie? Assign { get; } = assign;

    /// <summary>Where the key is.</summary>
    public AffinityKeySource Source { get; } = source;

    /// <summary>The name of the field, cookie or parameter.</summary>
    public string Name { get; } = name;

    /// <summary>What decides who is moved first.</summary>
    public string Salt { get; } = salt;

    /// <summary>What <see cref="WriteSetCookie"/> needs for a key of <see cref="NewKeyBytes"/>, in bytes; 0 where no cookie is assigned.</summary>
    public int SetCookieBytesMax => Assign is null ? 0 : _beforeKey.Length + NewKeyBytes + _afterKey.Length;

    /// <summary>The user's key: where the source says, else the cookie that was assigned. Bytes as they were sent, undecoded. No allocation.</summary>
    /// <remarks>
    /// An empty value is no key. Of cookies and parameters the first of the name counts. A field that comes more than once is no key: the origin
    /// may take another of its lines for the user.
    /// </remarks>
    /// <param name="request">The request; the key lies in its bytes.</param>
    /// <param name="key">At least one byte; empty where there is no key.</param>
    public bool TryGetKey(in RequestView request, out ReadOnlySpan<byte> key)
    {
        key = Source switch
        {
            AffinityKeySource.Header => FieldOf(request),
            AffinityKeySource.Cookie => CookieOf(request, _name),
            AffinityKeySource.Query => ParameterOf(request),
            _ => Unmapped(request.ClientAddress),
        };
        if (key.IsEmpty && _assignedName.Length > 0)
            key = CookieOf(request, _assignedName);
        return !key.IsEmpty;
    }

    /// <summary>The user's place in [0, 2^32), for <see cref="AffinitySplit.Pick"/>: the same for the same key and salt, on every machine and in every version.</summary>
    public uint Bucket(ReadOnlySpan<byte> key) => BucketOf(Hash(key));

    /// <summary>The hash of a user's key: its high half is the bucket, its low half tells users apart whatever their version.</summary>
    public ulong Hash(ReadOnlySpan<byte> key) => XxHash64.Hash(key, _seed);

    /// <summary>The bucket that belongs to a <see cref="Hash"/>.</summary>
    public static uint BucketOf(ulong hash) => (uint)(hash >> 32);

    /// <summary>Writes the field line that gives a user a key, its CRLF included, and says how many bytes it took. Only where <see cref="Assign"/> is set.</summary>
    /// <param name="key">What <see cref="RequestIdGenerator.NextKey"/> made, or another key of cookie octets (RFC 6265 section 4.1.1).</param>
    /// <param name="destination">At least <see cref="SetCookieBytesMax"/> bytes for a key of <see cref="NewKeyBytes"/>.</param>
    /// <exception cref="InvalidOperationException">No cookie is assigned.</exception>
    public int WriteSetCookie(ReadOnlySpan<byte> key, Span<byte> destination)
    {
        if (Assign is null)
            throw new InvalidOperationException("This affinity assigns no cookie.");
        _beforeKey.CopyTo(destination);
        key.CopyTo(destination[_beforeKey.Length..]);
        int length = _beforeKey.Length + key.Length;
        _afterKey.CopyTo(destination[length..]);
        return length + _afterKey.Length;
    }

    private static string AttributesOf(AffinityCookie cookie)
    {
        string attributes = $"; Path={cookie.Path}";
        if (cookie.MaxAgeSeconds > 0)
            attributes += $"; Max-Age={cookie.MaxAgeSeconds}";
        if (cookie.Secure)
            attributes += "; Secure";
        if (cookie.HttpOnly)
            attributes += "; HttpOnly";
        return cookie.SameSite == SameSite.Unset ? attributes : $"{attributes}; SameSite={cookie.SameSite}";
    }

    private static ReadOnlySpan<byte> CookieOf(in RequestView request, ReadOnlySpan<byte> name) =>
        CookieFields.TryGet(request.Head, request.Bytes, name, out ReadOnlySpan<byte> value) ? value : default;

    // An IPv4 address inside IPv6 is the same user's as the bare one.
    private static ReadOnlySpan<byte> Unmapped(ReadOnlySpan<byte> address) =>
        address.Length == 16 && IpAddressText.IsMapped(address) ? address[12..] : address;

    private ReadOnlySpan<byte> FieldOf(in RequestView request)
    {
        int line = request.Head.FindField(request.Bytes, _name);
        if (line < 0 || request.Head.FindField(request.Bytes, _name, line + 1) >= 0)
            return default;
        return request.Head.FieldValueAt(line).Of(request.Bytes);
    }

    private ReadOnlySpan<byte> ParameterOf(in RequestView request) =>
        QueryParameters.TryGet(request.Head.Query.Of(request.Bytes), _name, out ReadOnlySpan<byte> value) ? value : default;
}
