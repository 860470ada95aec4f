"""The insurance agency's first page: what waits today, the season's dates, how the area stands. 医保经办首页"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yingbao.agents.models import Desk, Organisation, OrganisationKind
from yingbao.cases.models import Case
from yingbao.collection import handover
from yingbao.enrolment import rolling_over, tallying
from yingbao.enrolment.models import CorrectionRequest, PolicyProposal, Season
from yingbao.enrolment.seasons import OpenWindow, last_day, policy_of, rests_on_an_older_file, windows
from yingbao.enrolment.standing import MISSING
from yingbao.families.models import DataRequest
from yingbao.spreadsheet.models import AssistedList
from yingbao.supervision.curves import curve_of
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.agency.doubles import KINDS, counts
from yingbao.web.agency.progress import Tree
from yingbao.web.agency.registrations import AT_COMMUNITY, for_us
from yingbao.web.phases import season_of, until, when
from yingbao.web.standing import as_of
from yingbao.web.tax.home import Waits, link
from yingbao.web.tax.shared import area_of, page_of

CHILDREN = Text("名", "children")
SOON_DAYS = 14
ROWS_ON_A_PAGE = 30
LISTING = (OrganisationKind.CIVIL_AFFAIRS, OrganisationKind.UNION_FEDERATION, OrganisationKind.DISABLED_FEDERATION)
"""bodies that send lists of assisted persons"""
BEFORE_THE_CLOSE = Text("截止前办结", "to be settled before the close")
TOO_LATE = Text("过了办理期限的只能答复不予更正", "where the time is over they can only be refused")


@require_GET
@desk(Desk.AGENCY)
def home(request: Seated) -> HttpResponse:
    """The day of an officer at one glance; no single child is shown. 经办首页"""
    today = clock.today()
    try:
        season = season_of(request)
    except Refused:  # none was opened yet
        return render(request, "agency/home_empty.html", {"organisation": request.appointment.organisation})
    policy, tree = policy_of(season), Tree(season)
    under = request.GET.get("under", "")
    at = int(under) if under.isascii() and under.isdigit() and len(under) < 12 else None
    path = tree.path(at) if at is not None else []
    if under and not path:
        raise Http404
    rows = tree.below(at)
    pages = page_of(request, len(rows), ROWS_ON_A_PAGE)
    work = [each for each in waiting(request, season, tree, today) if each.number]
    context: dict[str, Any] = {
        "organisation": request.appointment.organisation, "policy": policy, "season": season,
        **until(policy, today), "work": work,
        "windows": [state_of(window, today) for window in windows(policy)],
        "phases": [{"phase": phase, "when": when(phase, today)} for phase in policy.phases],
        "rows": rows[pages["first"] : pages["first"] + ROWS_ON_A_PAGE], **pages,
        "total": path[-1] if path else tree.total(), "path": path, "as_of": as_of(season),
        "standing": (whole := tree.standing(at)), "at": at,
        "curve": curve_of(season, None if at is None else tree.agents(at), today=today),
        "reasons": [(key, words, whole.reasons[key]) for key, words in MISSING.items() if whole.reasons.get(key)],
        "older": rests_on_an_older_file(season),
    }  # fmt: skip
    return render(request, "agency/home.html", context)


def state_of(window: OpenWindow, today: date) -> dict[str, Any]:
    """A window and whether it is open today. 期限状态"""
    state = "over" if window.last < today else "next" if window.first > today else "now"
    return {"window": window, "state": state, "left": (window.last - today).days}


def waiting(request: Seated, season: Season, tree: Tree, today: date) -> list[Waits]:
    """All that waits for the agency, the most urgent first; also what is empty now. 待办"""
    found = [
        *next_season(season, today), *policy_changes(request), registrations(season), corrections(season, today),
        *requests_of_families(season),
        duplicates(season), cases(request), mismatches(season), *lists(season, tree, today),
        bodies_without_list(season),
        *registrations_elsewhere(season),
    ]  # fmt: skip
    urgency = {"bad": 0, "warn": 1, "accent": 2}
    return sorted(found, key=lambda each: urgency[each.tone])


def next_season(season: Season, today: date) -> list[Waits]:
    """The next year, once it can be opened from this one, and an opening that was cut off."""
    found = rolling_over.due(season.pooling_area, today)
    if found is None:
        return []
    name = Text("下一参保季可以开启", "The next season can be opened")
    said = Text("试算后由本季结转：升级、续保、断保、救助身份", "reckon it, then open it from this one")
    if found.opened_id:
        name = Text("参保季结转没有做完", "Opening the season was cut off")
        said = Text("接着做，不会重复", "go on; nothing is done twice")
    address = reverse("agency-roll-over", args=[int(found.policy.split("/")[1])])
    return [Waits(name, 1, Text("季", "season"), None, said, address, "warn")]


def policy_changes(request: Seated) -> list[Waits]:
    """Changes of policy that wait for this officer's eyes, and one's own that came back."""
    drafted, asked_for = PolicyProposal.State.DRAFT, PolicyProposal.State.ASKED
    mine = ~Q(answer="") & Q(state=drafted, made_by=request.user)
    rows = PolicyProposal.objects.filter(policy__startswith=f"{area_of(request)}/").defer("text", "simulation")
    found = list(rows.filter(mine | Q(state=asked_for) & ~Q(made_by=request.user)).order_by("pk"))
    asked, back = [one for one in found if one.state == asked_for], [one for one in found if one.state == drafted]
    return [
        Waits(name, len(rows), Text("份", "changes"), None, said, to_one(rows), tone)
        for name, rows, said, tone in (
            (Text("政策修订待复核", "Policy changes to look at"), asked,
             Text("起草人以外的人复核后生效", "in force once a second officer agrees"), "warn"),
            (Text("政策修订被退回", "Policy changes sent back"), back,
             Text("修改后再提交", "mend them and hand them in again"), "accent"),
        )
    ]  # fmt: skip


def to_one(rows: list[PolicyProposal]) -> str:
    """Straight to the only one, else to the list."""
    return reverse("agency-proposal", args=[rows[0].pk]) if len(rows) == 1 else reverse("agency-policies")


def registrations(season: Season) -> Waits:
    """First-timers whom a school asks the agency to register (四(二))."""
    said = Text("学校已报送首次参保的孩子", "schools asked for these first-timers")
    return Waits(Text("登记待审核", "Registrations to approve"), for_us(season), CHILDREN, None, said,
                 link("agency-registrations"), "warn")  # fmt: skip


def registrations_elsewhere(season: Season) -> list[Waits]:
    """First-timers who are somebody else's to register: shown, so that nobody is forgotten."""
    due = tallying.registrations_due(season)
    others = sum(count for channel, count in due.items() if channel in AT_COMMUNITY)
    return [
        Waits(Text("等社区登记", "For communities to register"), others, CHILDREN, None,
              Text("首次参保，由户籍地社区登记", "first-timers, registered at the community"),
              link("agency-registrations"), "accent")
    ]  # fmt: skip


def corrections(season: Season, today: date) -> Waits:
    """Requests of agents to put data right (五(一)); nothing is put right once the child's time is over."""
    said = TOO_LATE if last_day(policy_of(season), today).days < 0 else BEFORE_THE_CLOSE
    rows = CorrectionRequest.objects.filter(state=CorrectionRequest.State.OPEN, enrolment__season=season)
    return Waits(Text("更正申请", "Corrections"), rows.count(), Text("件", "requests"), None,
                 said, link("agency-corrections"), "warn")  # fmt: skip


def duplicates(season: Season) -> Waits:
    """Children who stand twice: on two rolls, on two records, in two areas."""
    found = [(KINDS[kind].name, number) for kind, number in counts(season).items() if number]
    said = Text("、".join(f"{name.zh} {number}" for name, number in found),
                ", ".join(f"{name.en.lower()}: {number}" for name, number in found))  # fmt: skip
    number = sum(number for _, number in found)
    return Waits(Text("重复的孩子", "Children who stand twice"), number, CHILDREN, None, said,
                 link("agency-duplicates"), "warn")  # fmt: skip


def cases(request: Seated) -> Waits:
    """Cases and questions that lie with the agency, from here or from another city."""
    waiting = Case.objects.waiting_for(request.appointment.organisation)
    return Waits(Text("个案与问题", "Cases and questions"), waiting.count(), Text("件", "cases"), None,
                 Text("等我们接收、答复", "wait for our answer"), reverse("cases"), "warn")  # fmt: skip


def mismatches(season: Season) -> Waits:
    """Between what is registered and what was declared and paid, as last compared."""
    said = Text("登记与申报、缴费不一致", "registered, declared and paid differ")
    return Waits(Text("与征收比对有差异", "Mismatches with collection"), handover.total(season), CHILDREN, None, said,
                 reverse("agency-declarations"), "accent")  # fmt: skip


def requests_of_families(season: Season) -> list[Waits]:
    """Families who ask to have data erased or exported."""
    open_ones = DataRequest.objects.filter(state="open", pooling_area=season.pooling_area)
    return [
        Waits(Text("家长的数据申请", "Requests about data"), open_ones.count(), Text("件", "requests"), None,
              Text("删除或导出，限期答复", "erase or export; to be answered in time"), link("agency-requests"),
              "warn")
    ]  # fmt: skip


def lists(season: Season, tree: Tree, today: date) -> list[Waits]:
    """Schools without a list, more urgent as the deadline comes near."""
    tone = "bad" if 0 <= last_day(policy_of(season), today).days < SOON_DAYS else "accent"
    return [
        Waits(Text("没有交名单的学校", "Schools without a list"), tree.total().empty, Text("所", "schools"), None,
              Text("请街道催办", "the sub-districts chase them"), f"{reverse('agency-organisations')}?state=empty",
              tone)
    ]  # fmt: skip


def bodies_without_list(season: Season) -> Waits:
    """Bodies whose lists exempt families (四(五)) and that have sent none since the season began."""
    kinds = LISTING if policy_of(season).subsidy_payers else ()  # where nobody pays for a family, nobody lists any
    sent = AssistedList.objects.filter(
        pooling_area=season.pooling_area,
        state=AssistedList.State.COMMITTED,
        as_of__gte=windows(policy_of(season))[0].first,
    )
    bodies = Organisation.objects.filter(pooling_area=season.pooling_area, kind__in=kinds, active=True)
    silent = bodies.exclude(pk__in=sent.values("organisation"))
    every = list(silent.order_by("kind").values_list("name", flat=True))
    names = "、".join(every[:3])
    return Waits(Text("没有送名单的部门", "Bodies without a list"), len(every), Text("家", "bodies"), None,
                 Text(names, names), "", "accent")  # fmt: skip
