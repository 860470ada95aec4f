"""A family answers on its phone, a school types in what came on paper; nothing overwrites in silence. 作答

The phone is the family's own word: paper that comes later and says otherwise is kept beside it, the answer is marked
as disputed, and somebody asks (docs/adr/0032). Whatever was given stays as a row of `Given`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from django.db import connection, transaction

from yingbao.agents.models import Appointment, Desk, Organisation
from yingbao.enrolment.seasons import china_day
from yingbao.people.models import Person, SchoolRoll
from yingbao.sealing import sealed
from yingbao.survey import refusals
from yingbao.survey.composing import current, is_open
from yingbao.survey.lifecycle import ANSWERABLE
from yingbao.survey.models import Answer, Counted, Given, SchoolReport, Survey, Version
from yingbao.survey.questions import Answers, Wrong, taken, words_of

Source = Literal["phone", "paper", "sheet"]
What = Literal["taken", "same", "changed", "kept"]
"""new; as it was; another than before; kept beside the family's own word, which stands"""


class NotAnswered(Exception):
    """Questions are unanswered, or answered with what is no answer. 未答完"""

    def __init__(self, wrong: list[Wrong]) -> None:
        self.wrong = wrong
        super().__init__(", ".join(one.question for one in wrong))


class Outcome(NamedTuple):
    """What became of an answer. 结果"""

    answer: Answer
    what: What


def give(
    *, survey: Survey, person: Person, given: Mapping[str, str | list[str]], source: Source, by: Appointment | None,
    at: datetime, seen: int | None = None,
) -> Outcome:  # fmt: skip
    """Take what was said of a child. 提交答案

    `by` is None for a family, whose right to the child the caller has shown. `seen`: how often it had been given when
    the form was shown (0: never); None asks nothing. Raises NotAnswered, or Refused: not open, closed, the school has
    reported, another school's child, changed meanwhile.
    """
    version = _asked(survey, at)
    school = school_of(person, by)
    with transaction.atomic():
        _hold_open(survey, school, person, at)
        answers, wrong = taken(version.form, given, on=china_day(at))
        if wrong:
            raise NotAnswered(wrong)
        said, words = words_of(version.form, answers)
        held = Answer.objects.select_for_update().filter(survey=survey, person=person).first()
        if held is None:
            held, is_new = Answer.objects.get_or_create(
                survey=survey, person=person,
                defaults={"version": version, "said": said, "words_cipher": _sealed(words), "source": source, "at": at},
            )  # fmt: skip
            if is_new:
                _note(held, version, said, words, source, True, by, at)
                return Outcome(held, "taken")
            held = Answer.objects.select_for_update().get(pk=held.pk)
        return _again(held, version, said, words, source, by, at, seen)


def school_of(person: Person, by: Appointment | None) -> Organisation:
    """At which school a child is asked for: on whose roll it is; a school answers for its own alone. 所在学校"""
    rolls = SchoolRoll.objects.filter(person=person, left_on__isnull=True).select_related("school")
    if by is not None:
        if by.desk != Desk.SCHOOL:
            raise refusals.not_yours()
        rolls = rolls.filter(school=by.organisation)
    found = rolls.order_by("contested", "pk").first()
    if found is None:
        raise refusals.not_on_the_roll()
    return found.school


def words_said(row: Answer | Given) -> dict[str, str]:
    """The free words of an answer, in the clear. 文字"""
    if row.words_cipher is None:
        return {}
    return dict(json.loads(sealed.unseal(bytes(row.words_cipher))))


def whole(row: Answer | Given) -> Answers:
    """All that was said, free words too. 全部作答"""
    return {**row.said, **words_said(row)}


def is_locked(survey: Survey, person: Person) -> bool:
    """Whether a child counts in a report that stands, so that its answer does too. 是否已计入"""
    rows = Counted.objects.filter(survey=survey, person=person)
    # Another school's report may be out of sight: then it stands.
    return rows.exists() and not rows.filter(report__state__in=sorted(ANSWERABLE)).exists()


def _asked(survey: Survey, at: datetime) -> Version:
    version = current(survey)
    survey = Survey.objects.get(pk=survey.pk)
    if version is None or survey.closed_at is not None:
        raise refusals.closed()
    if not is_open(survey, version, china_day(at)):
        raise refusals.not_open(version.opens_on)
    return version


def _hold_open(survey: Survey, school: Organisation, person: Person, at: datetime) -> None:
    """Hold the school's report open until the transaction ends, or say that it has been counted.

    Many answer at once and do not wait for each other; who submits waits for all of them, and they for who submits.
    """
    SchoolReport.objects.get_or_create(survey=survey, school=school, defaults={"state_at": at})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state FROM survey_report WHERE survey_id = %s AND school_id = %s FOR SHARE", [survey.pk, school.pk]
        )
        (state,) = cursor.fetchone()
    if state not in ANSWERABLE or is_locked(survey, person):
        raise refusals.reported()


def _again(
    held: Answer, version: Version, said: Answers, words: dict[str, str], source: Source, by: Appointment | None,
    at: datetime, seen: int | None,
) -> Outcome:  # fmt: skip
    if held.said == said and words_said(held) == words:
        return Outcome(held, "same")
    if seen is not None and seen != held.times:
        raise refusals.stale()
    if held.source == "phone" and source != "phone":
        last = Given.objects.filter(answer=held).order_by("-pk")[0]
        if last.stood or last.said != said or words_said(last) != words:
            _note(held, version, said, words, source, False, by, at)
        if not held.disputed:
            held.disputed = True
            held.save(update_fields=["disputed"])
        return Outcome(held, "kept")
    held.version, held.said, held.words_cipher = version, said, _sealed(words)
    held.source, held.times, held.disputed, held.at = source, held.times + 1, False, at
    held.save(update_fields=["version", "said", "words_cipher", "source", "times", "disputed", "at"])
    _note(held, version, said, words, source, True, by, at)
    return Outcome(held, "changed")


def _note(
    held: Answer, version: Version, said: Answers, words: dict[str, str], source: Source, stood: bool,
    by: Appointment | None, at: datetime,
) -> None:  # fmt: skip
    Given.objects.create(
        answer=held, version=version, said=said, words_cipher=_sealed(words), source=source, stood=stood,
        by=by.user if by else None, at=at,
    )  # fmt: skip


def _sealed(words: dict[str, str]) -> bytes | None:
    return sealed.seal(json.dumps(words, ensure_ascii=False)) if words else None
