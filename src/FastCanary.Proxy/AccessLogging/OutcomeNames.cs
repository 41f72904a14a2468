namespace FastCanary.Proxy;

/// <summary>What the access log calls an <see cref="ExchangeOutcome"/>.</summary>
internal static class OutcomeNames
{
    public static ReadOnlySpan<byte> Of(ExchangeOutcome outcome) => outcome switch
    {
        ExchangeOutcome.Completed => "completed"u8,
        ExchangeOutcome.Answered => "answered"u8,
        ExchangeOutcome.RequestRefused => "request_refused"u8,
        ExchangeOutcome.RequestTimedOut => "request_timed_out"u8,
        ExchangeOutcome.ClientGone => "client_gone"u8,
        ExchangeOutcome.ClientStalled => "client_stalled"u8,
        ExchangeOutcome.ConnectFailed => "connect_failed"u8,
        ExchangeOutcome.ConnectTimedOut => "connect_timed_out"u8,
        ExchangeOutcome.ResponseMissing => "response_missing"u8,
        ExchangeOutcome.ResponseTimedOut => "response_timed_out"u8,
        ExchangeOutcome.ResponseMalformed => "response_malformed"u8,
        ExchangeOutcome.ResponseTruncated => "response_truncated"u8,
        ExchangeOutcome.Tunnelled => "tunnelled"u8,
        ExchangeOutcome.QueueFull => "queue_full"u8,
        ExchangeOutcome.QueueTimedOut => "queue_timed_out"u8,
        ExchangeOutcome.FaultInjected => "fault_injected"u8,
        _ => "internal_error"u8,
    };
}
