namespace FastCanary.LoadTests.Capacity;

/// <summary>A machine that capacity is estimated for.</summary>
/// <param name="Name">As people call it.</param>
/// <param name="Cores">Cores that FastCanary may use.</param>
/// <param name="MipsPerCore">7-zip's rating of a core while all are busy, in MIPS; null: as the measured machine's.</param>
/// <param name="MemoryGiB">Main memory.</param>
/// <param name="NetworkMbits">What its network carries in each direction, in Mbit/s.</param>
/// <param name="Source">Where the figures are from.</param>
internal sealed record Machine(string Name, int Cores, double? MipsPerCore, double MemoryGiB, double NetworkMbits, string Source)
{
    /// <summary>
    /// Ratings are those of sbc-bench's collected results (github.com/ThomasKaiser/sbc-bench, Sorted-Results.md, "7-zip multi" divided by the cores).
    /// </summary>
    public static IReadOnlyList<Machine> All { get; } =
    [
        new("Raspberry Pi Zero 2 W", 4, 3030 / 4.0, 0.5, 40, "sbc-bench: Raspberry Pi Zero 2, 1000 MHz, 3030 MIPS on 4 cores; 2.4 GHz Wi-Fi of 802.11n with one antenna, in practice"),
        new("Raspberry Pi 4", 4, 5790 / 4.0, 4, 940, "sbc-bench: Raspberry Pi 4 B, 1800 MHz, arm64, 5790 MIPS on 4 cores; Gigabit Ethernet"),
        new("Raspberry Pi 5", 4, 11010 / 4.0, 8, 940, "sbc-bench: Raspberry Pi 5 B, 2400 MHz, 11010 MIPS on 4 cores; Gigabit Ethernet"),
        new("2-core VM", 2, null, 4, 1000, "cores as fast as those of the measured machine; 1 Gbit/s"),
        new("64-core server", 64, 214390 / 80.0, 256, 25_000, "sbc-bench: Ampere Altra Q80-26, 214390 MIPS on 80 cores, 64 of them; 25 Gbit/s"),
    ];
}
