"""The close as the agency sees it: the tax desk closes, here stands what is still open and what came of it. 关账准备"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yingbao.agents.models import Desk
from yingbao.collection import handover
from yingbao.collection.closing import last_day, missing_for_close
from yingbao.collection.models import Close
from yingbao.enrolment.models import CorrectionRequest, PolicyProposal, Season
from yingbao.enrolment.seasons import policy_of, season_for, windows
from yingbao.enrolment.tallying import Figures
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.agency.home import TOO_LATE, state_of
from yingbao.web.agency.progress import Tree
from yingbao.web.agency.registrations import for_us
from yingbao.web.tax.home import link
from yingbao.web.tax.shared import area_of

NOT_AFTERWARDS = Text("截止后不再更正", "nothing is corrected afterwards")


class Open(NamedTuple):
    """One thing to be settled before the close. 未办结事项"""

    name: Text
    number: int
    what: Text
    who: Text
    url: str


@require_GET
@desk(Desk.AGENCY)
def close(request: Seated) -> HttpResponse:
    """How ready the season is to be closed, or what came of the close. 关账"""
    season, today = season_for(area_of(request), clock.today()), clock.today()
    asked = Close.objects.filter(season=season).select_related("asked_by", "confirmed_by").first()
    tree = Tree(season)
    figures = tree.total().figures
    context: dict[str, Any] = {
        "season": season, "policy": policy_of(season), "last": last_day(season), "asked": asked,
        "closed": asked is not None and asked.confirmed_at is not None, "days": (last_day(season) - today).days,
        "open": [each for each in still_open(season, tree, today) if each.number], "figures": figures,
        "undecided": undecided(figures), "taxes": missing_for_close(season, today) if asked is None else [],
        "windows": [state_of(window, today) for window in windows(policy_of(season))],
        "after": [state_of(window, today) for window in windows(policy_of(season))
                  if window.phase in ("late", "newborn") and window.last > last_of_open(season)],
    }  # fmt: skip
    return render(request, "agency/close.html", context)


def last_of_open(season: Season) -> date:
    """The last day of the open period."""
    return max(window.last for window in windows(policy_of(season)) if window.phase == "open")


def undecided(figures: Figures) -> int:
    """Children on lists of whom nobody has said whether they enrol: they lapse at the close."""
    return max(0, figures.listed - figures.confirmed - figures.ineligible - figures.declined)


def still_open(season: Season, tree: Tree, today: date) -> list[Open]:
    """What nobody may do any more once the season is closed. 未办结事项"""
    school, agency = Text("学校、社区", "schools and communities"), Text("经办", "the agency")
    total = tree.total()
    corrections = CorrectionRequest.objects.filter(state="open", enrolment__season=season).count()
    proposals = PolicyProposal.objects.filter(policy=season.policy, state=PolicyProposal.State.ASKED).count()
    owing = total.figures.declared - total.figures.covered
    return [
        Open(Text("登记待审核", "registrations to approve"), for_us(season),
             Text("不登记就不能参保", "no enrolment before registration"), agency, link("agency-registrations")),
        Open(Text("更正申请未答复", "corrections not answered"), corrections,
             TOO_LATE if today > last_day(season) else NOT_AFTERWARDS, agency, link("agency-corrections")),
        Open(Text("政策修订待复核", "policy changes to look at"), proposals,
             Text("关账后政策不再变更", "the policy stays afterwards"), agency, reverse("agency-policies")),
        Open(Text("没有交名单的学校", "schools without a list"), total.empty,
             Text("名单不交，全校孩子都会漏保", "all of their children would be missed"), school,
             f"{reverse('agency-organisations')}?state=empty"),
        Open(Text("未确认、也未声明不参保", "neither confirmed nor declined"), undecided(total.figures),
             Text("关账时按未参保结束", "they lapse at the close"), school, reverse("agency-home")),
        Open(Text("已申报未缴费", "declared, not paid"), max(0, owing),
             Text("截止前不缴，关账时失效", "unpaid they lapse at the close"), school, reverse("agency-declarations")),
        Open(Text("与征收比对的差异", "mismatches with collection"), handover.total(season),
             Text("逐项按下一步办结", "each with its next step"), Text("各方", "all"), reverse("agency-declarations")),
    ]  # fmt: skip
