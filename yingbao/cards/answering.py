"""What the card centre answers: of each line whether it was made, and who holds a card already. 制卡结果

Rows are taken one by one; a row that cannot be is told with its number, what and how to mend it, and stops no other.
A row that says what stands already changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from yingbao.agents.models import Appointment, Organisation
from yingbao.cards import deciding
from yingbao.cards.lifecycle import LIVE_CARD, Act, CardState
from yingbao.cards.models import Batch, Card, CentreFile, Photo
from yingbao.cards.recording import record, step
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import china_day
from yingbao.people.models import IdentityDocument
from yingbao.values.text import Text

ABOUT_THE_PHOTO = ("照片", "相片", "头像", "人像", "photo", "picture")
"""A reason that names the photo has another one asked for."""


class Answer(NamedTuple):
    """A row of a result. 结果行"""

    row: int
    line: int
    made: bool
    last_digits: str
    reason: str


class Holder(NamedTuple):
    """A row of a list of those who have a card. 持卡行"""

    row: int
    name: str
    number_index: bytes
    last_digits: str


class Problem(NamedTuple):
    """A row that was not taken. 问题行"""

    row: int
    what: Text
    mend: Text

    def kept(self) -> dict[str, object]:
        """As it is kept with the file."""
        return {"row": self.row, "what": {"zh": self.what.zh, "en": self.what.en},
                "mend": {"zh": self.mend.zh, "en": self.mend.en}}  # fmt: skip


class Taken(NamedTuple):
    """What became of a file. 处理结果"""

    file: CentreFile
    again: bool
    """the very file was taken before: nothing was done"""
    rejected: tuple[Photo, ...] = ()
    """photos that have to be taken again"""


def take_results(
    *, batch: Batch, sha256: str, answers: Sequence[Answer], problems: Sequence[Problem], by: Appointment, at: datetime
) -> Taken:
    """Let a result file take effect; `problems` are rows that could not even be read. 制卡结果入库"""
    with transaction.atomic():
        held = Batch.objects.select_for_update().get(pk=batch.pk)
        if before := _before(held.pooling_area, "result", sha256):
            return Taken(before, again=True)
        cards = {one.line: one for one in Card.objects.select_for_update().filter(batch=held).order_by("pk")}
        taking = _Taking(cards, by, at, list(problems))
        for answer in answers:
            taking.take(answer)
        file = _kept(held.pooling_area, "result", held, sha256, len(answers) + len(problems), taking.taken,
                     taking.problems, by, at)  # fmt: skip
        if held.answered_at is None and all(one.state != CardState.ORDERED for one in cards.values()):
            held.answered_at = at
            held.save(update_fields=["answered_at"])
        return Taken(file, again=False, rejected=tuple(taking.rejected))


class _Taking:
    """The rows of one result file, as they take effect."""

    def __init__(self, cards: dict[int | None, Card], by: Appointment, at: datetime, problems: list[Problem]) -> None:
        self.cards, self.by, self.at, self.problems = cards, by, at, problems
        self.said: dict[int, Answer] = {}
        self.taken, self.rejected = 0, list[Photo]()

    def take(self, answer: Answer) -> None:
        """One row: into effect, already so, or a problem."""
        card, twin = self.cards.get(answer.line), self.said.get(answer.line)
        if card is None:
            self._tell(answer, Text("本批次没有第{n}号", "line {n} is not in this batch").filled(n=answer.line),
                       Text("核对批次号和序号", "check batch and line"))  # fmt: skip
        elif twin is not None and twin._replace(row=answer.row) != answer:
            self._tell(answer, Text("与第{n}行说法不同", "row {n} says otherwise").filled(n=twin.row),
                       Text("两行留一行", "keep one of the two"))  # fmt: skip
        elif card.state != CardState.ORDERED:
            self._again(answer, card)
        elif answer.made:
            self._made(answer, card)
        else:
            self._refused(answer, card)
        self.said.setdefault(answer.line, answer)

    def _again(self, answer: Answer, card: Card) -> None:
        was_made = card.state != CardState.REFUSED
        same = card.last_digits == answer.last_digits if was_made else True
        if was_made != answer.made or not same:
            self._tell(
                answer,
                Text("这一号先前已回复“{state}”", "this line was answered before: {state}").filled(
                    state=card.state_text
                ),
                Text("先前有误的，请在卡片页登记", "if that was wrong, record it at the card"),
            )

    def _made(self, answer: Answer, card: Card) -> None:
        card.state, card.state_at, card.last_digits = CardState.MADE, self.at, answer.last_digits
        card.save(update_fields=["state", "state_at", "last_digits"])
        record([step(card, Act.MAKE, before=CardState.ORDERED, by=self.by, at=self.at)])
        self.taken += 1

    def _refused(self, answer: Answer, card: Card) -> None:
        card.state, card.state_at, card.reason = CardState.REFUSED, self.at, answer.reason[:200]
        card.save(update_fields=["state", "state_at", "reason"])
        record([step(card, Act.REFUSE, before=CardState.ORDERED, by=self.by, reason=card.reason, at=self.at)])
        self.taken += 1
        if card.photo_id and any(word in answer.reason.lower() for word in ABOUT_THE_PHOTO):
            photo = Photo.objects.select_for_update().get(pk=card.photo_id)
            if photo.purged_at is None:
                deciding.rejected(photo, reason=card.reason, by=self.by, at=self.at)
                self.rejected.append(photo)

    def _tell(self, answer: Answer, what: Text, mend: Text) -> None:
        self.problems.append(Problem(answer.row, what, mend))


def take_holders(
    *, area: str, sha256: str, holders: Sequence[Holder], problems: Sequence[Problem], by: Appointment, at: datetime
) -> Taken:
    """Note who holds a card already, by the centre's list; set-based. 持卡名单入库"""
    told = list(problems)
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=by.organisation_id)
        if before := _before(area, "holders", sha256):
            return Taken(before, again=True)
        indexes = [one.number_index for one in holders]
        enrolled = Enrolment.objects.filter(season__pooling_area=area).values("person")
        found = {
            bytes(index): (person, name)
            for index, person, name in IdentityDocument.objects.filter(
                number_index__in=indexes, person__in=enrolled
            ).values_list("number_index", "person", "person__name")
        }
        live = Card.objects.filter(pooling_area=area, state__in=sorted(LIVE_CARD))
        has = set(live.filter(person__in=[key for key, _ in found.values()]).values_list("person", flat=True))
        fresh: dict[int, Card] = {}
        for one in holders:
            person, name = found.get(one.number_index, (0, ""))
            if not person:
                told.append(
                    Problem(
                        one.row,
                        Text("平台上没有这个孩子", "no such child on the platform"),
                        Text("不在本地参保的不用处理；号码写错的改正", "correct the number, or ignore"),
                    )
                )
            elif name != one.name:
                told.append(Problem(one.row, Text("姓名与证件号码不符", "name and number do not belong together"),
                                    Text("核对后改正", "check and correct")))  # fmt: skip
            elif person not in has and person not in fresh:
                fresh[person] = Card(
                    person_id=person, pooling_area=area, state=CardState.HELD, state_at=at, how="listed",
                    last_digits=one.last_digits, held_on=china_day(at),
                )  # fmt: skip
        cards = Card.objects.bulk_create(fresh.values(), batch_size=2_000)
        record([step(one, Act.NOTE, by=by, at=at) for one in cards])
        file = _kept(area, "holders", None, sha256, len(holders) + len(problems), len(cards), told, by, at)
        return Taken(file, again=False)


def _before(area: str, kind: str, sha256: str) -> CentreFile | None:
    return CentreFile.objects.filter(pooling_area=area, kind=kind, sha256=sha256).first()


def _kept(
    area: str, kind: str, batch: Batch | None, sha256: str, rows: int, taken: int, problems: list[Problem],
    by: Appointment, at: datetime,
) -> CentreFile:  # fmt: skip
    return CentreFile.objects.create(
        pooling_area=area, kind=kind, batch=batch, sha256=sha256, uploaded_by=by.user, uploaded_at=at, rows=rows,
        taken=taken, problems=[one.kept() for one in sorted(problems, key=lambda one: one.row)[:500]],
    )  # fmt: skip
