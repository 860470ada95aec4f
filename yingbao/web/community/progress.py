"""How the schools and communities below stand, who has to be called, down to each: counts, never a child. 街道进度

C9 and C11 of the mission: progress against the children who should be covered, and the directory's contacts beside
whoever is behind. A sub-district sees its own; a district all below it, sub-district by sub-district.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yingbao.agents.models import Desk, Organisation, OrganisationKind
from yingbao.cases.models import Case
from yingbao.cases.responsible import Contact, contact_of
from yingbao.declaration.lifecycle import OPEN
from yingbao.declaration.models import Declaration
from yingbao.enrolment import standing
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import policy_of
from yingbao.enrolment.steps import pays_through_school
from yingbao.enrolment.tallying import Figures, by_agent, summed
from yingbao.supervision.curves import curve_of
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.phases import until
from yingbao.web.school.pupils import season_of
from yingbao.web.standing import as_of, counted
from yingbao.web.tax.shared import page_of

AGENTS = (OrganisationKind.SCHOOL, OrganisationKind.COMMUNITY)
NOTHING = Figures()
ROWS_ON_A_PAGE = 30
NO_ROSTER = Text("还没有交花名册", "no roster yet")
TO_REGISTER = Text("{n} 名首次参保待登记", "{n} first-timers to be registered")
TO_CONFIRM = Text("{n} 名待确认", "{n} to be confirmed or declined")
UNPAID = Text("{n} 名已确认未缴费", "{n} confirmed and not paid")
UNDECLARED = Text("已确认 {n} 名，还没有申报", "{n} confirmed, nothing declared")


class Standing(NamedTuple):
    """How one body stands; a sub-district is the sum of what is below it. 进度"""

    organisation: Organisation
    figures: Figures
    bodies: int
    """schools and communities in it; 1 for one of these"""
    without: int
    """of them, without any child listed"""
    children: standing.Standing
    """who should be insured and is not, by reason; also those on a roll whom nobody has listed"""

    @property
    def should(self) -> int:
        """The children who should be covered: on a roll or list, but for those who cannot be. 应保人数"""
        return self.children.should

    @property
    def undecided(self) -> int:
        """Neither confirmed nor declined, though nothing but the agent's word is missing. 待确认"""
        f = self.figures
        return max(0, f.listed - f.confirmed - f.ineligible - f.declined - f.to_register)

    @property
    def unpaid(self) -> int:
        """Confirmed, and not paid, exempt or covered yet. 未缴"""
        return max(0, self.figures.confirmed - self.figures.covered)

    @property
    def missing(self) -> int:
        """Who should be covered and is not paid for. 缺口"""
        return self.children.missing

    @property
    def reasons(self) -> list[tuple[Text, int]]:
        """Why they are missing, in the order of the work. 未参保原因"""
        told = self.children.reasons
        return [(words, told[reason]) for reason, words in standing.MISSING.items() if told.get(reason)]

    @property
    def is_agent(self) -> bool:
        """Whether it is a school or community, and not a sum of some."""
        return self.organisation.kind in AGENTS


class Call(NamedTuple):
    """Whom to call, and why. 催办"""

    standing: Standing
    open: list[tuple[Text, int]]
    """what is missing there, and how many"""
    last: datetime | None
    """when something was last done there"""
    contact: Contact | None

    @property
    def why(self) -> list[Text]:
        """The same in sentences, put together for those that a page shows. 未办原因"""
        return [text.filled(n=n) for text, n in self.open]


@require_GET
@desk(Desk.COMMUNITY)
def progress(request: Seated, pk: int = 0) -> HttpResponse:
    """What is directly below a place, and whom to call; of a school or community, its numbers by reason. 进度"""
    season = season_of(request)
    place = place_of(request, pk)
    policy = policy_of(season)
    context: dict[str, Any] = {
        "place": place, "policy": policy, "season": season,
        "up": place.parent if place.pk != request.appointment.organisation_id else None,
        "declares": pays_through_school(policy), "contact": contact_of(place),
        "overdue": Case.objects.visible_to(request.appointment).overdue(clock.today()).count(),
    } | until(policy, clock.today())  # fmt: skip
    if place.kind in AGENTS:
        filed = Declaration.objects.filter(season=season, organisation=place).order_by("-ordinal").first()
        context |= {
            "counts": counted(season, place), "standing": standings(season, [place])[0], "filed": filed,
            "filed_open": filed is not None and filed.state in OPEN,
            "last": last_activity(season, [place.pk]).get(place.pk),
            "curve": curve_of(season, [place.pk], today=clock.today()),
        }  # fmt: skip
        return render(request, "community/progress_of.html", context)
    rows = below(season, place)
    below_it = Organisation.objects.under([place.pk]).filter(kind__in=AGENTS).values_list("pk", flat=True)
    pages = page_of(request, len(rows), ROWS_ON_A_PAGE)
    shown = rows[pages["first"] : pages["first"] + ROWS_ON_A_PAGE]
    context |= {
        "rows": shown, "total": total(place, rows), "calls": calls(season, shown), **pages,
        "curve": curve_of(season, below_it, today=clock.today()),
    }  # fmt: skip
    return render(request, "community/progress.html", context)


def place_of(request: Seated, pk: int) -> Organisation:
    """A body of the own tree; the own one without a key; else 404. 查阅范围"""
    place = request.appointment.organisation
    if not pk:
        return place
    seen = Organisation.objects.visible_to(request.appointment).filter(
        kind__in=[*AGENTS, OrganisationKind.SUB_DISTRICT, OrganisationKind.DISTRICT]
    )
    found = seen.select_related("parent__parent").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def below(season: Season, place: Organisation) -> list[Standing]:
    """The bodies directly below a place, each with the sum of what is under it, furthest behind first. 下级进度"""
    tree = list(Organisation.objects.under([place.pk]).filter(active=True))
    by_key = {one.pk: one for one in tree} | {place.pk: place}
    for one in tree:  # whose number is asked for above is in the tree itself: joined, each would come four times
        if one.pk != place.pk and one.parent_id in by_key:
            one.parent = by_key[one.parent_id]
    agents = [one for one in tree if one.kind in AGENTS]
    keys = [one.pk for one in agents]
    as_of(season, keys)
    figures, told = by_agent(season, keys), standing.of_bodies(season, keys)
    parents = {one.pk: one.parent_id for one in tree}
    rows: dict[int, list[Organisation]] = {}
    for one in agents:
        rows.setdefault(child_of(place.pk, one.pk, parents), []).append(one)
    children = {one.pk: one for one in tree}
    found = [
        Standing(
            children[key],
            summed(figures.get(one.pk, NOTHING) for one in own),
            len(own),
            sum(1 for one in own if not figures.get(one.pk, NOTHING).listed),
            standing.total(told[one.pk] for one in own if one.pk in told),
        )
        for key, own in rows.items()
        if key in children
    ]
    return sorted(found, key=lambda one: (-one.missing, one.organisation.code))


def child_of(root: int, key: int, parents: dict[int, int | None]) -> int:
    """Which child of a root a body stands under; itself if it is one. 所属下级"""
    while (parent := parents.get(key)) is not None and parent != root:
        key = parent
    return key


def total(place: Organisation, rows: list[Standing]) -> Standing:
    """All rows together. 合计"""
    return Standing(
        place, summed(one.figures for one in rows), sum(one.bodies for one in rows), sum(one.without for one in rows),
        standing.total(one.children for one in rows),
    )  # fmt: skip


def standings(season: Season, places: list[Organisation]) -> list[Standing]:
    """How these schools and communities stand. 进度"""
    keys = [one.pk for one in places]
    as_of(season, keys)
    figures, told = by_agent(season, keys), standing.of_bodies(season, keys)
    found = [(one, figures.get(one.pk, NOTHING), told.get(one.pk, standing.Standing())) for one in places]
    return [Standing(one, own, 1, int(not own.listed), children) for one, own, children in found]


def calls(season: Season, rows: list[Standing]) -> list[Call]:
    """Of the schools and communities directly below, those to call, each with why and since when. 催办名单"""
    declares = pays_through_school(policy_of(season))
    agents = [one for one in rows if one.is_agent]
    last = last_activity(season, [one.organisation.pk for one in agents])
    filed = set(
        Declaration.objects.filter(season=season, organisation__in=[one.organisation.pk for one in agents])
        .exclude(state="discarded")
        .values_list("organisation", flat=True)
    )
    found = []
    for one in agents:
        left = reasons_to_call(one, declares=declares, filed=one.organisation.pk in filed)
        if left:
            found.append(Call(one, left, last.get(one.organisation.pk), contact_of(one.organisation)))
    return found


def reasons_to_call(one: Standing, *, declares: bool, filed: bool) -> list[tuple[Text, int]]:
    """What is missing there, by reason. 未办原因"""
    if not one.figures.listed:
        return [] if one.organisation.kind == OrganisationKind.COMMUNITY else [(NO_ROSTER, 1)]
    told = [
        (TO_REGISTER, one.figures.to_register),
        (TO_CONFIRM, one.undecided),
        (UNPAID, one.unpaid if filed or not declares else 0),
        (UNDECLARED, one.figures.confirmed if declares and not filed else 0),
    ]
    return [(text, n) for text, n in told if n]


def last_activity(season: Season, places: list[int]) -> dict[int, datetime]:
    """When an enrolment of each body last moved. 最近办理"""
    return standing.last_moved(season, places)
