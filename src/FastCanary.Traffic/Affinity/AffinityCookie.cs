namespace FastCanary.Traffic;

/// <summary>The cookie that a user without a key is given.</summary>
/// <param name="Name">A token.</param>
/// <param name="Path">Its Path.</param>
/// <param name="Secure">Whether it is sent by https only.</param>
/// <param name="HttpOnly">Whether scripts cannot see it.</param>
/// <param name="SameSite">Its SameSite.</param>
/// <param name="MaxAgeSeconds">Its Max-Age; 0: it lasts as long as the browser's session.</param>
public sealed record AffinityCookie(string Name, string Path, bool Secure, bool HttpOnly, SameSite SameSite, int MaxAgeSeconds);
