"""Which school has handed out its letters and what else it did, for who looks after schools: counts only. 发放进度"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from yingbao.agents.models import Desk, Organisation
from yingbao.cases.responsible import Contact, contact_of
from yingbao.enrolment.seasons import policy_of
from yingbao.enrolment.tallying import Figures, by_agent
from yingbao.policy.model import Policy, SeasonPhase
from yingbao.publicity.following import SchoolRow, by_school
from yingbao.publicity.ways import TOPICS, WAYS
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.school.pupils import season_of
from yingbao.web.tax.shared import page_of

PAGE_SIZE = 100
SHOWS = {
    "": Text("全部", "all"),
    "none": Text("还没发信", "no letter yet"),
    "part": Text("发了一部分", "some"),
    "done": Text("已发完", "done"),
    "quiet": Text("没有宣传记录", "no publicity"),
}
"""word of the address → which schools. 筛选"""
CLAUSES = {"letters", "publicity"}


class Line(NamedTuple):
    """One school. 一所学校"""

    school: Organisation
    children: int
    done: SchoolRow
    contact: Contact | None

    @property
    def standing(self) -> str:
        """Whether its letters are out: none, part, done; empty where it has no children yet. 发放情况"""
        if not self.children:
            return ""
        if self.done.has_handed_out(self.children):
            return "done"
        return "part" if self.done.letters else "none"

    @property
    def ways(self) -> list[Text]:
        """What else it did."""
        return [WAYS[one] for one in self.done.ways]

    @property
    def gaps(self) -> list[Text]:
        """About what it told nobody yet."""
        return [text for topic, text in TOPICS.items() if topic not in self.done.topics]


@require_GET
@desk(Desk.COMMUNITY, Desk.AGENCY, Desk.EDUCATION)
def progress(request: Seated) -> HttpResponse:
    """Schools, those behind first. 发放进度"""
    season = season_of(request)
    policy = policy_of(season)
    lines = lines_of(request)
    show = str(request.GET.get("show", ""))
    show = show if show in SHOWS else ""
    kept = [line for line in lines if fits(line, show)]
    pages = page_of(request, len(kept), PAGE_SIZE)
    counted = [line for line in lines if line.children]
    context: dict[str, Any] = {
        "policy": policy, "phases": phases(policy), "today": clock.today(), "lines": lines, "show": show,
        "rows": kept[pages["first"] : pages["first"] + PAGE_SIZE], "counted": len(counted),
        "handed": sum(line.standing == "done" for line in counted),
        "letters": sum(line.done.letters for line in lines), "children": sum(line.children for line in lines),
        "read": sum(line.done.read for line in lines), "quiet": sum(fits(line, "quiet") for line in lines),
        "shows": [{"word": word, "text": text, "n": sum(fits(line, word) for line in lines)}
                  for word, text in SHOWS.items()],
        "channels": [{"text": text, "n": sum(way in line.done.ways for line in lines)} for way, text in WAYS.items()],
        "can_word": request.appointment.desk == Desk.AGENCY, **pages,
    }  # fmt: skip
    return render(request, "letters/progress.html", context)


def lines_of(request: Seated) -> list[Line]:
    """The schools that this desk looks after, those behind first. 学校"""
    season = season_of(request)
    seen = Organisation.objects.visible_to(request.appointment).schools().filter(active=True)
    schools = list(seen.select_related("parent__parent").order_by("code", "pk"))
    keys = [one.pk for one in schools]
    figures, done = by_agent(season, keys), by_school(season, keys)
    lines = [
        Line(one, children_in(figures.get(one.pk, Figures())), done.get(one.pk, SchoolRow()), contact_of(one))
        for one in schools
    ]
    order = {"none": 0, "part": 1, "": 2, "done": 3}
    return sorted(lines, key=lambda line: (order[line.standing], line.done.letters - line.children, line.school.code))


def children_in(figures: Figures) -> int:
    """To whom a school writes: all that are listed but who said no. 应发人数"""
    return max(0, figures.listed - figures.declined)


def fits(line: Line, show: str) -> bool:
    """Whether a filter shows a school. 筛选"""
    if show == "quiet":
        return bool(line.children) and not set(line.done.ways) - {"letter"}
    return not show or line.standing == show


def phases(policy: Policy) -> list[SeasonPhase]:
    """What the notice asks about letters and publicity, and until when. 通知要求"""
    return [one for one in policy.phases if one.id in CLAUSES]


urlpatterns = [path("progress", progress, name="letters-progress")]
