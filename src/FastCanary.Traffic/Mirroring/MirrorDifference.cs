namespace FastCanary.Traffic;

/// <summary>One difference between a mirrored response and the user's, for people to read. It holds no value of a header, no query and nothing of a body but member names.</summary>
/// <param name="Method">The request's method.</param>
/// <param name="Path">The request's path without its query, cut off where it is long.</param>
/// <param name="Kind">In what they differ.</param>
/// <param name="Verdict">What the difference is.</param>
/// <param name="UserStatus">The status that the user got.</param>
/// <param name="MirroredStatus">The status of the mirrored version.</param>
/// <param name="Where">The header's name, the first JSON path that differs, or <c>byte N</c>, from 0; empty where the status differs.</param>
public sealed record MirrorDifference(string Method, string Path, MirrorDifferenceKind Kind, MirrorVerdict Verdict, int UserStatus, int MirroredStatus, string Where);
