"""Pictures of figures as SVG: one drawing for the page, for print and for a PDF. 图示

Drawn without a script and without an address of anybody else's. Colours stand in the drawing itself, as a PDF reads
them; a page's stylesheet may name others for the same classes. Lines differ in kind and not only in colour. What a
picture shows is told beside it in words or in a table: it has a title, and its parts are hidden from screen readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

import msgspec
from lxml import etree

_SVG = "http://www.w3.org/2000/svg"
_LOOKS: dict[str, dict[str, str]] = {
    "now": {"stroke": "#0c6a5f", "stroke-width": "2.5"},
    "before": {"stroke": "#8a5a00", "stroke-width": "1.8", "stroke-dasharray": "6 4"},
    "whole": {"stroke": "#45565a", "stroke-width": "1.2", "stroke-dasharray": "2 3"},
}
_LINE, _INK = "#d6dcd8", "#1b2829"
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 14, 58, 30
_LETTER = 13
_SHORTEST_LABEL_GAP = 44


class Line(msgspec.Struct, frozen=True):
    """A line of heads over days; `points` are (days since the first day, heads), in order of days. 曲线"""

    name: str
    points: Sequence[tuple[int, int]]
    kind: Literal["now", "before", "whole"] = "now"


class Mark(msgspec.Struct, frozen=True):
    """A day that matters, told above the drawing: the deadline, today. 标记日"""

    day: date
    name: str


def steps(highest: int, *, at_most: int = 5) -> list[int]:
    """Round numbers from 0 to the first that is no less than the highest, for an axis of heads. 刻度

    At most so many steps, each 1, 2 or 5 times a power of ten.
    """
    size = 1
    while size * at_most < highest:
        size = size * 5 // 2 if str(size).startswith("2") else size * 2
    return list(range(0, max(highest, 1) + size, size))[: -(-max(highest, 1) // size) + 1]


def curve(
    lines: Sequence[Line], *, title: str, first: date, last: date, marks: Sequence[Mark] = (), width: int = 720
) -> str:
    """Heads over the days from `first` to `last`, both within. 进度曲线

    Another year's line lies on the same days of its own season. A line ends where its points end.
    Raises ValueError if the last day is before the first.
    """
    if last < first:
        raise ValueError("a curve ends after it begins")
    height = width // 2 if width < 500 else width * 2 // 5
    frame = _Frame(width, height, (last - first).days or 1, steps(max(_highest(lines), 1)))
    root = _root(width, height, title)
    _heads_axis(root, frame)
    _months(root, frame, first, last)
    for row, mark in enumerate(mark for mark in marks if first <= mark.day <= last):
        _mark(root, frame, (mark.day - first).days, mark.name, row=row)
    for line in lines:
        if line.points:
            _draw(root, frame, line)
    _legend(root, lines)
    return _written(root)


def portions(parts: Sequence[tuple[str, int]], whole: int) -> str:
    """One bar for a cell of a table: parts of a whole, side by side, each with the class that it names. 比例条

    A part above zero is never drawn narrower than can be seen. Numbers stand in the cells beside it.
    """
    root = etree.Element("svg", nsmap={None: _SVG})
    _set(root, viewBox="0 0 100 8", preserveAspectRatio="none", aria_hidden="true", focusable="false")
    root.set("class", "portions")
    _shape(root, "rect", "rest", x=0, y=0, width=100, height=8, fill="#e9edee")
    at = 0.0
    for name, heads in parts:
        if heads > 0 and whole > 0:
            wide = min(max(100 * heads / whole, 0.8), 100 - at)
            _shape(root, "rect", name, x=round(at, 2), y=0, width=round(wide, 2), height=8, fill="#0c6a5f")
            at += wide
    return _written(root)


class _Frame(msgspec.Struct, frozen=True):
    """Where days and heads lie on the drawing, in its own units."""

    width: int
    height: int
    days: int
    ticks: list[int]

    def x(self, day: int) -> float:
        return round(_LEFT + (self.width - _LEFT - _RIGHT) * min(max(day, 0), self.days) / self.days, 1)

    def y(self, heads: int) -> float:
        return round(self.height - _BOTTOM - (self.height - _TOP - _BOTTOM) * heads / self.ticks[-1], 1)


def _highest(lines: Sequence[Line]) -> int:
    return max((heads for line in lines for _, heads in line.points), default=0)


def _root(width: int, height: int, title: str) -> etree._Element:
    root = etree.Element("svg", nsmap={None: _SVG})
    _set(root, viewBox=f"0 0 {width} {height}", role="img", aria_label=title, focusable="false")
    root.set("class", "curve")
    return root


def _heads_axis(root: etree._Element, frame: _Frame) -> None:
    for heads in frame.ticks:
        y = frame.y(heads)
        _shape(root, "line", "grid", x1=_LEFT, y1=y, x2=frame.width - _RIGHT, y2=y, stroke=_LINE)
        _text(root, f"{heads:,}", x=_LEFT - 6, y=y + 4, anchor="end")


def _months(root: etree._Element, frame: _Frame, first: date, last: date) -> None:
    """The first day and the firsts of months, as many as have room."""
    shown = -float("inf")
    day = first
    while day <= last:
        x = frame.x((day - first).days)
        if x - shown >= _SHORTEST_LABEL_GAP:
            _text(root, f"{day.month}-{day.day}", x=x, y=frame.height - 10, anchor="middle")
            shown = x
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _mark(root: etree._Element, frame: _Frame, day: int, name: str, *, row: int) -> None:
    # Names of days that lie close stand one above the other.
    y = _TOP - 6 - 15 * (row % 2)
    x = frame.x(day)
    _shape(root, "line", "mark", x1=x, y1=y - 10, x2=x, y2=frame.height - _BOTTOM, stroke="#a3271a", stroke_width=1.2)
    _text(
        root,
        name,
        x=x - 4 if day * 2 > frame.days else x + 4,
        y=y,
        anchor="end" if day * 2 > frame.days else "start",
    )


def _draw(root: etree._Element, frame: _Frame, line: Line) -> None:
    points = " ".join(f"{frame.x(day)},{frame.y(heads)}" for day, heads in line.points)
    _shape(root, "polyline", line.kind, points=points, fill="none", stroke_linejoin="round", **_of(line.kind))
    day, heads = line.points[-1]
    _shape(
        root, "circle", f"end {line.kind}", cx=frame.x(day), cy=frame.y(heads), r=3, fill=_LOOKS[line.kind]["stroke"]
    )


def _legend(root: etree._Element, lines: Sequence[Line]) -> None:
    x = float(_LEFT)
    for line in lines:
        _shape(root, "line", line.kind, x1=x, y1=11, x2=x + 26, y2=11, **_of(line.kind))
        _text(root, line.name, x=x + 32, y=15, anchor="start")
        x += 32 + _LETTER * len(line.name) + 18


def _of(kind: str) -> dict[str, str]:
    return {name.replace("-", "_"): value for name, value in _LOOKS[kind].items()}


def _text(root: etree._Element, words: str, *, x: float, y: float, anchor: str) -> None:
    text = _shape(root, "text", "", x=x, y=y, text_anchor=anchor, font_size=_LETTER, fill=_INK)
    text.text = words


def _shape(root: etree._Element, kind: str, name: str, **values: object) -> etree._Element:
    shape = etree.SubElement(root, kind)
    if name:
        shape.set("class", name)
    if kind == "text":
        shape.set("aria-hidden", "true")
    _set(shape, **values)
    return shape


def _set(shape: etree._Element, **values: object) -> None:
    kept = {"viewBox", "preserveAspectRatio"}
    for name, value in values.items():
        shape.set(
            name if name in kept else name.replace("_", "-"), f"{value:g}" if isinstance(value, float) else str(value)
        )


def _written(root: etree._Element) -> str:
    svg: str = etree.tostring(root, encoding="unicode")
    return svg
