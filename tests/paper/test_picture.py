"""Pictures say what their figures say, and nothing else gets into them. 图示"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from yingbao.paper.picture import Line, Mark, curve, portions, steps

FIRST, LAST = date(2019, 9, 1), date(2019, 12, 20)
SPACES = {"s": "http://www.w3.org/2000/svg"}


def drawn(lines: list[Line], **more: object) -> etree._Element:
    values = {"title": "参保进度", "first": FIRST, "last": LAST} | more
    return etree.fromstring(curve(lines, **values).encode())


def points_of(picture: etree._Element, kind: str) -> list[tuple[float, float]]:
    (line,) = picture.xpath(f"//s:polyline[@class='{kind}']", namespaces=SPACES)
    pairs = (pair.split(",") for pair in line.get("points").split())
    return [(float(x), float(y)) for x, y in pairs]


@given(st.integers(0, 10**9))
def test_an_axis_has_few_round_steps_and_reaches_over_the_highest_value(highest: int) -> None:
    ticks = steps(highest)
    assert ticks[0] == 0
    assert ticks[-1] >= highest
    assert 2 <= len(ticks) <= 6
    assert ticks[-2] < max(highest, 1)
    assert str(ticks[1]).rstrip("0") in {"1", "2", "5"}


@given(st.lists(st.integers(0, 200_000), min_size=2, max_size=110))
def test_more_heads_are_drawn_higher_and_later_days_further_right(heads: list[int]) -> None:
    points = points_of(drawn([Line("本年", list(enumerate(heads)))]), "now")
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    for (_, y), (_, next_y), one, another in zip(points, points[1:], heads, heads[1:], strict=False):
        assert (next_y <= y) if another >= one else (next_y >= y)


def test_last_years_line_is_told_apart_without_colours() -> None:
    picture = drawn([Line("本年", [(0, 5), (9, 60)]), Line("上年", [(0, 3), (110, 70)], kind="before")])
    now, before = (picture.xpath(f"//s:polyline[@class='{kind}']", namespaces=SPACES)[0] for kind in ("now", "before"))
    assert now.get("stroke-dasharray") is None
    assert before.get("stroke-dasharray")


def test_a_day_that_matters_stands_where_its_day_is_and_only_if_it_is_drawn() -> None:
    picture = drawn(
        [Line("本年", [(0, 1), (110, 2)])],
        marks=[Mark(LAST, "截止"), Mark(LAST + timedelta(days=1), "以后")],
    )
    (line,) = picture.xpath("//s:line[@class='mark']", namespaces=SPACES)
    assert float(line.get("x1")) == points_of(picture, "now")[-1][0]
    assert "截止" in "".join(picture.itertext())
    assert "以后" not in "".join(picture.itertext())


def test_a_name_is_never_read_as_markup_in_a_picture() -> None:
    picture = drawn([Line("<script>1</script>&", [(0, 1)])], title='"><script>')
    assert not picture.xpath("//s:script", namespaces=SPACES)
    assert picture.get("aria-label") == '"><script>'
    assert "<script>1</script>&" in "".join(picture.itertext())


def test_a_picture_without_any_figure_yet_is_still_a_picture() -> None:
    assert drawn([Line("本年", [])]).get("role") == "img"


def test_a_curve_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends after it begins"):
        curve([], title="", first=LAST, last=FIRST)


@given(st.lists(st.integers(0, 10_000_000), min_size=1, max_size=8))
def test_parts_of_a_bar_lie_side_by_side_and_never_outside_of_it(heads: list[int]) -> None:
    picture = etree.fromstring(portions([(f"part{n}", each) for n, each in enumerate(heads)], sum(heads)))
    bars = picture.xpath("//s:rect[@class!='rest']", namespaces=SPACES)
    assert len(bars) == sum(each > 0 for each in heads)
    at = 0.0
    for bar in bars:
        assert float(bar.get("x")) == pytest.approx(at, abs=0.1)
        at += float(bar.get("width"))
    assert at <= 100.2
