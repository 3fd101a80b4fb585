"""A chart of the last days as SVG: made here, so that a browser needs nothing for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

WIDTH, HEIGHT = 720, 170
LEFT, BOTTOM, TOP = 34, 24, 8


@dataclass(frozen=True)
class Day:
    """One day: returns that were begun, and records and acts that were written."""

    on: date
    begun: int
    written: int


@dataclass(frozen=True)
class Bar:
    """One bar, in the picture's own units."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    about: str


def days_chart(days: Sequence[Day]) -> Markup:
    """Two bars a day, a scale on the left, and a few dates below."""
    most = _round_up(max((max(one.begun, one.written) for one in days), default=0))
    plot_height, step = HEIGHT - BOTTOM - TOP, (WIDTH - LEFT) / max(len(days), 1)
    picture = [_scale(most, plot_height)]
    for n, one in enumerate(days):
        x = LEFT + n * step
        for offset, number, kind, word in (
            (0.12, one.begun, "bar-other", "new"),
            (0.5, one.written, "bar-done", "written"),
        ):
            tall = plot_height * number / most
            bar = Bar(
                x + offset * step, TOP + plot_height - tall, step * 0.36, tall, kind, f"{one.on}: {number} {word}"
            )
            picture.append(_bar(bar))
        if n % 7 == 0:
            text = Markup('<text x="{:.1f}" y="{}">{}</text>')
            picture.append(text.format(x + step * 0.12, HEIGHT - 8, f"{one.on:%d %b}"))
    begun, written = sum(one.begun for one in days), sum(one.written for one in days)
    said = f"In {len(days)} days {begun} returns were new and {written} records and acts were written."
    head = Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(WIDTH, HEIGHT, said)
    return head + Markup("").join(picture) + Markup("</svg>")


def _bar(bar: Bar) -> Markup:
    if bar.height <= 0:
        return Markup("")
    shape = Markup(
        '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="1"><title>{}</title></rect>'
    )
    return shape.format(bar.kind, bar.x, bar.y, bar.width, bar.height, bar.about)


def _scale(most: int, plot_height: float) -> Markup:
    lines = []
    for share in (0.0, 0.5, 1.0):
        y = TOP + plot_height * (1 - share)
        kind = "rule" if share else "axis"
        line = Markup('<line class="{}" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(kind, LEFT, WIDTH, y, y)
        value = most * share
        text = Markup('<text x="{}" y="{:.1f}" text-anchor="end">{}</text>').format(LEFT - 6, y + 4, f"{value:g}")
        lines.append(line + text)
    return Markup("").join(lines)


def _round_up(number: int) -> int:
    """The next number that a scale may end with."""
    size = 1
    while size * 10 <= number:
        size *= 10
    return next(step * size for step in (2, 4, 6, 8, 10, 20) if step * size >= number)
