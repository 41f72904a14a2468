using System.Text.Json;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>An entry of a journal, read without the program's own code.</summary>
internal sealed record JournalEntry(long N, string Kind, string Service, JsonElement Body);
