"""Tables, verdict and plots from the rows of a run. A row is one measurement: a dict as --json writes it."""
import json
import statistics
import sys
from pathlib import Path

import plot

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE, PLOTS = ROOT / "docs/performance.md", ROOT / "docs/plots"
MARKS = {mode: (f"<!-- bench/compare/run {how}--write: begin -->", f"<!-- bench/compare/run {how}--write: end -->")
         for mode, how in (("compare", ""), ("scaling", "--scaling "))}

# What a run is to show: the highest CPU per request beside nginx's, and the rest in verdict() below.
CPU_TARGETS = {"W1": 0.72, "W2": 0.65, "W4": 0.55, "W5": 0.60, "W6": 1.0, "W7": 0.55, "W8": 0.80}
FLOOR_TARGET, IDLE_KIB_TARGET = 1.15, 0.5


class Run:
    """The circumstances of a run and its rows; circumstances["workloads"] maps names to title, idle connections and rate."""

    def __init__(self, circumstances, rows):
        self.about, self.rows = circumstances, rows

    @staticmethod
    def read(path):
        with open(path, encoding="utf-8") as lines:
            first, *rest = map(json.loads, lines)
        if "circumstances" not in first:
            raise SystemExit(f"{path} does not begin with the circumstances of a run")
        return Run(first["circumstances"], rest)

    def of(self, workload, proxy):
        return [row for row in self.rows if row["workload"] == workload and row["proxy"] == proxy]

    def is_noisy(self, row):
        return row.get("noise", 0) > self.about["max_noise"]

    def noise(self, workloads):
        """What is told below a table: which proxies were measured while others used the cores, and how often."""
        rows = [row for row in self.rows if row["workload"] in workloads]
        noisy = [row["proxy"] for row in rows if self.is_noisy(row)]
        told = ", ".join(f"{name} {noisy.count(name)}" for name in dict.fromkeys(noisy))
        return [f"{len(noisy)} of these {len(rows)} measurements ran while other processes used more than {self.about['max_noise']:g} cores, "
                f"and are not to be relied on: {told}.\n"] if noisy else []

    def has_failed(self):
        return any(fault([row]) for row in self.rows)


def fault(rows):
    """What stands in for the figures of rows that have errors: they are no figures."""
    if bad := sum(row.get("bad", 0) for row in rows):
        return f"errors: {bad:,}"
    silent = sum(not row.get("requests") for row in rows)
    return f"nothing measured in {silent} of {len(rows)} rounds" if silent else ""


def median(rows, key):
    return statistics.median(row[key] for row in rows)


def ratios(ours, theirs, key):
    """Formed within each round: slow phases of the machine hit both sides and cancel out."""
    of = {row["round"]: row[key] for row in ours}
    return sorted(of[row["round"]] / row[key] for row in theirs if row["round"] in of and row[key] > 0)


def spread(values, digits=2):
    return f"{statistics.median(values):.{digits}f} ({values[0]:.{digits}f} to {values[-1]:.{digits}f})" if values else ""


def markdown(header, rows, left=1):
    lines = [f"| {' | '.join(header)} |", "|" + "---|" * left + "--:|" * (len(header) - left)]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows]) + "\n"


# ---------------------------------------------------------------- one workload

def workload_section(run, name):
    about = run.about["workloads"][name]
    # The ratios that a workload is about: key of a row, and what the column says.
    compared = [("us", "CPU/request")]
    compared += [("p99", "p99"), ("p999", "p99.9")] if about["rate"] else [("rps", "requests/s")]
    compared += [("idle_kib", "KiB/idle connection")] if about["idle"] else []
    header = ["proxy", "requests/s", "CPU µs/request (min to max)", "core use", "p50 µs", "p99 µs", "p99.9 µs", "peak MiB"]
    header += ["KiB per idle connection"] if about["idle"] else []
    header += [f"FastCanary's {what} to its" for _, what in compared]
    ours, rows = run.of(name, "fastcanary"), []
    for proxy in run.about["proxies"]:
        mine = run.of(name, proxy)
        if not mine:
            continue
        if what := fault(mine):
            rows.append([proxy, what, *["–"] * (len(header) - 2)])
            continue
        us = [row["us"] for row in mine]
        cells = [proxy, f"{median(mine, 'rps'):,.0f}", f"{median(mine, 'us'):.2f} ({min(us):.2f} to {max(us):.2f})", f"{median(mine, 'use'):.0%}"]
        cells += [f"{median(mine, key):,.0f}" for key in ("p50", "p99", "p999")] + [f"{median(mine, 'peak_kib') / 1024:.1f}"]
        cells += [f"{median(mine, 'idle_kib'):.2f}"] if about["idle"] else []
        comparable = proxy != "fastcanary" and ours and not fault(ours)
        rows.append(cells + [spread(ratios(ours, mine, key)) if comparable else "" for key, _ in compared])
    parts = [f"### {name}: {about['title']}\n"]
    parts += [f"![{alt}](plots/{file})\n" for file, alt, drawn in plots_of(run, name) if drawn]
    parts.append(markdown(header, rows))
    return "\n".join(parts + run.noise([name]))


def plots_of(run, name):
    """File, alternative text and SVG of each of a workload's plots; the SVG is None where there is nothing to draw."""
    title, bars, latencies = run.about["workloads"][name]["title"], [], []
    for proxy in run.about["proxies"]:
        if mine := run.of(name, proxy):
            what, us, is_ours = fault(mine), [row["us"] for row in mine], proxy == "fastcanary"
            bars.append((proxy, 0, 0, 0, what, is_ours) if what else (proxy, median(mine, "us"), min(us), max(us), "", is_ours))
            latencies.append((proxy, None if what else [median(mine, key) for key in ("p50", "p99", "p999")], what, is_ours))
    yield f"compare-{name}.svg", f"{name}: CPU µs per request of each proxy", plot.bars(f"{name}: {title}", "CPU µs per request", bars)
    if run.about["workloads"][name]["rate"]:
        yield f"compare-{name}-latency.svg", f"{name}: latency of each proxy", plot.latencies(f"{name}: latency, {title}", latencies)


# ---------------------------------------------------------------- the verdict

def verdict(run):
    rows = []

    def judge(workload, target, peer, value, holds):
        ours, theirs = run.of(workload, "fastcanary"), run.of(workload, peer) if peer else [{"requests": 1}]
        if not ours or not theirs:
            return
        what = next((f"{name}: {of}" for name, of in (("fastcanary", fault(ours)), (peer, fault(theirs))) if of), "")
        values = [] if what else value(ours, theirs)
        result = ("met" if holds(statistics.median(values)) else "**not met**") if values else "no figure"
        noisy = {row["round"] for row in ours + (theirs if peer else []) if run.is_noisy(row)}
        rows.append([workload, target, spread(values, 3) if values else what, result, f"{len(noisy)} of {len(ours)}"])

    def at_most(workload, target, peer, key, highest):
        judge(workload, target, peer, lambda ours, theirs: ratios(ours, theirs, key), lambda ratio: ratio <= highest)

    for name, about in run.about["workloads"].items():
        if name in CPU_TARGETS:
            at_most(name, f"CPU per request at most {CPU_TARGETS[name]:.2f} of nginx's", "nginx", "us", CPU_TARGETS[name])
        if name == "W1":
            at_most(name, f"CPU per request at most {FLOOR_TARGET:.2f} of the null relay's", "null-relay", "us", FLOOR_TARGET)
        if about["idle"]:
            judge(name, f"at most {IDLE_KIB_TARGET:g} KiB of own memory per idle connection", None,
                  lambda ours, _: sorted(row["idle_kib"] for row in ours), lambda kib: kib <= IDLE_KIB_TARGET)
        if rate := about["rate"]:
            judge(name, f"the rate is kept: at least 99 % of {rate:,.0f} requests/s", None,
                  lambda ours, _, rate=rate: sorted(row["rps"] / rate for row in ours), lambda part: part >= 0.99)
            at_most(name, "p99 at most nginx's", "nginx", "p99", 1)
            at_most(name, "p99.9 at most nginx's", "nginx", "p999", 1)
        else:
            for peer, whose in (("nginx", "nginx's"), ("haproxy", "HAProxy's")):
                judge(name, f"requests/s at least {whose}", peer, lambda ours, theirs: ratios(ours, theirs, "rps"), lambda ratio: ratio >= 1)
    if not rows:
        return ""
    met = sum(row[3] == "met" for row in rows)
    return "\n".join((
        "### What it was to show\n",
        f"{met} of {len(rows)} met. \"Measured\" is the median of the rounds, with the smallest and the largest: the ratio to the other proxy in the same "
        "round, or the figure itself (KiB, or the part of the rate).\n",
        markdown(["workload", "target", "measured", "result", "noisy rounds"], rows, left=4)))


# ---------------------------------------------------------------- two loops beside one

def scaling_section(run):
    header = ["workload", "requests/s, one loop", "two loops", "ratio", "CPU µs/request, one loop", "two loops", "ratio", "p99 µs, one loop", "two loops"]
    rows = []
    for name, about in run.about["workloads"].items():
        one, two = run.of(name, "one-loop"), run.of(name, "two-loops")
        if what := fault(one + two):
            rows.append([f"{name}: {about['title']}", what, *["–"] * (len(header) - 2)])
            continue
        cells = [f"{name}: {about['title']}"]
        for key, form in (("rps", ",.0f"), ("us", ".2f")):
            cells += [f"{median(one, key):{form}}", f"{median(two, key):{form}}", spread(ratios(two, one, key))]
        rows.append(cells + [f"{median(one, 'p99'):,.0f}", f"{median(two, 'p99'):,.0f}"])
    return "\n".join([markdown(header, rows), *run.noise(run.about["workloads"])])


# ---------------------------------------------------------------- all of it

def circumstances_list(about):
    lines = [f"- date: {about['date']}; commit: {about['commit']}", f"- kernel: {about['kernel']}; CPU: {about['cpu']}"]
    lines += [f"- {'; '.join(about['versions'])}"] if about["versions"] else []
    lines.append(f"- command: `{about['command']}`")
    lines += [f"- **missing: {name}** ({why})" for name, why in about["missing"].items()]
    return "\n".join(lines) + "\n"


def report(run):
    if run.about["mode"] == "scaling":
        sections = [scaling_section(run)]
    else:
        sections = [verdict(run), *(workload_section(run, name) for name in run.about["workloads"])]
    return "\n".join([circumstances_list(run.about), *filter(None, sections)])


def write(run, text):
    begin, end = MARKS[run.about["mode"]]
    page = PAGE.read_text(encoding="utf-8")
    if page.count(begin) != 1 or page.count(end) != 1:
        sys.exit(f"{PAGE} has no place for the tables: it needs the lines\n{begin}\n{end}")
    if run.about["mode"] == "compare":
        PLOTS.mkdir(exist_ok=True)
        drawn = {file: svg for name in run.about["workloads"] for file, _, svg in plots_of(run, name) if svg}
        for old in PLOTS.glob("compare-*.svg"):
            if old.name not in drawn:
                old.unlink()
        for file, svg in drawn.items():
            (PLOTS / file).write_text(svg, encoding="utf-8")
    PAGE.write_text(f"{page.split(begin)[0]}{begin}\n\n{text}\n{end}{page.split(end)[1]}", encoding="utf-8")
