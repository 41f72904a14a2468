using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace FastCanary.Proxy.Tests.Soak;

/// <summary>Collects what goes out and sends it in pieces whose borders the caller decides.</summary>
internal sealed class SoakSender(Socket socket)
{
    private readonly byte[] _buffer = new byte[64 << 10];
    private int _length;

    /// <summary>Bytes sent so far.</summary>
    public long Sent { get; private set; }

    public SoakSender Text(string text)
    {
        if (_buffer.Length - _length < text.Length) Flush();
        _length += Encoding.Latin1.GetBytes(text, _buffer.AsSpan(_length));
        return this;
    }

    /// <summary>Bytes of a body, from <paramref name="at"/> on.</summary>
    public SoakSender Pattern(ulong key, long at, int count)
    {
        while (count > 0)
        {
            if (_length == _buffer.Length) Flush();
            var taken = Math.Min(count, _buffer.Length - _length);
            SoakPattern.Fill(_buffer.AsSpan(_length, taken), key, at);
            _length += taken;
            at += taken;
            count -= taken;
        }

        return this;
    }

    /// <summary>The bytes from 0 to <paramref name="count"/> of a body in chunks, without its end.</summary>
    public SoakSender Chunks(ulong key, int count, int chunkMin, int chunkMax, int flushOneIn, SoakRandom random)
    {
        for (var at = 0; at < count;)
        {
            var chunk = Math.Min(count - at, random.Between(chunkMin, chunkMax));
            Text(chunk.ToString("x", CultureInfo.InvariantCulture)).Text("\r\n");
            if (random.OneIn(flushOneIn)) Flush();
            var first = random.Below(chunk + 1);
            Pattern(key, at, first);
            if (random.OneIn(flushOneIn)) Flush();
            Pattern(key, at + first, chunk - first).Text("\r");
            if (random.OneIn(flushOneIn)) Flush();
            Text("\n");
            at += chunk;
        }

        return this;
    }

    /// <exception cref="SocketException">The peer has gone.</exception>
    public void Flush()
    {
        for (var at = 0; at < _length;) at += socket.Send(_buffer, at, _length - at, SocketFlags.None);
        Sent += _length;
        _length = 0;
    }
}
