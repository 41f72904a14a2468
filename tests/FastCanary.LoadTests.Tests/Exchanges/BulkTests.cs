using System.Net;
using System.Net.Sockets;
using System.Text;
using FastCanary.LoadTests.Engine;
using FastCanary.LoadTests.Exchanges;
using FastCanary.LoadTests.Stage;
using FastCanary.LoadTests.Tests.Support;

namespace FastCanary.LoadTests.Tests.Exchanges;

public sealed class BulkTests : IDisposable
{
    private const int Length = 300_000;
    private const int Middle = 100_000;

    private readonly BulkOrigin _origin = new(new IPEndPoint(IPAddress.Loopback, 0));

    public static TheoryData<string, long> Kinds
    {
        get
        {
            var kinds = new TheoryData<string, long>();
            foreach (string framing in Enum.GetNames<BulkFraming>())
                foreach (long bytes in (long[])[0, 1, 65_535, 65_536, 65_537, (5 << 20) + 3]) kinds.Add(framing, bytes);
            return kinds;
        }
    }

    public static TheoryData<string, RelayFault> Faults
    {
        get
        {
            var faults = new TheoryData<string, RelayFault>();
            foreach (string framing in Enum.GetNames<BulkFraming>())
                foreach (RelayFault fault in (RelayFault[])[RelayFault.Flip, RelayFault.Lose, RelayFault.Double, RelayFault.Truncate, RelayFault.Reset]) faults.Add(framing, fault);
            return faults;
        }
    }

    public void Dispose() => _origin.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_body_arrives_in_each_framing(string name, long bytes)
    {
        var framing = Enum.Parse<BulkFraming>(name);
        using var client = new BulkClient(_origin.Address, "bulk.test");
        for (int number = 0; number < 3; number++)
            Assert.Equal(StepOutcome.Success(bytes), await client.TransferAsync(new(framing, bytes, number), TestContext.Current.CancellationToken));
        Assert.Equal(framing is BulkFraming.UploadLength or BulkFraming.UploadChunked ? 3 * bytes : 0, _origin.BytesChecked);
        _origin.ThrowFault();
    }

    [Fact]
    public async Task Through_a_relay_that_does_nothing_wrong_all_is_well()
    {
        foreach (BulkFraming framing in Enum.GetValues<BulkFraming>()) Assert.Null(await FailureAsync(RelayFault.None, new(framing, Length, 1)));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Whatever_a_broken_relay_does_to_a_body_is_a_failure(string name, RelayFault fault)
    {
        var framing = Enum.Parse<BulkFraming>(name);
        string? failure = await FailureAsync(fault, new(framing, Length, 1));
        Assert.NotNull(failure);
        if (IsSeenInContent(fault, framing)) Assert.Equal(Failures.Content, failure);
        Assert.Equal(0, _origin.BytesChecked);
        _origin.ThrowFault();
    }

    [Fact]
    public async Task A_body_of_another_number_is_a_failure()
    {
        // The endpoint is told one pattern and gets another.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_origin.Address, TestContext.Current.CancellationToken);
        byte[] content = new byte[100];
        new BodyPattern(2).Fill(0, content);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"PUT {new BulkTransfer(BulkFraming.UploadLength, 100, 1).Target} HTTP/1.1\r\nContent-Length: 100\r\n\r\n"));
        await socket.SendAsync(content);
        byte[] answer = new byte[1000];
        var text = new StringBuilder();
        while (!text.ToString().EndsWith("wrong", StringComparison.Ordinal) && await socket.ReceiveAsync(answer) is > 0 and var read) text.Append(Encoding.ASCII.GetString(answer, 0, read));
        Assert.EndsWith("byte 0 of 100 is wrong", text.ToString());
    }

    [Theory]
    [InlineData(nameof(BulkFraming.DownloadLength))]
    [InlineData(nameof(BulkFraming.UploadLength))]
    public async Task A_receiver_that_stalls_gets_all_of_it_in_the_end(string name)
    {
        var framing = Enum.Parse<BulkFraming>(name);
        using var client = new BulkClient(_origin.Address, "bulk.test", silenceSecondsMax: 20);
        long began = Environment.TickCount64;
        await client.TransferAsync(new(framing, 40 << 20, 5, StallMs: 400), TestContext.Current.CancellationToken);
        Assert.True(Environment.TickCount64 - began >= 390);
    }

    [Fact]
    public async Task Another_request_is_answered_with_200()
    {
        using HttpMessageInvoker http = Http.To(_origin.Address);
        using HttpResponseMessage answer = await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, "http://bulk.test/"), TestContext.Current.CancellationToken);
        Assert.Equal("ok", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    // Not in chunks: it may be in a chunk's size.
    private static bool IsSeenInContent(RelayFault fault, BulkFraming framing) =>
        fault == RelayFault.Flip && framing is BulkFraming.DownloadLength or BulkFraming.DownloadUntilClose or BulkFraming.UploadLength;

    private async Task<string?> FailureAsync(RelayFault fault, BulkTransfer transfer)
    {
        using var relay = new Relay(_origin.Address, fault, transfer.IsUpload, Middle);
        // Only where a byte is missing there is a silence to wait for: elsewhere it would be the machine's.
        using var client = new BulkClient(relay.Address, "bulk.test", silenceSecondsMax: fault == RelayFault.None || IsSeenInContent(fault, transfer.Framing) ? 30 : 1);
        try
        {
            await client.TransferAsync(transfer, TestContext.Current.CancellationToken);
            return null;
        }
        catch (Exception e) when (Failures.Of(e) is { } failure)
        {
            return failure;
        }
    }
}
