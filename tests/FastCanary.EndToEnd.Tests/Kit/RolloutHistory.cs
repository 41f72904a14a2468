using System.Text.Json;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>
/// A rollout as its journal tells it, entry by entry, by rules that are much simpler than the program's: a decision says where it stands, looks add up, and an attempt that begins anew forgets them.
/// With each <c>begin</c> behind the first one a process says with what it goes on: it has to be just that.
/// </summary>
internal sealed class RolloutHistory(string service)
{
    private readonly List<string> _commands = [];
    private readonly List<RolloutPlace> _places = [];
    private long _lastN;

    public string Service => service;

    /// <summary>Where it stands.</summary>
    public RolloutPlace Place { get; private set; } = new("Idle", 0, 0);

    /// <summary>The canary's requests in its evidence.</summary>
    public long CanaryRequests { get; private set; }

    /// <summary>The most that they were since <see cref="Forget"/>.</summary>
    public long CanaryRequestsMost { get; private set; }

    /// <summary>How many processes began with it.</summary>
    public int Begun { get; private set; }

    /// <summary>The commands since <see cref="Forget"/>, oldest first.</summary>
    public IReadOnlyList<string> Commands => _commands;

    /// <summary>Where it stood since <see cref="Forget"/>, then included, oldest first.</summary>
    public IReadOnlyList<RolloutPlace> Places => _places;

    /// <summary>What was is over; only where it stands stays.</summary>
    public void Forget()
    {
        _commands.Clear();
        _places.Clear();
        _places.Add(Place);
        CanaryRequestsMost = CanaryRequests;
    }

    /// <summary>Takes the entries that are new.</summary>
    public void Take(IEnumerable<JournalEntry> entries)
    {
        foreach (var entry in entries.Where(entry => entry.N > _lastN && entry.Service == service)) Take(entry);
    }

    private void Take(JournalEntry entry)
    {
        _lastN = entry.N;
        switch (entry.Kind)
        {
            case "begin":
                var state = entry.Body.GetProperty("state");
                var begun = new RolloutPlace(state.Text("phase"), (int)state.Number("step") + 1, (int)state.Number("canaryBasisPoints"));
                Assert.True(begun == Place, $"entry {entry.N}: {service} goes on with {begun}, but was at {Place}");
                var requests = state.Number("evidence", "canary", "n");
                Assert.True(requests == CanaryRequests, $"entry {entry.N}: {service} goes on with {requests} requests of the canary, but there were {CanaryRequests}");
                Begun++;
                break;
            // While it is taken back there is nothing to be decided on evidence.
            case "observation" when Place.Phase != "Aborting":
                foreach (var counts in entry.Body.GetProperty("counts").EnumerateArray()) CanaryRequests += counts.Number("canary", "n");
                CanaryRequestsMost = Math.Max(CanaryRequestsMost, CanaryRequests);
                break;
            case "command":
                var verb = entry.Body.Text("verb");
                _commands.Add(verb);
                if (verb is "Start" or "Retry" || (verb == "SetShare" && Place.Phase == "Promoted")) CanaryRequests = 0;
                break;
            case "decision":
                var weights = entry.Body.GetProperty("to").EnumerateObject().Select(static weight => (weight.Name, weight.Value.GetInt64()));
                Place = new RolloutPlace(entry.Body.Text("phase"), (int)entry.Body.Number("step"), Json.CanaryBasisPoints(weights));
                _places.Add(Place);
                break;
        }
    }
}
