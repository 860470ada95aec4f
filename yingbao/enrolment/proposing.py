"""A change of policy: written, checked, simulated, and put to work by a second officer. 政策修订与发布

Who wrote it never publishes it; the database holds that too. A version is added, never edited, and the season
names the one in force in the same transaction.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Max

from yingbao.agents.models import Appointment, Desk
from yingbao.enrolment import versions
from yingbao.enrolment.models import PolicyProposal, PolicyVersion, Season
from yingbao.enrolment.reviewed import refuse_errors
from yingbao.policy import catalogue
from yingbao.policy.model import Policy
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

State = PolicyProposal.State
HEAVY_FROM = 100
"""From so many children on who would lose their place, the second officer writes the number down before publishing."""


def write(
    *, text: str, reason: str, clause: str, by: Appointment, at: datetime, proposal: PolicyProposal | None = None
) -> PolicyProposal:
    """Keep a proposal's text, a new one's or one's own draft's; the text is checked first. 保存修订

    Raises PolicyRefused with every line that is wrong; Refused for another city's policy, for a text that is in force
    already, or without reason and clause.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").strip("\n") + "\n"
    policy = catalogue.policy_in(text, "policy.yaml")
    _check(policy, text, by)
    reason, clause = reason.strip(), clause.strip()
    if not reason or not clause:
        raise Refused(
            where=policy.policy,
            what=Text("没有写明修订理由或依据条款", "the reason or the clause it rests on is missing"),
            mend=Text("写明依据的文号、条款，和为什么修订。", "Name the notice and clause, and why it is changed."),
        )
    with transaction.atomic():
        values: dict[str, Any] = {
            "policy": policy.policy, "text": text, "digest": versions.digest_of(text), "reason": reason[:300],
            "clause": clause[:100],
        }  # fmt: skip
        if proposal is None:
            return PolicyProposal.objects.create(**values, made_by=by.user, made_at=at)
        held = _held(proposal, by, State.DRAFT)
        _own(held, by)
        if held.policy != policy.policy:
            raise Refused(
                where=held.policy,
                what=Text("这份修订是 {old}，内容却是 {new}", "this proposal is of {old}, its text of {new}").filled(
                    old=held.policy, new=policy.policy
                ),
                mend=Text("另起一份修订，或改回 policy。", "Begin another proposal, or mend `policy`."),
            )
        if held.digest != values["digest"]:
            values |= {"simulation": None, "simulated_for": "", "simulated_at": None}
        for name, value in values.items():
            setattr(held, name, value)
        held.save()
        return held


def mark_of(proposal: PolicyProposal) -> str:
    """What a page shows of a proposal and of the policy in force, as a mark that a deed brings back. 页面标记"""
    newest = versions.newest(proposal.policy)
    shown = (
        proposal.pk, str(proposal.state), proposal.digest, proposal.reason, proposal.clause, proposal.simulated_for,
        newest.pk if newest else 0,
    )  # fmt: skip
    return sha256(repr(shown).encode()).hexdigest()[:16]


def target_of(proposal: PolicyProposal) -> str:
    """What a simulation has to be of: this text against the one in force. 试算对象"""
    in_force = versions.text_in_force(proposal.policy)
    return sha256(f"{proposal.digest} {versions.digest_of(in_force)}".encode()).hexdigest()


def is_simulated(proposal: PolicyProposal) -> bool:
    """Whether its simulation still tells the truth, or it needs none because its season is not open. 试算有效"""
    if not Season.objects.filter(policy=proposal.policy).exists():
        return True
    return proposal.simulation is not None and proposal.simulated_for == target_of(proposal)


def is_heavy(proposal: PolicyProposal) -> bool:
    """Whether so many children would lose their place that the number has to be written down. 影响重大"""
    return losing(proposal) >= HEAVY_FROM


def losing(proposal: PolicyProposal) -> int:
    """How many children could not be enrolled any more. 失去资格人数"""
    return int((proposal.simulation or {}).get("losing", 0))


def note_simulation(*, proposal: PolicyProposal, target: str, told: dict[str, Any], at: datetime) -> bool:
    """Keep what a simulation told, unless the text is another meanwhile; says whether it was kept. 保存试算"""
    with transaction.atomic():
        held = PolicyProposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
        if held.state not in (State.DRAFT, State.ASKED) or target != target_of(held):
            return False
        held.simulation, held.simulated_for, held.simulated_at = told, target, at
        held.save(update_fields=["simulation", "simulated_for", "simulated_at"])
        return True


def ask(*, proposal: PolicyProposal, by: Appointment, at: datetime, seen: str) -> PolicyProposal:
    """Hand one's own draft to a second officer; said again, it changes nothing. 提交复核

    Raises Refused as long as the review finds an error in its text.
    """
    with transaction.atomic():
        held = _locked(proposal, by)
        if held.state == State.ASKED and held.made_by_id == by.user_id:
            return held
        held = _held(held, by, State.DRAFT)
        _own(held, by)
        _unchanged(held, seen)
        refuse_errors(held.policy, held.text)
        _simulated(held)
        held.state, held.asked_at, held.answer = State.ASKED, at, ""
        held.decided_by = held.decided_at = None
        held.save()
        return held


def publish(
    *, proposal: PolicyProposal, by: Appointment, at: datetime, seen: str, losing_said: int | None = None
) -> PolicyVersion:
    """The second officer puts it to work: a version is added and the season names it. 复核发布

    Said again by the same officer, it changes nothing. Raises Refused for its author, for a page that is not true any
    more, for a text with errors, without a simulation against what is in force now, and where many children would lose
    their place as long as their number is not written down. Decisions are made anew by `determining.refresh`, which
    the caller starts.
    """
    with transaction.atomic():
        held = _locked(proposal, by)
        if held.state == State.PUBLISHED and held.decided_by_id == by.user_id:
            return held.version
        held = _held(held, by, State.ASKED)
        _another(held, by)
        _unchanged(held, seen)
        refuse_errors(held.policy, held.text)
        _simulated(held)
        if is_heavy(held) and losing_said != losing(held):
            raise Refused(
                where=held.policy,
                what=Text(
                    "发布后有 {n} 名孩子不能参保，填写的人数与此不符",
                    "{n} children could not be enrolled any more, and another number was written",
                ).filled(n=losing(held)),
                mend=Text(
                    "看清影响后，在框内写出不能参保的人数。", "Look at what would happen, then write that number down."
                ),
            )
        versions.take_in(held.policy, at=at)
        number = PolicyVersion.objects.filter(policy=held.policy).aggregate(last=Max("number"))["last"] or 0
        held.state, held.decided_by, held.decided_at = State.PUBLISHED, by.user, at
        held.save()
        version = PolicyVersion.objects.create(
            policy=held.policy, number=number + 1, text=held.text, digest=held.digest, reason=held.reason,
            clause=held.clause, proposal=held, proposed_by=held.made_by, published_by=by.user, at=at,
        )  # fmt: skip
        Season.objects.filter(policy=held.policy).update(version=version)
        return version


def send_back(*, proposal: PolicyProposal, answer: str, by: Appointment, at: datetime, seen: str) -> PolicyProposal:
    """The second officer gives it back to its author, saying why. 退回"""
    answer = answer.strip()
    with transaction.atomic():
        held = _held(_locked(proposal, by), by, State.ASKED)
        _another(held, by)
        _unchanged(held, seen)
        if not answer:
            raise Refused(
                where=held.policy,
                what=Text("没有写退回理由", "no reason is given"),
                mend=Text("写明哪里要改。", "Say what has to be changed."),
            )
        held.state, held.answer, held.decided_by, held.decided_at = State.DRAFT, answer[:300], by.user, at
        held.save()
        return held


def drop(*, proposal: PolicyProposal, by: Appointment, at: datetime) -> PolicyProposal:
    """Its author gives a proposal up; said again, it changes nothing. 作废"""
    with transaction.atomic():
        held = _locked(proposal, by)
        _own(held, by)
        if held.state != State.DROPPED:
            held = _held(held, by, State.DRAFT, State.ASKED)
            held.state = State.DROPPED
            held.save(update_fields=["state"])
        return held


def check_officer(by: Appointment, policy_id: str) -> None:
    """Raises Refused unless this is an officer of the policy's own insurance agency. 本统筹区经办人员"""
    if by.desk != Desk.AGENCY or by.organisation.pooling_area != policy_id.split("/")[0]:
        raise Refused(
            where=policy_id,
            what=Text("这份政策不属于本统筹区", "this policy belongs to another pooling area"),
            mend=Text(
                "只能修订本统筹区（{area}）的政策。", "Only the policies of {area} are changed here."
            ).filled(area=by.organisation.pooling_area),
        )  # fmt: skip


def _check(policy: Policy, text: str, by: Appointment) -> None:
    check_officer(by, policy.policy)
    if versions.digest_of(text) == versions.digest_of(versions.text_in_force(policy.policy)):
        raise Refused(
            where=policy.policy,
            what=Text("和现行版本一字不差", "this is word for word what is in force"),
            mend=Text("修改后再保存。", "Change it before you keep it."),
        )


def _locked(proposal: PolicyProposal, by: Appointment) -> PolicyProposal:
    """The season's row first, then the proposal's: everyone who publishes waits in that order."""
    check_officer(by, proposal.policy)
    list(Season.objects.select_for_update(of=("self",)).filter(policy=proposal.policy).order_by("pk"))
    list(PolicyProposal.objects.select_for_update(of=("self",)).filter(policy=proposal.policy).order_by("pk"))
    return PolicyProposal.objects.select_related("made_by", "decided_by").get(pk=proposal.pk)


def _held(proposal: PolicyProposal, by: Appointment, *states: str) -> PolicyProposal:
    check_officer(by, proposal.policy)
    held = PolicyProposal.objects.select_for_update(of=("self",)).select_related("decided_by").get(pk=proposal.pk)
    if held.state not in states:
        who = held.decided_by.name if held.decided_by else held.made_by.name
        raise Refused(
            where=held.policy,
            what=Text("这份修订已由{who}办理，现在是“{state}”", "{who} has dealt with it; it is “{word}” now").filled(
                who=who, state=State(held.state).label, word=held.state
            ),
            mend=Text("请看最新情况，不用再办。", "Look at how it stands; nothing is left to do here."),
        )
    return held


def _own(proposal: PolicyProposal, by: Appointment) -> None:
    if proposal.made_by_id != by.user_id:
        raise Refused(
            where=proposal.policy,
            what=Text("这份修订由{who}起草", "this proposal was written by {who}").filled(who=proposal.made_by.name),
            mend=Text("请由起草人修改，或另起一份。", "Leave it to its author, or begin another one."),
        )


def _another(proposal: PolicyProposal, by: Appointment) -> None:
    if proposal.made_by_id == by.user_id:
        raise Refused(
            where=proposal.policy,
            what=Text("起草人和复核人不能是同一人", "who wrote it cannot decide about it"),
            mend=Text("请另一位经办人员复核。", "Let another officer look at it."),
        )


def _unchanged(proposal: PolicyProposal, seen: str) -> None:
    if seen != mark_of(proposal):
        raise Refused(
            where=proposal.policy,
            what=Text("页面打开后，修订或现行版本已有变化", "the proposal or what is in force changed meanwhile"),
            mend=Text("请看过最新内容再办。", "Look at how it stands now, then decide."),
        )


def _simulated(proposal: PolicyProposal) -> None:
    if not is_simulated(proposal):
        raise Refused(
            where=proposal.policy,
            what=Text("还没有对照现行版本试算", "its effect against what is in force now is not reckoned yet"),
            mend=Text("先试算，看清影响再办。", "Reckon it first, and look at what it would do."),
        )
