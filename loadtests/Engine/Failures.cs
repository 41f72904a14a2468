namespace FastCanary.LoadTests.Engine;

/// <summary>The names of what can go wrong with a request, as reports count them. A status that was not expected is named by its number.</summary>
internal static class Failures
{
    public const string Connect = "connect";
    public const string Reset = "reset";
    public const string Closed = "closed before the end";
    public const string TimeOut = "time-out";
    public const string Malformed = "malformed answer";
    public const string NotSent = "not sent";
    public const string Content = "wrong content";

    private static readonly string[] Statuses = [.. Enumerable.Range(0, 1000).Select(status => $"status {status}")];

    /// <summary>The name of an unexpected status.</summary>
    public static string Status(int status) => Statuses[status];
}
