using System.Net.WebSockets;

namespace FastCanary.LoadTests.Exchanges;

/// <summary>A message whose echo is awaited.</summary>
/// <param name="number">Of its pattern.</param>
/// <param name="bytes">How long it is.</param>
/// <param name="isText">Whether it is sent as text.</param>
internal sealed class WebSocketMessage(long number, long bytes, bool isText)
{
    private readonly TaskCompletionSource _echoed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Number => number;

    public long Bytes => bytes;

    public WebSocketMessageType Type => isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary;

    public BodyPattern Pattern => new(number, isText);

    /// <summary>Ends when the echo is there and right.</summary>
    public Task Echoed => _echoed.Task;

    public void Complete() => _echoed.TrySetResult();

    public void Fail(Exception e) => _echoed.TrySetException(e);

    public override string ToString() => $"{Type} message of {bytes} bytes (pattern {number})";
}
