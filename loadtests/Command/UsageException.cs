namespace FastCanary.LoadTests.Command;

/// <summary>The command line is wrong; the message says what, and what would be right.</summary>
internal sealed class UsageException(string message) : Exception(message);
