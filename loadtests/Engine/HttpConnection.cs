using System.Net.Sockets;

namespace FastCanary.LoadTests.Engine;

/// <summary>One connection of a load, with at most one request under way.</summary>
internal sealed class HttpConnection(Socket socket, int token, VersionNames versions)
{
    private byte[] _rest = [];

    public Socket Socket { get; } = socket;

    public int Token { get; } = token;

    public AnswerReader Answer { get; } = new(versions);

    /// <summary>Whether a request is under way.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Whether the connection is being opened.</summary>
    public bool IsConnecting { get; set; }

    /// <summary>The number of the request under way.</summary>
    public long Number { get; set; }

    /// <summary>When it was due, in seconds of the load.</summary>
    public double DueAt { get; set; }

    /// <summary>Requests that were answered on it.</summary>
    public int Answered { get; set; }

    /// <summary>Bytes that were received and not read: an unfinished head.</summary>
    public int RestLength { get; private set; }

    /// <summary>What of the request could not be sent yet.</summary>
    public ReadOnlyMemory<byte> Unsent { get; set; }

    public ReadOnlySpan<byte> Rest => _rest.AsSpan(0, RestLength);

    /// <summary>Puts bytes behind the rest.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        if (_rest.Length < RestLength + data.Length) Array.Resize(ref _rest, Math.Max(1024, (RestLength + data.Length) * 2));
        data.CopyTo(_rest.AsSpan(RestLength));
        RestLength += data.Length;
    }

    /// <summary>Keeps this as the rest; it may be a part of the rest itself.</summary>
    public void Keep(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            RestLength = 0;
            return;
        }

        if (_rest.Length < data.Length) _rest = new byte[Math.Max(1024, data.Length * 2)];
        data.CopyTo(_rest);
        RestLength = data.Length;
    }
}
