"""A school says for which children its transfer is, and an officer says it where nobody else did. 认领

Named children are matched in full, what is over goes back to the payer. Money that does not reach for all who are named
is not spread: then nothing is matched and the refusal says what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yingbao.agents.models import Appointment, Desk
from yingbao.collection import arriving, matching, owing, releasing
from yingbao.collection.arriving import Use
from yingbao.collection.models import Advice, AdviceLine, Allocation, Arrival, Obligation
from yingbao.collection.whole import whole
from yingbao.declaration.lifecycle import STANDING
from yingbao.declaration.models import Declaration
from yingbao.enrolment.seasons import china_day
from yingbao.values import money
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

WHY_NOT = {
    Use.DUPLICATE: Text("已经缴清", "is paid for already"),
    Use.EXEMPTED: Text("无需缴费", "owes nothing"),
    Use.GONE: Text("已不在应缴之列", "is no longer on the list"),
    Use.LATE: Text("款到时已过缴费期", "could not be paid for any more on the day the money came"),
    Use.WRONG: Text("应缴金额已变", "owes another sum now"),
}


def advise(*, declaration: Declaration, obligations: Sequence[int], by: Appointment, at: datetime) -> Advice:
    """The school names the children of a declaration for whom its transfer is or will be. 汇款说明

    Takes the place of what it said before. Money that is waiting already is matched at once. Raises Refused for
    children of others, and for children of whom nothing is owed.
    """

    def deed() -> Advice:
        locked = Declaration.objects.select_for_update(no_key=True).get(pk=declaration.pk)
        _check_school(locked, by)
        unpaid = {one.pk: one for one in matching.unpaid_of([locked.pk])[locked.pk]}
        chosen = [unpaid[key] for key in dict.fromkeys(obligations) if key in unpaid]
        if not chosen or len(chosen) != len(set(obligations)):
            what = Text("没有选学生，或有学生已缴清", "no child is chosen, or one of them is paid for already")
            raise _refused(locked.reference, what, Text("刷新页面重新选择", "reload the page and choose again"))
        open_ = Advice.objects.filter(declaration=locked, arrival__isnull=True, withdrawn_at__isnull=True)
        open_.update(withdrawn_at=at)
        made = Advice.objects.create(
            declaration=locked, made_at=at, made_by=by.user, total_fen=sum(one.due_fen for one in chosen)
        )
        AdviceLine.objects.bulk_create([AdviceLine(advice=made, obligation=one) for one in chosen])
        return made

    made = whole(deed)
    matching.match_by_reference(pooling_area=declaration.season.pooling_area, at=at)
    made.refresh_from_db()
    return made


def withdraw(*, advice: Advice, by: Appointment, at: datetime) -> None:
    """The school takes back what it said, while no money came for it. 撤回说明"""
    _check_school(advice.declaration, by)
    Advice.objects.filter(pk=advice.pk, arrival__isnull=True, withdrawn_at__isnull=True).update(withdrawn_at=at)


def settle(
    *, arrival: Arrival, obligations: Sequence[int], by: Appointment, at: datetime, rest_overpaid: bool = False
) -> Arrival:
    """An officer says for which children money in suspense is: each in full, all of them or none. 人工匹配

    `rest_overpaid`: what is over goes back to the payer (another officer approves); else it waits on. Raises Refused
    if it does not reach for all, if one of them cannot be paid for, or if somebody else was quicker.
    """

    def deed() -> Arrival:
        locked = owing.lock(sorted(set(obligations)))
        held = Arrival.objects.select_for_update().get(pk=arrival.pk)
        check_collector(held.pooling_area, by)
        _check_choice(held, list(locked.values()), len(set(obligations)))
        wanted = {key: one.due_fen for key, one in locked.items()}
        uses = arriving.uses_of(locked, wanted, china_day(held.paid_at))
        for key, use in uses.items():
            if use != Use.PAYS:
                what = Text("{name}{why}", "{name} {why}").filled(
                    name=locked[key].enrolment.person.name, why=WHY_NOT[use]
                )
                raise _refused(held.key, what, Text("去掉这名学生再匹配", "leave this child out"))
        arriving.match(held, obligations=sorted(locked), at=at, by=by.user, rest_overpaid=rest_overpaid)
        held.refresh_from_db()
        return held

    return whole(deed)


def undo(*, arrival: Arrival, by: Appointment, at: datetime) -> int:
    """An officer undoes all matches of an arrival: the money waits again; returns for how many children. 撤销匹配

    The platform does not match it again by itself.
    """

    def deed() -> int:
        check_collector(arrival.pooling_area, by)
        if arrival.way != "transfer":
            what = Text("只有转账的匹配可以撤销", "only matches of transfers are undone")
            raise _refused(arrival.key, what, Text("订单和扣款按退费办理", "orders and debits are refunded"))
        held = Allocation.objects.filter(arrival=arrival, released_at__isnull=True).order_by("pk")
        own = list(held.select_related("obligation"))
        if own:
            releasing.unmatch(allocations=own, at=at, by=by.user)
        return len(own)

    return whole(deed)


def check_collector(pooling_area: str, by: Appointment) -> None:
    """Raises Refused for anyone but the tax officers of the area. 经办权限"""
    if by.desk != Desk.TAX or by.organisation.pooling_area != pooling_area:
        what = Text("只有本统筹区的税务人员可以办理", "only tax officers of the pooling area do this")
        raise _refused(pooling_area, what, Text("请税务部门办理", "leave it to the tax authority"))


def _check_choice(held: Arrival, chosen: Sequence[Obligation], asked: int) -> None:
    """Raises Refused unless these are children of the same area and the money reaches for all of them."""
    if not chosen or len(chosen) != asked or any(one.season.pooling_area != held.pooling_area for one in chosen):
        what = Text("没有选学生，或所选的不在本统筹区", "no child of this pooling area is chosen")
        raise _refused(held.key, what, Text("重新选择", "choose again"))
    sum_ = sum(one.due_fen for one in chosen)
    if held.suspense_fen == 0:
        what = Text("这笔款已由他人处理", "somebody else has settled this money")
        raise _refused(held.key, what, Text("刷新页面看它现在的去向", "reload the page to see where it is"))
    if sum_ > held.suspense_fen:
        what = Text(
            "所选学生应缴合计{sum}，超过这笔款的余额{held}", "the chosen children owe {sum}, more than the {held} left"
        ).filled(sum=money.said(sum_), held=money.said(held.suspense_fen))
        mend = Text("少选几名，或请学校说明汇款包括哪些学生", "choose fewer, or ask the school whom it paid for")
        raise _refused(held.key, what, mend)


def _check_school(declaration: Declaration, by: Appointment) -> None:
    if by.organisation_id != declaration.organisation_id or by.desk not in (Desk.SCHOOL, Desk.COMMUNITY):
        what = Text("这不是本单位的申报表", "this is not your declaration")
        raise _refused(declaration.reference, what, Text("请申报单位办理", "leave it to the agent that declared"))
    if declaration.state not in STANDING:
        what = Text("申报表还没有受理", "the declaration is not accepted yet")
        raise _refused(declaration.reference, what, Text("受理后再说明", "say so once it is"))


def _refused(where: str, what: Text, mend: Text) -> Refused:
    return Refused(where=where, what=what, mend=mend)
