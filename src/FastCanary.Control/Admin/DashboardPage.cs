namespace FastCanary.Control;

/// <summary>What <c>GET /</c> shows. It holds nothing that is worth a token: whatever it shows it asks the API for.</summary>
internal static class DashboardPage
{
    /// <summary>The page.</summary>
    public static AdminAnswer Answer()
    {
        var answer = AdminAnswer.Of(200, "text/html; charset=utf-8", Html);
        answer.AddField("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
        return answer;
    }

    private static ReadOnlySpan<byte> Html =>
        """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>FastCanary</title>
        <style>body { font: 16px/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 40rem; padding: 0 1rem }</style>
        <h1>FastCanary</h1>
        <ul>
        <li><a href="/api/v1/status">Status</a>: services, versions, rollouts</li>
        <li><a href="/metrics">Metrics</a>, for Prometheus</li>
        <li><a href="/readyz">Readiness</a></li>
        </ul>
        </html>

        """u8;
}
