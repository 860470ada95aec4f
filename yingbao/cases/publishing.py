"""An answer that helps others is published, replaced, withdrawn, and said to have helped. 公开答复

What is published is about nobody: numbers are refused, and so are the names that belong to the question it came from.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from yingbao.agents.models import Appointment, Desk
from yingbao.cases import wording
from yingbao.cases.finding import grams_of
from yingbao.cases.kinds import TOPICS
from yingbao.cases.lifecycle import State
from yingbao.cases.models import AnswerEnd, Case, GeneralAnswer, Helped
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

DESKS = (Desk.COMMUNITY, Desk.AGENCY, Desk.TAX, Desk.EDUCATION, Desk.CARD)
"""Who publishes: a school's answer holds for itself, a sub-district's and a bureau's for others."""
LONGEST_QUESTION, LONGEST_ANSWER, LONGEST_CLAUSE, LONGEST_REASON = 200, 1000, 60, 200


class Wording(NamedTuple):
    """What is to be published. 公开内容"""

    topic: str
    question: str
    answer: str
    clause: str
    for_staff: bool
    for_families: bool
    plan_year: int | None


def publish(
    *, said: Wording, once: str, by: Appointment, at: datetime, case: Case | None = None,
    replaces: GeneralAnswer | None = None,
) -> GeneralAnswer:  # fmt: skip
    """Publish an answer, in the place of another one if it replaces one; the same form again changes nothing. 发布

    Raises Refused for what may not be written, for a question that is not answered, and for an answer that somebody
    has replaced or withdrawn meanwhile.
    """
    words = _checked(said, case)
    _check_desk(by)
    if case is not None and case.state != State.SETTLED:
        raise _not_answered()
    with transaction.atomic():
        held = GeneralAnswer.objects.filter(once=once).first()
        if held is not None:
            return held
        if replaces is not None:
            _end(replaces, by, at, REPLACED)
        try:
            with transaction.atomic():
                return GeneralAnswer.objects.create(
                    pooling_area=by.organisation.pooling_area, plan_year=words.plan_year, topic=words.topic,
                    question=words.question, answer=words.answer, clause=words.clause, for_staff=words.for_staff,
                    for_families=words.for_families, from_case=case, replaces=replaces, once=once,
                    published_by_body=by.organisation, published_by=by.user, published_at=at,
                    grams=grams_of(words.question, words.answer, words.clause, TOPICS[words.topic].name.zh),
                )  # fmt: skip
        except IntegrityError:
            return GeneralAnswer.objects.get(once=once)


REPLACED = "由新的答复代替"


def withdraw(*, answer: GeneralAnswer, reason: str, by: Appointment, at: datetime) -> None:
    """It holds no more; it stays readable to whoever looks up what was said. 停用"""
    kept = wording.checked(reason, where="reason", longest=LONGEST_REASON)
    with transaction.atomic():
        _end(answer, by, at, kept)


def may_change(answer: GeneralAnswer, by: Appointment) -> bool:
    """Whether somebody may replace or withdraw it: whose it is, and the insurance agency of the area. 可否更改"""
    if by.desk not in DESKS or by.organisation.pooling_area != answer.pooling_area:
        return False
    return by.organisation_id == answer.published_by_body_id or by.desk == Desk.AGENCY


def say(*, answer: GeneralAnswer, reader_index: bytes, yes: bool, at: datetime) -> bool:
    """A reader says whether it helped; whether it counted, which it does once. 评价"""
    _, first = Helped.objects.get_or_create(answer=answer, reader_index=reader_index, defaults={"yes": yes, "at": at})
    return first


def figures(answers: list[GeneralAnswer]) -> dict[int, tuple[int, int]]:
    """How many said that each answer helped, and how many that it did not. 评价人数"""
    rows = Helped.objects.filter(answer__in=answers).values_list("answer")
    sums = rows.annotate(yes_=Count("pk", filter=Q(yes=True)), no_=Count("pk", filter=Q(yes=False))).order_by()
    return {key: (yes, no) for key, yes, no in sums}


def _end(answer: GeneralAnswer, by: Appointment, at: datetime, reason: str) -> None:
    held = GeneralAnswer.objects.select_for_update().get(pk=answer.pk)
    if not may_change(held, by):
        raise Refused(
            where="",
            what=Text("这条答复由“{p}”发布", "{p} published this answer").filled(p=held.published_by_body.name),
            mend=Text("请联系该单位或医保经办机构修改。", "Ask them, or the insurance agency, to change it."),
        )
    if AnswerEnd.objects.filter(answer=held).exists():
        raise Refused(
            where="",
            what=Text("这条答复已经停用或被代替", "This answer was withdrawn or replaced meanwhile"),
            mend=Text("请看最新的答复。", "Look at the newest one."),
        )
    AnswerEnd.objects.create(answer=held, by=by.user, body=by.organisation, at=at, reason=reason)


def _check_desk(by: Appointment) -> None:
    if by.desk not in DESKS:
        raise Refused(
            where="",
            what=Text("公开答复由街道和部门发布", "Sub-districts and bureaus publish answers"),
            mend=Text("请把问题转给他们，或请他们发布。", "Pass the question on, or ask them to publish it."),
        )


def _not_answered() -> Refused:
    return Refused(
        where="",
        what=Text("这个问题还没有答复", "The question is not answered yet"),
        mend=Text("先答复，再公开。", "Answer it first."),
    )


def _checked(said: Wording, case: Case | None) -> Wording:
    if said.topic not in TOPICS:
        raise Refused(where="topic", what=Text("没有选类别", "No topic"), mend=Text("请选一类。", "Choose one."))
    if not (said.for_staff or said.for_families):
        raise Refused(
            where="readers",
            what=Text("没有选给谁看", "It is for nobody"),
            mend=Text("家长、工作人员，至少选一个。", "Families, staff, or both."),
        )
    kept = said._replace(
        question=wording.checked(said.question, where="question", longest=LONGEST_QUESTION),
        answer=wording.checked(said.answer, where="answer", longest=LONGEST_ANSWER),
        clause=" ".join(said.clause.split())[:LONGEST_CLAUSE],
    )
    for where, text in (("question", kept.question), ("answer", kept.answer), ("clause", kept.clause)):
        for name in _names_in(case):
            if name in text:
                raise Refused(
                    where=where,
                    what=Text("里面有当事人的姓名", "The name of somebody concerned stands in it"),
                    mend=Text("请改成“孩子”“家长”，只留道理。", "Say “the child” or “a parent”."),
                )
    return kept


def _names_in(case: Case | None) -> list[str]:
    """The names of the child and its guardians, of which a general answer says none."""
    if case is None or case.person is None:
        return []
    names = [case.person.name, *case.person.guardians.values_list("name", flat=True)]
    return [name for name in names if len(name) > 1]
