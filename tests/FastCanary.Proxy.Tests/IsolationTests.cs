using System.Globalization;

namespace FastCanary.Proxy.Tests;

/// <summary>No byte of one exchange reaches another, whatever clients and origins do (docs/laws.md, 2).</summary>
public sealed class IsolationTests
{
    private const int Clients = 200;
    private const int RequestsPerClient = 40;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Two_hundred_unruly_clients_get_only_what_is_theirs(int seed)
    {
        using var origin = new Origin(Misbehave);
        using var world = new World(new WorldOptions { Loops = 2 }, origin);
        var faults = new List<string>();
        var completed = 0;
        var clients = Enumerable.Range(0, Clients).Select(index => new Thread(
            () =>
            {
                try
                {
                    Interlocked.Add(ref completed, RunClient(world.Port, (seed * 100_000) + index));
                }
                catch (Exception e)
                {
                    lock (faults) faults.Add(e.ToString());
                }
            },
            256 << 10)).ToList();
        clients.ForEach(client => client.Start());
        clients.ForEach(client => client.Join());
        Assert.Empty(faults);
        Assert.InRange(completed, Clients * RequestsPerClient / 4, Clients * RequestsPerClient);
        world.AssertNothingLeft();
        // What is left are idle upstream connections, which own nothing.
        Assert.InRange(world.Plane.Connections, 0, Clients);
    }

    private static int RunClient(int port, int seed)
    {
        var random = new Random(seed);
        var completed = 0;
        Wire? wire = null;
        try
        {
            for (var i = 0; i < RequestsPerClient; i++)
            {
                wire ??= Wire.Connect(port);
                wire.Cut = random.Next(4) == 0 ? Cut.Random : Cut.Whole;
                var (isMine, goesOn) = Exchange(wire, string.Create(CultureInfo.InvariantCulture, $"t{seed}-{i}"), random);
                if (isMine) completed++;
                if (goesOn) continue;
                wire.Dispose();
                wire = null;
            }
        }
        finally
        {
            wire?.Dispose();
        }

        return completed;
    }

    private static (bool IsMine, bool GoesOn) Exchange(Wire wire, string token, Random random)
    {
        if (!wire.TrySend(Request(token, random))) return default;
        if (random.Next(20) == 0)
        {
            // Leaves without waiting, in one way or the other.
            if (random.Next(2) == 0) wire.Reset();
            return default;
        }

        var response = Message.ReadResponse(wire);
        while (response is { Status: < 200 }) response = Message.ReadResponse(wire);
        if (response is not { IsComplete: true }) return default;
        if (response.Status == 200 && (response["X-Token"] != token || response.Text.Replace(token + " ", "").Length > 0))
            throw new InvalidDataException($"{token} got {response.Head}{response.Text}");
        return (response.Status == 200, response["Connection"] is null);
    }

    private static string Request(string token, Random random)
    {
        var body = string.Concat(Enumerable.Repeat(token + " ", random.Next(1, random.Next(8) == 0 ? 8000 : 20)));
        var method = (string[])["GET", "POST", "PUT", "DELETE"];
        var head = $"{method[random.Next(4)]} /{token} HTTP/1.1\r\nHost: a.example\r\nX-Token: {token}\r\n";
        if (random.Next(2) == 0) return $"{head}Content-Length: {body.Length}\r\n\r\n{body}";
        var chunks = new System.Text.StringBuilder(head + "Transfer-Encoding: chunked\r\n\r\n");
        for (var at = 0; at < body.Length;)
        {
            var piece = Math.Min(body.Length - at, random.Next(1, 3000));
            chunks.Append(CultureInfo.InvariantCulture, $"{piece:x}\r\n").Append(body, at, piece).Append("\r\n");
            at += piece;
        }

        return chunks.Append("0\r\n\r\n").ToString();
    }

    private static void Misbehave(OriginConnection connection)
    {
        var random = new Random(connection.Index);
        while (connection.ReadRequest() is { IsComplete: true } request)
        {
            var token = request["X-Token"]!;
            var answer = $"HTTP/1.1 200 OK\r\nX-Token: {token}\r\n";
            var body = string.Concat(Enumerable.Repeat(token + " ", random.Next(1, random.Next(8) == 0 ? 8000 : 20)));
            connection.Wire.Cut = random.Next(4) == 0 ? Cut.Random : Cut.Whole;
            switch (random.Next(14))
            {
                case 0:
                    return;
                case 1:
                    connection.Wire.Reset();
                    return;
                case 2:
                    // Truncated.
                    connection.Wire.TrySend($"{answer}Content-Length: {body.Length + 1}\r\n\r\n{body}");
                    return;
                case 3:
                    // Poisoned.
                    connection.Wire.TrySend($"{answer}Content-Length: {body.Length}\r\n\r\n{body}HTTP/1.1 200 OK\r\nX-Token: {token}\r\nContent-Length: 6\r\n\r\nPOISON");
                    break;
                case 4:
                    connection.Wire.TrySend($"{answer}\r\n{body}");
                    return;
                case 5 or 6:
                    connection.Wire.TrySend($"{answer}Transfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n");
                    break;
                case 7:
                    connection.Wire.TrySend($"HTTP/1.1 103 Early Hints\r\nX-Token: {token}\r\n\r\n");
                    connection.Wire.TrySend($"{answer}Content-Length: {body.Length}\r\n\r\n{body}");
                    break;
                default:
                    connection.Wire.TrySend($"{answer}Content-Length: {body.Length}\r\n\r\n{body}");
                    break;
            }
        }
    }
}
