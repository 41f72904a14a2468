"""Small SVG plots, from the standard library alone. The same figures make the same bytes.

GitHub shows an SVG on a white or a black page without telling it which: the background is transparent, the colours are between both.
"""
import math
from xml.sax.saxutils import escape

WIDTH, LEFT, ROW, TOP = 640, 150, 24, 46
TEXT, GRID, OURS, OTHERS = "#737b85", "#8b949e", "#2f81f7", "#8b949e"


def number(value):
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def text(x, y, what, anchor="", size=0, weight=""):
    style = {"text-anchor": anchor, "font-size": size, "font-weight": weight}
    return f'<text x="{x:.1f}" y="{y:.1f}"' + "".join(f' {key}="{value}"' for key, value in style.items() if value) + f">{escape(what)}</text>"


def line(x1, y1, x2, y2, colour=TEXT, opacity=1.0):
    faint = "" if opacity == 1 else f' stroke-opacity="{opacity:g}"'
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{faint}/>'


def page(title, description, height, parts):
    return "\n".join((
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="title description" font-family="system-ui, sans-serif" font-size="12" fill="{TEXT}">',
        f'<title id="title">{escape(title)}</title>', f'<desc id="description">{escape(description)}</desc>',
        text(8, 18, title, size=13, weight="bold"), *parts, "</svg>")) + "\n"


def step_of(highest):
    """The smallest of 1, 2 and 5 times a power of ten that gives at most five steps."""
    power = 10 ** math.floor(math.log10(highest / 5))
    return next(power * factor for factor in (1, 2, 5, 10) if highest / (power * factor) <= 5)


def bars(title, unit, entries):
    """Entries are (name, median, smallest, largest, what stands in for figures, whether it is FastCanary)."""
    highest = max((largest for _, _, _, largest, fault, _ in entries if not fault), default=0)
    if not highest > 0:
        return None
    span, bottom = WIDTH - LEFT - 90, TOP + ROW * len(entries)
    parts, told, step = [text(8, 35, f"{unit}, less is better; median, with the smallest and the largest round", size=11)], [], step_of(highest)
    for tick in range(int(highest / step + 1e-9) + 1):
        x = LEFT + span * tick * step / highest
        parts += [line(x, TOP, x, bottom, GRID, 0.35), text(x, bottom + 15, f"{tick * step:,g}", "middle", 11)]
    for i, (name, middle, smallest, largest, fault, ours) in enumerate(entries):
        y = TOP + ROW * i + ROW / 2
        parts.append(text(LEFT - 8, y + 4, name, "end", weight="bold" if ours else ""))
        if fault:
            parts.append(text(LEFT + 6, y + 4, fault))
            told.append(f"{name}: {fault}")
            continue
        low, end, high = (LEFT + span * value / highest for value in (smallest, middle, largest))
        parts.append(f'<rect x="{LEFT}" y="{y - 7:.1f}" width="{end - LEFT:.1f}" height="14" rx="2" fill="{OURS if ours else OTHERS}" '
                     f'fill-opacity="{0.75 if ours else 0.4:g}"/>')
        parts += [line(low, y, high, y), line(low, y - 4, low, y + 4), line(high, y - 4, high, y + 4), text(high + 6, y + 4, number(middle))]
        told.append(f"{name}: {number(middle)} ({number(smallest)} to {number(largest)})")
    return page(title, f"{unit}. " + "; ".join(told) + ".", bottom + 24, parts)


def latencies(title, entries):
    """Entries are (name, (p50, p99, p99.9), what stands in for figures, whether it is FastCanary), in µs, on a logarithmic axis."""
    values = [value for _, figures, fault, _ in entries if not fault for value in figures]
    if not values or min(values) <= 0:
        return None
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    last = max(last, first + 1)
    span, bottom = WIDTH - LEFT - 190, TOP + ROW * len(entries)
    parts, told = [text(8, 35, "µs from when a request was due, logarithmic, less is better: p50 (ring), p99 (disc), p99.9 (square)", size=11)], []
    place = lambda value: LEFT + span * (math.log10(value) - first) / (last - first)
    for power in range(first, last + 1):
        x = place(10 ** power)
        parts += [line(x, TOP, x, bottom, GRID, 0.35), text(x, bottom + 15, f"{10 ** power:,}", "middle", 11)]
    for i, (name, figures, fault, ours) in enumerate(entries):
        y, colour = TOP + ROW * i + ROW / 2, OURS if ours else OTHERS
        parts.append(text(LEFT - 8, y + 4, name, "end", weight="bold" if ours else ""))
        if fault:
            parts.append(text(LEFT + 6, y + 4, fault))
            told.append(f"{name}: {fault}")
            continue
        half, most, tail = map(place, figures)
        parts += [line(half + 4, y, tail, y, colour), f'<circle cx="{half:.1f}" cy="{y:.1f}" r="4" fill="none" stroke="{colour}" stroke-width="2"/>',
                  f'<circle cx="{most:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>',
                  f'<rect x="{tail - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{colour}"/>',
                  text(WIDTH - 8, y + 4, " / ".join(f"{value:,.0f}" for value in figures), "end")]
        told.append(f"{name}: " + ", ".join(f"{key} {value:,.0f}" for key, value in zip(("p50", "p99", "p99.9"), figures)))
    return page(title, "Microseconds. " + "; ".join(told) + ".", bottom + 24, parts)
