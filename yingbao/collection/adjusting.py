"""What is owed follows what is known: late and withdrawn lists, and children who left. 应缴调整

Nobody calls this from below: it looks at what enrolments say now and brings the obligations after them. Doing it again
changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

import polars as pl

from yingbao.agents.models import Appointment, User
from yingbao.collection import owing, releasing
from yingbao.collection.models import Obligation
from yingbao.collection.owing import Owed
from yingbao.collection.whole import whole
from yingbao.enrolment import actions, taking
from yingbao.enrolment.lifecycle import ENDED, Act, State
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import china_day, policy_of
from yingbao.people import assisting

CHUNK = 5_000
"""So many children are adjusted in one transaction."""


class Adjusted(NamedTuple):
    """How many obligations followed. 调整结果"""

    exempted: int
    """someone else pays now; of what had been paid, refunds opened"""
    charged: int
    """the family pays after all"""
    repriced: int
    ended: int
    """the child was withdrawn or lapsed"""


def follow(
    *, season: Season, person_ids: Sequence[int], at: datetime, by: User | None = None, as_of: date | None = None
) -> Adjusted:
    """Bring these persons' obligations after their enrolments and the lists in force. 应缴跟随

    An exemption after payment opens a refund to the payer and a claim on the body. A status that was withdrawn
    charges the family only while the child could still pay; later the exemption stands.
    """
    exempted = charged = repriced = ended = 0
    for first in range(0, len(person_ids), CHUNK):
        part = person_ids[first : first + CHUNK]

        def deed(part: Sequence[int] = part) -> tuple[int, tuple[int, int, int]]:
            return _follow_leaving(season, part, at, by), _follow_sums(season, part, as_of or china_day(at), at, by)

        left, counts = whole(deed)
        ended += left
        exempted, charged, repriced = exempted + counts[0], charged + counts[1], repriced + counts[2]
    return Adjusted(exempted, charged, repriced, ended)


def follow_all(*, season: Season, at: datetime) -> Adjusted:
    """Bring all obligations of a season after their enrolments, as each night. 全量跟随"""
    persons = Obligation.objects.filter(season=season, ended_at__isnull=True).order_by("person_id")
    return follow(season=season, person_ids=list(persons.values_list("person_id", flat=True)), at=at)


def withdraw(*, enrolment: Enrolment, reason: str, by: Appointment, at: datetime) -> Enrolment:
    """Withdraw a child, and with it what is owed: of what was paid a refund opens in the same moment. 撤回并退费"""

    def deed() -> Enrolment:
        withdrawn = actions.withdraw(enrolment=enrolment, reason=reason, by=by, at=at)
        follow(season=withdrawn.season, person_ids=[withdrawn.person_id], at=at, by=by.user)
        return withdrawn

    return whole(deed)


def _follow_leaving(season: Season, persons: Sequence[int], at: datetime, by: User | None) -> int:
    """Who is withdrawn, declined or lapsed owes nothing; what was paid goes back."""
    gone = Obligation.objects.filter(
        season=season, person_id__in=persons, ended_at__isnull=True, enrolment__state__in=sorted(ENDED)
    )
    locked = list(owing.lock(list(gone.values_list("pk", flat=True))).values())
    left = [one for one in locked if one.ended_at is None]
    unpaid = [one for one in left if not one.is_paid]
    for state, because in ((State.LAPSED, "lapsed"), (None, "withdrawn")):
        own = [one for one in unpaid if (one.enrolment.state == State.LAPSED) == (state is State.LAPSED)]
        if own:
            owing.end_unpaid(obligations=own, because=because, at=at, by=by)
    if paid := [one for one in left if one.is_paid]:
        releasing.end_paid(obligations=paid, because="withdrawn", at=at, by=by)
    return len(left)


def _follow_sums(
    season: Season, persons: Sequence[int], as_of: date, at: datetime, by: User | None
) -> tuple[int, int, int]:
    """Who owes other sums by the lists in force: the old obligation ends, a new one takes its place."""
    differing = taking.differing(season=season, person_ids=persons, as_of=as_of)
    if differing.is_empty():
        return 0, 0, 0
    live = Obligation.objects.filter(enrolment__in=differing["enrolment"].to_list(), ended_at__isnull=True)
    held = {
        one.enrolment_id: one
        for one in owing.lock(list(live.values_list("pk", flat=True))).values()
        if one.ended_at is None
    }
    in_time = _still_payable(season, differing, as_of)
    rows = [
        row
        for row in differing.iter_rows(named=True)
        if row["enrolment"] in held and _may_follow(row, held[row["enrolment"]], row["person"] in in_time)
    ]
    if not rows:
        return 0, 0, 0
    becomes_free = [held[row["enrolment"]] for row in rows if row["self_paid_fen"] == 0]
    is_charged = [held[row["enrolment"]] for row in rows if held[row["enrolment"]].due_fen == 0]
    others = [held[row["enrolment"]] for row in rows if row["self_paid_fen"] > 0 and held[row["enrolment"]].due_fen > 0]
    for because, obligations in (("exempted", becomes_free), ("charged", is_charged), ("repriced", others)):
        _end(obligations, because, at, by)
    taking.set_sums(sums=differing.filter(pl.col("enrolment").is_in([row["enrolment"] for row in rows])))
    taking.walk(act=Act.CHARGE, enrolments=[one.enrolment_id for one in is_charged], at=at, by=by)
    taking.walk(act=Act.BOUNCE, enrolments=[one.enrolment_id for one in others if one.is_paid], at=at, by=by)
    owing.assess(season=season, owed=_anew(season, rows, held, as_of), at=at, by=by)
    return len(becomes_free), len(is_charged), len(others)


def _may_follow(row: Mapping[str, object], held: Obligation, in_time: bool) -> bool:
    """Whether what is owed may change to these sums now.

    That somebody else pays all is never too late. What was paid and would be asked for anew, at another sum, could not
    be paid any more once the window is over: then the payment stands. Whom cover has begun for owes nothing more.
    """
    due = int(str(row["self_paid_fen"]))
    if due == 0:
        return True
    if row["state"] == State.COVERED and due > held.due_fen:
        return False
    return in_time or (due < held.due_fen and not held.is_paid)


def _end(obligations: Sequence[Obligation], because: str, at: datetime, by: User | None) -> None:
    if unpaid := [one for one in obligations if not one.is_paid]:
        owing.end_unpaid(obligations=unpaid, because=because, at=at, by=by)
    if paid := [one for one in obligations if one.is_paid]:
        leaving: releasing.Leaving = "exempted" if because == "exempted" else "repriced"
        releasing.end_paid(obligations=paid, because=leaving, at=at, by=by)


def _anew(season: Season, rows: Sequence[dict[str, object]], held: dict[int, Obligation], as_of: date) -> list[Owed]:
    """What takes the place of the ended ones; a child on several lists counts for the first body that lists it."""
    listed = first_bodies(season, [int(str(row["person"])) for row in rows], as_of)
    owed = []
    for row in rows:
        body, category = listed.get(int(str(row["person"])), (None, ""))
        free = int(str(row["subsidised_fen"]))
        owed.append(
            Owed(
                enrolment=int(str(row["enrolment"])),
                due_fen=int(str(row["self_paid_fen"])),
                body_fen=free,
                paid_by=str(row["paid_by"]) if free else "",
                category=category if free else "",
                listed_by=body if free else None,
                declaration=held[int(str(row["enrolment"]))].declaration_id,
            )
        )
    return owed


def first_bodies(season: Season, persons: Sequence[int], on: date) -> dict[int, tuple[int, str]]:
    """Whose list counts for each assisted child, and with which category, by the policy's order. 名单归属"""
    return assisting.first_body_of(persons, assisting.exempting_categories(policy_of(season)), on)


def _still_payable(season: Season, differing: pl.DataFrame, on: date) -> set[int]:
    persons = differing["person"].to_list()
    payable = taking.payable(season=season, person_ids=persons, paid_on=on)
    return {int(key) for key in payable.filter(pl.col("status") == "enrolled")["person_id"]}
