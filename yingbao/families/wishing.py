"""A guardian says that the child does not enrol this year, and takes it back. 家长意愿

School and community see it at once. Once the child stands on a list before the tax authority, or money is owed or paid,
it is an application to the insurance agency instead (`requesting`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from yingbao.collection import adjusting
from yingbao.collection.whole import whole
from yingbao.declaration.lifecycle import OPEN
from yingbao.declaration.models import DeclarationLine
from yingbao.enrolment import by_family
from yingbao.enrolment.lifecycle import ENDED, LEFT, TAKEN
from yingbao.enrolment.models import Enrolment, Step
from yingbao.enrolment.seasons import china_day
from yingbao.enrolment.taking import is_covered
from yingbao.families.models import Binding, Wish
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

Way = Literal["leave", "apply", "back", ""]


def way(enrolment: Enrolment, at: datetime) -> Way:
    """What a guardian can do about leaving: leave, apply for it, come back, or nothing. 可办事项"""
    if enrolment.state in LEFT:
        return "back" if _left_by_family(enrolment) else ""
    if enrolment.state in ENDED or is_covered(enrolment, china_day(at)):
        return ""
    if enrolment.state in TAKEN or _is_stated(enrolment):
        return "apply"
    return "leave" if by_family.edge_out(enrolment.state) else ""


def leave(*, binding: Binding, enrolment: Enrolment, reason: str, at: datetime) -> Wish | None:
    """Not to enrol, and why; None if that is so already. Raises Refused where it has to be applied for. 登记不参保"""

    def deed() -> Wish | None:
        if _is_stated(enrolment):
            raise by_family.being_declared(enrolment)
        step = by_family.leave(enrolment=enrolment, reason=reason, at=at)
        if step is not None:
            adjusting.follow(season=enrolment.season, person_ids=[enrolment.person_id], at=at)
        return _kept(binding, enrolment, step, at)

    return whole(deed)


def come_back(*, binding: Binding, enrolment: Enrolment, at: datetime) -> Wish | None:
    """Enrol after all; None if it is open already. Raises Refused for what school or agency ended. 重新参保"""

    def deed() -> Wish | None:
        fresh = Enrolment.objects.select_related("season", "organisation").get(pk=enrolment.pk)
        if fresh.state in LEFT and not _left_by_family(fresh):
            raise not_the_familys(fresh)
        return _kept(binding, fresh, by_family.come_back(enrolment=fresh, at=at), at)

    return whole(deed)


def not_the_familys(enrolment: Enrolment) -> Refused:
    """School, community or agency ended it; they take it up again. 非家长登记"""
    return Refused(
        where=str(enrolment.plan_year),
        what=Text("这是{agent}登记的", "{agent} recorded that").filled(agent=enrolment.organisation.name),
        mend=Text("如要参保，请联系它重新办理。", "To enrol, ask it to take the child up again."),
    )


def _kept(binding: Binding, enrolment: Enrolment, step: Step | None, at: datetime) -> Wish | None:
    if step is None:
        return None
    return Wish.objects.create(
        enrolment=enrolment, step=step, phone_index=binding.phone_index, phone_masked=binding.phone_masked, at=at
    )


def _left_by_family(enrolment: Enrolment) -> bool:
    """Whether the step that ended it was the family's own."""
    last = enrolment.steps.filter(to_state__in=sorted(LEFT)).order_by("pk").reverse().first()
    return last is not None and Wish.objects.filter(step=last).exists()


def _is_stated(enrolment: Enrolment) -> bool:
    """Whether the child stands on a list that is frozen or before the tax authority."""
    lines = DeclarationLine.objects.filter(enrolment=enrolment).exclude(change=DeclarationLine.REMOVE)
    return lines.filter(declaration__state__in=sorted(OPEN)).exists()
