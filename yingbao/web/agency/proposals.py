"""A proposed policy: what it changes, what it would do, and the second officer's word. 修订复核"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.collection.claims import masked_name
from yingbao.collection.models import Close
from yingbao.determination.explain import said_day
from yingbao.enrolment import proposing, versions
from yingbao.enrolment.models import Enrolment, PolicyProposal, PolicyVersion, Season
from yingbao.enrolment.seasons import windows
from yingbao.jobs import work
from yingbao.jobs.models import Job
from yingbao.people.models import IdentityDocument
from yingbao.policy import catalogue
from yingbao.policy.difference import difference
from yingbao.policy.model import Policy
from yingbao.trail.events import note
from yingbao.values import clock, money
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.agency.check_findings import counted, shown_findings
from yingbao.web.agency.policies import grouped, line_difference, shown
from yingbao.web.front.jobs import UNDER_WAY
from yingbao.web.tax.shared import area_of, look, tell

KINDS = {
    "losing": Text("不能参保了", "could not be enrolled any more"),
    "gaining": Text("可以参保了", "could be enrolled"),
    "closed": Text("办理期限不再包含当天", "the day is in no window any more"),
    "opened": Text("办理期限新包含当天", "the day is in a window now"),
    "agent": Text("换参保单位", "another agent enrols"),
    "premium": Text("缴费标准变", "another premium"),
    "self_paid": Text("家庭缴费变", "the family pays another sum"),
    "payer": Text("资助方变", "another body pays"),
    "cover": Text("待遇享受期变", "other days of cover"),
    "registration": Text("登记渠道变", "another way to register"),
    "channel": Text("缴费渠道变", "another way to pay"),
}
"""What a change is to a child. 影响类别"""
STATUSES = {
    "enrolled": Text("可以参保", "can be enrolled"),
    "ineligible": Text("不能参保", "cannot be enrolled"),
    "refer": Text("由经办人员决定", "an officer decides"),
    "not_open": Text("未到办理时间", "too early"),
    "closed": Text("已过办理期限", "the time is over"),
    "": Text("未核定", "not decided"),
}
AGENTS = {"school": Text("学校", "school"), "community": Text("社区", "community")}

FINDINGS_SHOWN = 30


@require_GET
@desk(Desk.AGENCY)
def proposal(request: Seated, pk: int) -> HttpResponse:
    """What is proposed, in words and lines, what it would do, and what can be done with it now. 修订"""
    return page(request, found(request, pk))


def found(request: Seated, pk: int) -> PolicyProposal:
    """A proposal of the officer's own area."""
    own = PolicyProposal.objects.filter(policy__startswith=f"{area_of(request)}/")
    return get_object_or_404(own.select_related("made_by", "decided_by"), pk=pk)


def page(request: Seated, one: PolicyProposal, *, refused: Refused | None = None, status: int = 200) -> HttpResponse:
    """The page of a proposal, with what was typed if a deed was refused. 修订页面"""
    proposed = catalogue.policy_in(one.text, "policy.yaml")
    job = latest(one)
    text, before = base_of(one)
    last_year = year_before(one) if before is None else None
    earlier = before or last_year
    found_here = [each for each in shown_findings(one.text) if each["severity"] != "hint"]
    context: dict[str, Any] = {
        **shown(one), "policy": proposed, "mine": one.made_by_id == request.user.pk, "refused": refused,
        "said": request.POST, "seen": proposing.mark_of(one), "found": found_here[:FINDINGS_SHOWN],
        "counted": counted(one.text), "more_found": max(0, len(found_here) - FINDINGS_SHOWN),
        "season": Season.objects.filter(policy=one.policy).first(),
        "open": one.state in (PolicyProposal.State.DRAFT, PolicyProposal.State.ASKED),
        "simulated": proposing.is_simulated(one), "heavy": proposing.is_heavy(one), "losing": proposing.losing(one),
        "job": job, "under_way": job is not None and job.state in UNDER_WAY, "windows": windows(proposed),
        "changes": grouped(difference(earlier, proposed)) if earlier else [],
        "new_policy": before is None, "last_year": last_year, "figures": (one.simulation or {}).get("figures"),
        "figures_notes": [Text(**each) for each in (one.simulation or {}).get("figures", {}).get("notes", [])],
        "lines": line_difference(text, one.text), "others": others(request), "closed": closed(one.policy),
        "effect": effect(request, one, proposed, before or proposed) if "sample" in (one.simulation or {}) else None,
    }  # fmt: skip
    return render(request, "agency/proposal.html", context, status=status)


def base_of(one: PolicyProposal) -> tuple[str, Policy | None]:
    """The text and policy that a proposal is held against: what is in force, or was before it was published. 对照"""
    if one.state == PolicyProposal.State.PUBLISHED:
        earlier = PolicyVersion.objects.filter(policy=one.policy, number__lt=one.version.number)
        before = earlier.order_by("-number").first()
        return (before.text, versions.policy_at(before.policy, before.pk)) if before else ("", None)
    text = versions.text_in_force(one.policy)
    try:
        return text, versions.in_force(one.policy) if text else None
    except Refused:
        return text, None


def year_before(one: PolicyProposal) -> Policy | None:
    """The area's policy of the year before, which a new one is read beside. 上年政策"""
    earlier = [each for each in versions.known() if each[:7] == one.policy[:7] and each < one.policy]
    try:
        return versions.in_force(earlier[-1]) if earlier else None
    except Refused:
        return None


def latest(one: PolicyProposal) -> Job | None:
    """The last reckoning that was asked for. 最近试算"""
    return Job.objects.filter(task="policies.simulate", arguments__proposal=one.pk).order_by("-pk").first()


def others(request: Seated) -> list[str]:
    """The other officers of the agency who could decide today. 可复核人员"""
    today = clock.today()
    held = request.appointment.organisation.appointments.filter(desk=Desk.AGENCY, since__lte=today)
    rows = held.exclude(user=request.user).filter(user__is_active=True).exclude(until__lt=today)
    return sorted(set(rows.values_list("user__name", flat=True)))


def closed(policy_id: str) -> bool:
    """Whether the season is closed: then nothing is changed any more (苏社基〔2019〕68号 五(一)). 已关账"""
    return Close.objects.filter(season__policy=policy_id, confirmed_at__isnull=False).exists()


def effect(request: Seated, one: PolicyProposal, new: Policy, old: Policy) -> dict[str, Any]:
    """What a simulation told, in words; the sample's children masked, and the look at them noted. 试算结果"""
    told = one.simulation or {}
    sample = children([each["enrolment"] for each in told["sample"]], area_of(request))
    look(request, "policy_sample", len(sample))
    return {
        "told": told, "on": date.fromisoformat(told["on"]), "total_fen": told["family_fen"] + told["others_fen"],
        "kinds": [(words, told["kinds"][kind], kind == "losing")
                  for kind, words in KINDS.items() if kind in told["kinds"]],
        "groups": [side_by_side(each, old, new) | {"children": each["children"], "family_fen": each["family_fen"],
                                                   "others_fen": each["others_fen"]}
                   for each in told["groups"]],
        "sample": [side_by_side(each, old, new) | {"child": sample[each["enrolment"]]}
                   for each in told["sample"] if each["enrolment"] in sample],
        "share": round(100 * told["losing"] / told["children"], 1) if told["children"] else 0,
    }  # fmt: skip


def side_by_side(each: dict[str, Any], old: Policy, new: Policy) -> dict[str, Any]:
    """Before and after in words. 前后对照"""
    return {"before": side(each["before"], old), "after": side(each["after"], new)}


def side(values: dict[str, Any], policy: Policy) -> dict[str, Any]:
    """One side of a change in words."""
    begins = values["coverage_from"]
    return {
        "status": STATUSES.get(values["status"], STATUSES[""]), "enrolled": values["status"] == "enrolled",
        "agent": AGENTS.get(values["agent"]), "self_paid": money.said(values["self_paid_fen"]),
        "payer": policy.subsidy_payers.get(values["paid_by"]),
        "begins": said_day(date.fromisoformat(begins)) if begins else None,
    }  # fmt: skip


def children(keys: list[int], area: str) -> dict[int, dict[str, str]]:
    """Some children by their enrolment, masked. 样本"""
    rows = Enrolment.objects.filter(pk__in=keys, season__pooling_area=area).select_related("person", "organisation")
    held = IdentityDocument.objects.filter(person__enrolments__in=keys, replaced_at__isnull=True)
    numbers = dict(held.values_list("person_id", "number_masked"))
    return {
        one.pk: {
            "name": masked_name(one.person.name),
            "number": numbers.get(one.person_id, ""),
            "organisation": one.organisation.name,
        }
        for one in rows
    }


@require_POST
@desk(Desk.AGENCY)
def simulate(request: Seated, pk: int) -> HttpResponseBase:
    """Ask for the reckoning, of a payment day if one is named; one at a time. 试算"""
    one, paid_on = found(request, pk), request.POST.get("paid_on", "").strip()
    if paid_on:
        try:
            if len(paid_on) != 10 or not 2000 <= date.fromisoformat(paid_on).year <= 2100:
                raise ValueError(paid_on)
        except ValueError:
            refused = Refused(
                where=one.policy,
                what=Text("“{said}”不是缴费日", "“{said}” is no payment day").filled(said=paid_on[:20]),
                mend=Text("选一天，或留空。", "Choose a day, or none."),
            )
            return page(request, one, refused=refused, status=422)
    if (job := latest(one)) is None or job.state not in UNDER_WAY:
        work.start(
            task="policies.simulate", owner=request.user, organisation=request.appointment.organisation,
            about=Text("政策试算 {p}", "Reckon the effect of {p}").filled(p=one.policy),
            arguments={"proposal": one.pk, "paid_on": paid_on}, at=clock.now(),
            result_url=reverse("agency-proposal", args=[one.pk]),
        )  # fmt: skip
    return redirect("agency-proposal", pk=pk)


@require_POST
@desk(Desk.AGENCY)
def ask(request: Seated, pk: int) -> HttpResponseBase:
    """Hand one's draft to a second officer. 提交复核"""
    one = found(request, pk)
    try:
        not_closed(one)
        proposing.ask(proposal=one, by=request.appointment, at=clock.now(), seen=request.POST.get("seen", ""))
    except Refused as refused:
        return page(request, found(request, pk), refused=refused, status=409)
    noted(request, "policy.asked", one)
    tell(request, Text("已提交，等另一位经办人员复核。", "Handed in; another officer looks at it."))
    return redirect("agency-proposal", pk=pk)


@require_POST
@desk(Desk.AGENCY)
def publish(request: Seated, pk: int) -> HttpResponseBase:
    """The second officer's yes: it is in force, and decisions are made anew. 复核发布"""
    one, at = found(request, pk), clock.now()
    number = request.POST.get("losing", "").replace(",", "").replace("，", "").strip()
    said = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None
    try:
        with transaction.atomic():
            not_closed(one)
            version = proposing.publish(
                proposal=one, by=request.appointment, at=at, seen=request.POST.get("seen", ""), losing_said=said
            )
            decide_anew(request, version, at)
    except Refused as refused:
        return page(request, found(request, pk), refused=refused, status=409)
    tell(request, Text("第 {n} 版已发布生效。", "Version {n} is in force."), n=version.number)
    return redirect("agency-proposal", pk=pk)


def decide_anew(request: Seated, version: PolicyVersion, at: datetime) -> None:
    """Note the deed and start the season's decisions anew, once for a version. 重新核定"""
    if Job.objects.filter(task="policies.refresh", arguments__version=version.pk).exists():
        return
    noted(request, "policy.published", found(request, int(version.proposal_id or 0)), version=version.number)
    season = Season.objects.filter(policy=version.policy).first()
    if season is not None:
        work.start(
            task="policies.refresh", owner=request.user, organisation=request.appointment.organisation,
            about=Text("按第 {n} 版重新核定 {p}", "Decide anew under version {n} of {p}").filled(
                n=version.number, p=version.policy
            ),
            arguments={"season": season.pk, "version": version.pk}, at=at, result_url=reverse("agency-seasons"),
        )  # fmt: skip


@require_POST
@desk(Desk.AGENCY)
def send_back(request: Seated, pk: int) -> HttpResponseBase:
    """The second officer's no, with the reason. 退回"""
    one, answer = found(request, pk), request.POST.get("words", "")
    try:
        proposing.send_back(
            proposal=one, answer=answer, by=request.appointment, at=clock.now(), seen=request.POST.get("seen", "")
        )
    except Refused as refused:
        return page(request, found(request, pk), refused=refused, status=409)
    noted(request, "policy.sent_back", one)
    tell(request, Text("已退回起草人。", "Sent back to its author."))
    return redirect("agency-proposal", pk=pk)


@require_POST
@desk(Desk.AGENCY)
def drop(request: Seated, pk: int) -> HttpResponseBase:
    """Its author gives it up. 作废"""
    one = found(request, pk)
    try:
        proposing.drop(proposal=one, by=request.appointment, at=clock.now())
    except Refused as refused:
        return page(request, found(request, pk), refused=refused, status=409)
    noted(request, "policy.dropped", one)
    tell(request, Text("已作废，现行政策不受影响。", "Given up; what is in force stays as it is."))
    return redirect("agency-policies")


def not_closed(one: PolicyProposal) -> None:
    """Raises Refused once the season is closed. 关账后不变更"""
    if closed(one.policy):
        raise Refused(
            where=one.policy,
            what=Text("本季已关账，政策不再变更", "the season is closed; its policy is not changed any more"),
            mend=Text("下一年度的调整请写入下一年度的政策。", "Put it into the next year's policy."),
        )


def noted(request: Seated, what: str, one: PolicyProposal, **more: object) -> None:
    """The deed as the audit administrator sees it. 审计"""
    note(
        what=what, user=request.user, organisation=request.appointment.organisation, about=one.policy,
        said={"proposal": one.pk, "digest": one.digest[:16], **more}, at=clock.now(),
    )  # fmt: skip
