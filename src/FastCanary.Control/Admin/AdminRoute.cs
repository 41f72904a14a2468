namespace FastCanary.Control;

/// <summary>What the admin API is asked for.</summary>
internal enum AdminRoute : byte
{
    /// <summary>No such path.</summary>
    None,

    /// <summary><c>/</c></summary>
    Page,

    /// <summary><c>/healthz</c></summary>
    Health,

    /// <summary><c>/readyz</c></summary>
    Ready,

    /// <summary><c>/metrics</c></summary>
    Metrics,

    /// <summary><c>/api/v1/status</c></summary>
    Status,

    /// <summary><c>/api/v1/services/{s}</c></summary>
    Service,

    /// <summary><c>/api/v1/services/{s}/journal</c></summary>
    Journal,

    /// <summary><c>/api/v1/services/{s}/weights</c></summary>
    Weights,

    /// <summary><c>/api/v1/services/{s}/rollout/{verb}</c></summary>
    Rollout,

    /// <summary><c>/api/v1/reload</c></summary>
    Reload,

    /// <summary><c>/admin/weight</c></summary>
    CanaryShare,
}
