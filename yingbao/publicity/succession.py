"""Letters that a school handed out before it closed count with the school that took the children. 信函移交

Called in the transaction that closes the body (`campaign.closing`), after the children have moved. A hand-out is a row
that is never rewritten: one of the successor takes its place, of the children who came, under the name that their class
has now. What was printed and what was read stands by the child, and needs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from yingbao.agents.models import Appointment, Organisation
from yingbao.publicity.following import ClassKey
from yingbao.publicity.models import HandOut, HandOutChild


def hand_on(
    *, closing: Organisation, successor: Organisation, renamed: Mapping[ClassKey, str], by: Appointment, at: datetime
) -> int:
    """Take over every hand-out that stands; how many letters. Again it changes nothing. 移交发放登记

    `renamed`: class of the closed school → its name at the successor, where it has another one.
    """
    letters = 0
    theirs = HandOut.objects.filter(organisation=closing, replaced_by__isnull=True, letters__gt=0)
    for one in theirs.select_related("season", "organisation").order_by("pk"):
        came = list(
            HandOutChild.objects.filter(hand_out=one, enrolment__organisation=successor)
            .order_by("pk")
            .values_list("enrolment", flat=True)
        )
        if came:
            _taken(one, successor, renamed.get((one.stage, one.grade, one.class_name)), came, by, at)
            letters += len(came)
    return letters


def _taken(
    one: HandOut, successor: Organisation, name: str | None, came: list[int], by: Appointment, at: datetime
) -> None:
    place = {
        "season": one.season, "organisation": successor, "stage": one.stage, "grade": one.grade,
        "class_name": one.class_name if name is None else name,
    }  # fmt: skip
    # Children without a class are one group in either school: it grows by those who come.
    there = HandOut.objects.filter(**place, replaced_by__isnull=True, letters__gt=0).order_by("-children").first()
    before = there.children if there else 0
    made = HandOut.objects.create(
        **place, day=one.day, letters=len(came), children=before + one.children - (one.letters - len(came)),
        replaces=one, reason=f"{one.organisation.name}停办，孩子转入"[:200], by=by.user, at=at,
    )  # fmt: skip
    HandOutChild.objects.bulk_create(HandOutChild(hand_out=made, enrolment_id=key) for key in came)
