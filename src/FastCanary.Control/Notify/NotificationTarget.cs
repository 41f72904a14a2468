namespace FastCanary.Control;

/// <summary>Who is told of a service's rollout, and of what.</summary>
/// <param name="Service">The service's name.</param>
/// <param name="Kind">How it is spoken to.</param>
/// <param name="Address">A webhook's address, which is a secret; or Alertmanager's, whose path, if it has one, stands before the API's.</param>
/// <param name="On">Of what it is told.</param>
internal sealed record NotificationTarget(string Service, NotifyTarget Kind, Uri Address, NotificationEvents On)
{
    /// <summary>What a configuration says.</summary>
    /// <param name="service">The service's name.</param>
    /// <param name="config">Without errors: with an address, and with names of events that there are.</param>
    public static NotificationTarget Of(string service, NotifyConfig config) => new(
        service,
        config.Target,
        config.Url!,
        config.On.Aggregate(NotificationEvents.None, static (all, name) => all | Enum.Parse<NotificationEvents>(name, ignoreCase: true)));

    /// <summary>What ends an alert that says that a rollout was aborted.</summary>
    public const NotificationEvents EndAborted = NotificationEvents.Promoted | NotificationEvents.Retried | NotificationEvents.Started;

    /// <summary>What the log calls it: all of the address that is no secret.</summary>
    public string Name => $"{(Kind == NotifyTarget.Webhook ? "webhook" : "alertmanager")} {Address.Scheme}://{Address.Authority}";

    /// <summary>Whether Alertmanager has to be told that the alert for an abort is over.</summary>
    public bool Resolves(NotificationEvents happened) => Kind == NotifyTarget.Alertmanager && On.HasFlag(NotificationEvents.Aborted) && (happened & EndAborted) != 0;

    /// <summary>Whether the target is told of something.</summary>
    public bool Wants(NotificationEvents happened) => (On & happened) != 0 || Resolves(happened);
}
