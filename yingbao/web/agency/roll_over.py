"""The next season opened from the last: what it would do, the deed with its progress, what is left to do. 参保季结转"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk, OrganisationKind
from yingbao.collection.earlier_years import years_between
from yingbao.collection.mandates_kept import mandates_kept
from yingbao.collection.models import Close
from yingbao.enrolment import after_rolling, confirming, rolling_over, tallying, versions
from yingbao.enrolment.after_rolling import OfBody
from yingbao.enrolment.lifecycle import STATE_NAMES, State
from yingbao.enrolment.models import Season
from yingbao.enrolment.proposing import check_officer
from yingbao.enrolment.rolling_tables import RollOver
from yingbao.enrolment.seasons import SCHOOL_YEAR_BEGINS_IN, school_year_under, windows
from yingbao.enrolment.whereabouts import LISTED, PLACES
from yingbao.jobs import work
from yingbao.jobs.models import Job
from yingbao.people.grades import grade_name, stage_name
from yingbao.people.models import AssistedStatus
from yingbao.policy import terms
from yingbao.policy.model import Policy
from yingbao.spreadsheet.models import Roster
from yingbao.trail.events import note
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.agency.home import state_of
from yingbao.web.front.jobs import UNDER_WAY
from yingbao.web.tax.shared import area_of, tell
from yingbao.web.wall import by_platform

BODIES_SHOWN = 12
AHEAD, DEED = "seasons.look_ahead", "seasons.roll_over"


@require_GET
@desk(Desk.AGENCY)
def roll_over(request: Seated, year: int) -> HttpResponse:
    """The page of one season's opening, whatever stage it is at. 结转页面"""
    return page(request, year)


def found_for(request: Seated, year: int) -> tuple[RollOver, Policy]:
    """The roll-over into the own area's season of a year; 404 where nothing can be opened from anything. 查找"""
    try:
        policy = versions.in_force(f"{area_of(request)}/{year:04}")
    except Refused:
        raise Http404 from None
    found = rolling_over.roll_over_of(policy)
    if found is None:
        raise Http404
    return found, policy


def page(request: Seated, year: int, *, refused: Refused | None = None, status: int = 200) -> HttpResponse:
    """What is known now: nothing, the outlook, how far it is, or what was done. 页面内容"""
    found, policy = found_for(request, year)
    digest, job, today = versions.digest_of(versions.text_in_force(policy.policy)), latest(found), clock.today()
    under_way = job is not None and job.state in UNDER_WAY
    school_year = school_year_under(policy)
    context: dict[str, Any] = {
        "found": found, "policy": policy, "last": versions.policy_at(found.last.policy, found.last.version_id),
        "job": job, "under_way": under_way, "refused": refused, "digest": digest,
        "windows": [state_of(window, today) for window in windows(policy)],
        "fresh": found.outlook is not None and found.outlook_for == digest,
        "unseen": years_between(found.last, policy.plan_year),
        "of_today": rolling_over.is_of_today(found, today),
        "begins": begins if (begins := date(school_year, SCHOOL_YEAR_BEGINS_IN, 1)) > today else None,
        "last_closed": Close.objects.filter(season=found.last, confirmed_at__isnull=False).exists(),
        "seen": rolling_over.mark_of(found, digest), "version": versions.newest(policy.policy),
    }  # fmt: skip
    if request.htmx:
        # Once it is over the whole page is another one.
        if under_way:
            return render(request, "agency/_roll_over_progress.html", context)
        answer = HttpResponse()
        answer["HX-Refresh"] = "true"
        return answer
    if found.opened is None:
        context |= before(found) if found.outlook is not None else {}
    elif found.done_at is not None:
        context |= after(found, found.opened, today)
    return render(request, "agency/roll_over.html", context, status=status)


def latest(found: RollOver) -> Job | None:
    """The last long work for it. 最近任务"""
    rows = Job.objects.filter(task__in=(AHEAD, DEED), arguments__policy=found.policy)
    return rows.order_by("-pk").first()


def before(found: RollOver) -> dict[str, Any]:
    """The outlook in words. 预览内容"""
    told = found.outlook or {}
    places = told.get("places", {})
    return {
        "told": told, "on": date.fromisoformat(told["on"]),
        "listed": sum(places.get(place, 0) for place in LISTED),
        "places": [(words, places[place], place in LISTED) for place, words in PLACES.items() if place in places],
        "enrolled": told.get("statuses", {}).get("enrolled", 0),
        "outside": [(words, told["statuses"][status]) for status, words in terms.STATUSES.items()
                    if status != "enrolled" and told.get("statuses", {}).get(status)],
        "ways": stages_of(told.get("ways", {})),
        "graduates": [(stage_name(stage), heads) for stage, heads in told.get("graduates", {}).items()],
        "lapsed": lapsed_in_words(told.get("lapsed", {})),
        "lapsed_after": [
            (STATE_NAMES[State(state)] if state in set(State) else Text("更早", "earlier"), heads)
            for state, heads in told.get("lapsed_after", {}).items()
        ],
        "listed_now": statuses_now(found.last.pooling_area),
        "mandates": mandates_kept(found.last.pooling_area),
    }  # fmt: skip


def stages_of(ways: dict[str, int]) -> list[dict[str, Any]]:
    """From which grade to which, and how many. 升级去向"""
    rows = []
    for way, heads in ways.items():
        stage, grade, to_stage, to_grade = way.split("/")
        was = grade_name(stage, int(grade) if grade else None)
        rows.append({"was": was, "to": grade_name(to_stage, int(to_grade) if to_grade else None), "heads": heads})
    return rows


def lapsed_in_words(counts: dict[str, int]) -> list[tuple[int, int]]:
    """Years missed in a row → children, the fewest years first. 断保年数"""
    return sorted((int(years), heads) for years, heads in counts.items())


def statuses_now(area: str) -> list[OfBody]:
    """How many statuses each body has in force today, which it is asked to confirm. 待确认身份"""
    held = AssistedStatus.objects.filter(provided_by__pooling_area=area, last__isnull=True)
    return after_rolling.bodies(dict(held.order_by().values_list("provided_by").annotate(Count("pk"))))


def after(found: RollOver, season: Season, today: date) -> dict[str, Any]:
    """What was done, and every list of work that is left. 结果与待办"""
    result = found.result
    places = {place: result.get(f"places/{place}", 0) for place in PLACES}
    lapsed = {name.split("/")[1]: heads for name, heads in result.items() if name.startswith("lapsed/")}
    return {
        "result": result, "listed": sum(places[place] for place in LISTED),
        "places": [(PLACES[place], heads, place in LISTED) for place, heads in places.items() if heads],
        "lapsed": lapsed_in_words(lapsed), "awaited": confirming.awaited(season, today),
        "mandates": mandates_kept(season.pooling_area), "contested": after_rolling.contested(season),
        "lists": [
            {"name": name, "said": said, "heads": sum(one.heads for one in rows), "rows": rows[:BODIES_SHOWN],
             "more": max(0, len(rows) - BODIES_SHOWN)}
            for name, said, rows in work_lists(found, season) if rows
        ],
    }  # fmt: skip


def work_lists(found: RollOver, season: Season) -> list[tuple[Text, Text, list[OfBody]]]:
    """The lists of bodies to call, each with what they have to do. 待办清单"""
    return [
        (Text("还没有核对新学年花名册的学校", "Schools that have not compared this year's roster"),
         Text("名单是由上学年升级得来的，请学校上传花名册核对：新生、转入、转出都从这里来",
              "their list is last year's moved on; the roster brings newcomers and who has left"),
         without_roster(season)),
        (Text("不能自动升级的学生", "Pupils whose grade is not known"),
         Text("年级不明或有几个去向，等学校花名册写明", "no grade, or several ways on: the roster says it"),
         after_rolling.unplaced(season)),
        (Text("毕业升学、还不在任何名单的", "Graduates on nobody's list yet"),
         Text("等新学校的花名册；请原学校告知去向", "their next school's roster will name them"),
         after_rolling.awaiting_school(season)),
        (Text("上年度撤回、不在校的", "Withdrawn last year, at no school"),
         Text("可能迁出、在别处参保或已去世；仍在本地的由社区按姓名列入",
              "moved, insured elsewhere or deceased; who is here is taken in by name"),
         after_rolling.withdrawn(found)),
        (Text("从别的学校转来的", "Came from another school"),
         Text("已在新学校名单，原学校不用再办", "on the new school's list; nothing is left at the old one"),
         after_rolling.moved(found)),
    ]  # fmt: skip


def without_roster(season: Season) -> list[OfBody]:
    """Schools with pupils on their list and no roster taken in for this season. 未报花名册"""
    taken_in = set(
        Roster.objects.filter(season=season, state=Roster.State.COMMITTED).values_list("school", flat=True).distinct()
    )
    figures = tallying.by_agent(season)
    heads = {key: one.listed for key, one in figures.items() if one.listed and key not in taken_in}
    schools = after_rolling.bodies(heads)
    return [one for one in schools if one.body.kind == OrganisationKind.SCHOOL]


@require_POST
@desk(Desk.AGENCY)
def look_ahead(request: Seated, year: int) -> HttpResponseBase:
    """Ask for the outlook; one at a time. 试算结转"""
    found, policy = found_for(request, year)
    if found.opened is None and not is_under_way(found):
        about = Text("结转预览 {p}", "Outlook of opening {p}").filled(p=policy.policy)
        begin_work(request, AHEAD, rolling_over.kept(found), about, year)
    return redirect("agency-roll-over", year=year)


@require_POST
@desk(Desk.AGENCY)
def start(request: Seated, year: int) -> HttpResponseBase:
    """Open the season from the last, or go on where a run was cut off; a second click changes nothing. 开始结转"""
    found, policy = found_for(request, year)
    at = clock.now()
    try:
        check_officer(request.appointment, policy.policy)
        with by_platform("every child and every body's statuses of the area, of a season that is only now opened"):
            opened = begin(request, found, at)
    except Refused as refused:
        return page(request, year, refused=refused, status=409)
    if opened:
        tell(
            request,
            Text("{p} 参保季已开启，正在结转。", "The season {p} is open; its children follow."),
            p=policy.policy,
        )
    return redirect("agency-roll-over", year=year)


@transaction.atomic
def begin(request: Seated, found: RollOver, at: datetime) -> bool:
    """Season, note and long work together or not at all; says whether anything was begun. 开启并执行"""
    was_open = found.opened is not None
    season = rolling_over.begin(found=found, seen=request.POST.get("seen", ""), by=request.appointment, at=at)
    held = RollOver.objects.select_for_update(of=("self",)).get(policy=found.policy)
    if held.done_at is not None or is_under_way(held):
        return False
    if not was_open:
        note(
            what="season.opened", user=request.user, organisation=request.appointment.organisation,
            about=season.policy, said={"digest": season.policy_digest[:16], "from": found.last.policy}, at=at,
        )  # fmt: skip
    about = Text("结转到 {p}", "Roll over into {p}").filled(p=season.policy)
    begin_work(request, DEED, held, about, season.plan_year)
    return True


def is_under_way(found: RollOver) -> bool:
    """Whether long work for it waits or runs. 是否进行中"""
    job = latest(found)
    return job is not None and job.state in UNDER_WAY


def begin_work(request: Seated, task: str, found: RollOver, about: Text, year: int) -> None:
    """Ask for the long work, its outcome on this page. 提交任务"""
    work.start(
        task=task, about=about, owner=request.user, organisation=request.appointment.organisation, at=clock.now(),
        arguments={"policy": found.policy}, result_url=reverse("agency-roll-over", args=[year]),
    )  # fmt: skip
