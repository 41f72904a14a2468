using System.Buffers;
using System.Text.Json;
using FastCanary.Release;

namespace FastCanary.Control;

/// <summary>What outlives the process: the journal, and the state that spares reading all of it. Without a folder both live in memory. Any thread.</summary>
internal sealed class ReleaseStore : IDisposable
{
    private readonly Journal _journal;
    private readonly StateFile _state;
    private readonly string _folder;

    /// <param name="config">Where, and how much; null: in memory.</param>
    /// <exception cref="IOException">The folder cannot be used, or another process uses it.</exception>
    public ReleaseStore(StateConfig? config)
        : this(config, Disk.Instance, TimeProvider.System)
    {
    }

    /// <param name="config">As above.</param>
    /// <param name="disk">Is written to.</param>
    /// <param name="clock">Names what is kept of damaged files.</param>
    internal ReleaseStore(StateConfig? config, IDisk disk, TimeProvider clock)
    {
        _folder = config?.Path ?? "";
        JournalOptions options = config is null ? new JournalOptions() : new JournalOptions { SizeBytesMax = config.Journal.FileBytes, FilesMax = config.Journal.Files };
        _journal = FastCanary.Control.Journal.Open(config?.Path, options, disk, out JournalRecovery recovery);
        Recovery = recovery;
        _state = StateFile.Open(config?.Path, disk, clock);
    }

    /// <summary>How the journal was found.</summary>
    public JournalRecovery Recovery { get; }

    /// <summary>The file that the journal is appended to.</summary>
    public string JournalPath => new JournalFiles(_folder).Live;

    /// <summary>The number of the next entry.</summary>
    public long NextN => _journal.LastN + 1;

    /// <summary>A decision as the journal has it.</summary>
    public static byte[] Json(DecisionReport report)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
            ReportWriter.Write(writer, report);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Adds a look.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Append(string service, Observation look) => Append(look.At, ReplayRecord.Observation, service, JsonSerializer.SerializeToUtf8Bytes(look, ReleaseJson.Default.Observation));

    /// <summary>Adds what was asked for.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Append(string service, RolloutCommand command) => Append(command.At, ReplayRecord.Command, service, JsonSerializer.SerializeToUtf8Bytes(command, ReleaseJson.Default.RolloutCommand));

    /// <summary>Adds with what a rollout goes on from here.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Append(string service, RolloutBegin begin, DateTimeOffset at) => Append(at, ReplayRecord.Begin, service, JsonSerializer.SerializeToUtf8Bytes(begin, ReleaseJson.Default.RolloutBegin));

    /// <summary>Adds a decision.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Append(DecisionReport decision, DateTimeOffset at) => Append(at, ReplayRecord.Decision, decision.Service, Json(decision));

    /// <exception cref="IOException">It is not on the disk.</exception>
    public void Sync() => _journal.Sync();

    /// <exception cref="IOException">It could not be written.</exception>
    public void Save(SavedState state)
    {
        _journal.Sync();
        _state.Write(JsonSerializer.SerializeToUtf8Bytes(state, SavedJson.Default.SavedState), _journal.LastN);
    }

    /// <summary>Reads what was saved.</summary>
    /// <param name="state">Null where there is none.</param>
    /// <param name="journalN">The last entry that is in it.</param>
    /// <returns>Why what is there cannot be trusted; null where it can.</returns>
    public string? Load(out SavedState? state, out long journalN)
    {
        state = null;
        StateFileRecovery found = _state.Read(out byte[] body, out journalN);
        if (Recovery.Fault is { } fault)
            return $"the journal is damaged: {fault}";
        switch (found.Condition)
        {
            case StateFileCondition.Missing:
                return _journal.LastN == 0 ? null : $"there is a journal of {_journal.LastN} entries, but no {Path.Combine(_folder, StateFile.Name)}";
            case StateFileCondition.Damaged:
                return found.Reason;
        }

        if (journalN > _journal.LastN)
            return $"the state is of journal entry {journalN}, but {JournalPath} ends with {_journal.LastN}";
        try
        {
            state = JsonSerializer.Deserialize(body, SavedJson.Default.SavedState);
            return state is null ? "the state file is empty" : null;
        }
        catch (JsonException unreadable)
        {
            return $"the state file cannot be understood: {unreadable.Message}";
        }
    }

    /// <summary>Entries from a number on, oldest first.</summary>
    public IEnumerable<JournalEntry> Read(long fromN) => _journal.Read(fromN);

    /// <summary>A service's last decisions, newest first. What they rest on is in the files.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Last(string service, int limit) => [.. _journal.Last(service, limit, ReplayRecord.Decision).Select(entry => entry.Line)];

    public void Dispose() => _journal.Dispose();

    private void Append(DateTimeOffset at, string kind, string service, byte[] body) => _journal.Append(at, kind, service, body);
}
