"""Policies other than the two: many criteria, every operator, cover that comes too late. 规则手册"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from tests.determination.children import AS_OF, Facts, child, typed
from yingbao.determination import rulebook as rulebook_module
from yingbao.determination.counter import determine_one
from yingbao.determination.frame import determine
from yingbao.determination.rulebook import Rulebook, rulebook_of
from yingbao.policy.catalogue import policy_of
from yingbao.policy.model import Policy
from yingbao.policy.rules import CoverRule, Criterion, PremiumRule
from yingbao.values.text import Text

SAYS = Text(zh="条件", en="criterion")
SUZHOU = policy_of("320500/2020")
PUPIL = {"hukou": "320508", "school_division": "320505", "school_stage": "primary"}


def changed(criteria: dict[str, Criterion], **tables: list[Any]) -> Policy:
    """Suzhou's policy with more criteria and with other tables."""
    return msgspec.structs.replace(
        SUZHOU,
        criteria={**SUZHOU.criteria, **criteria},
        tables=msgspec.structs.replace(SUZHOU.tables, **tables),
    )


def premium(name: str, sum_fen: int, *when: str) -> PremiumRule:
    return PremiumRule(id=name, clause="三", because=SAYS, when=list(when), one_sum_fen=sum_fen)


def premiums(policy: Policy, children: list[Facts]) -> list[int]:
    """What the frame says, once the counter has been found to say the same."""
    found = determine(policy, typed(children), AS_OF).column("premium_fen").to_pylist()
    assert found == [determine_one(policy, one, AS_OF).premium_fen for one in children]
    return found


def test_a_policy_may_have_more_criteria_than_a_word_has_bits():
    steps = range(200, 0, -1)
    criteria = {f"lapsed_{n}": Criterion(says=SAYS, fact="lapsed_years", at_least=n) for n in steps}
    rows = [premium(f"row_{n}", n, f"lapsed_{n}") for n in steps]
    policy = changed(criteria, premium=[*rows, premium("other", 7_000)])
    children = [child(lapsed_years=n, **PUPIL) for n in (0, 1, 2, 61, 62, 63, 64, 124, 125, 199, 200, 201, 9999)]
    assert premiums(policy, children) == [7_000, 1, 2, 61, 62, 63, 64, 124, 125, 199, 200, 200, 200]


OPERATORS: dict[str, tuple[Criterion, list[dict[str, Any]], list[dict[str, Any]]]] = {
    "a number below": (
        Criterion(says=SAYS, fact="repaired_years", below=3),
        [{"repaired_years": 0}, {"repaired_years": 2}],
        [{"repaired_years": 3}],
    ),
    "a number that is": (Criterion(says=SAYS, fact="tier", is_=2), [{"tier": 2}], [{"tier": 1}, {}]),
    "the age at least": (
        Criterion(says=SAYS, fact="age", at_least=7),
        [{"birth_date": date(2013, 1, 1)}],
        [{"birth_date": date(2013, 1, 2)}, {"birth_date": None}],
    ),
    "parents known and elsewhere": (
        Criterion(says=SAYS, fact="parent_hukou", outside="city"),
        [{"parent_hukou": ("340102",)}],
        [{"parent_hukou": ("340102", "320571")}, {"parent_hukou": ()}],
    ),
    "a day from": (
        Criterion(says=SAYS, fact="birth_date", from_=date(2012, 9, 1)),
        [{"birth_date": date(2012, 9, 1)}],
        [{"birth_date": date(2012, 8, 31)}, {"birth_date": None}],
    ),
    "a day until": (
        Criterion(says=SAYS, fact="points_admitted_on", until=date(2019, 6, 30)),
        [{"points_admitted_on": date(2019, 6, 30)}],
        [{"points_admitted_on": date(2019, 7, 1)}, {}],
    ),
    "a day known": (
        Criterion(says=SAYS, fact="points_admitted_on", known=True),
        [{"points_admitted_on": date(1999, 1, 1)}],
        [{}],
    ),
    "parents unknown": (
        Criterion(says=SAYS, fact="parent_hukou", known=False),
        [{"parent_hukou": ()}],
        [{"parent_hukou": ("340102",)}],
    ),
    "an identity type": (
        Criterion(says=SAYS, fact="identity_type", any_of=["passport", "tw_permit"]),
        [{"identity_type": "tw_permit"}],
        [{"identity_type": "resident_id"}, {}],
    ),
    "not true": (
        Criterion(says=SAYS, fact="residence_permit", is_=False),
        [{"residence_permit": False}, {}],
        [{"residence_permit": True}],
    ),
    "another day within months of birth": (
        Criterion(says=SAYS, fact="points_admitted_on", months_from_birth=12),
        [{"birth_date": date(2018, 8, 31), "points_admitted_on": date(2019, 8, 31)}],
        [
            {"birth_date": date(2018, 8, 31), "points_admitted_on": date(2019, 9, 1)},
            {"birth_date": None, "points_admitted_on": date(2019, 8, 31)},
            {"birth_date": date(2018, 8, 31)},
        ],
    ),
}


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_holds_for_its_values_and_for_no_others(name):
    criterion, holding, failing = OPERATORS[name]
    policy = changed({"asked": criterion}, premium=[premium("held", 1, "asked"), premium("other", 2)])
    children = [child(**{**PUPIL, **facts}) for facts in [*holding, *failing]]
    assert premiums(policy, children) == [1] * len(holding) + [2] * len(failing)


def test_a_later_table_may_ask_what_decided_an_earlier_one():
    asked = Criterion(says=SAYS, decided="subsidy", by=["exempt_whole"])
    cover = [
        CoverRule(id="exempt", clause="三", because=SAYS, when=["asked"], starts="after_days", days=100),
        CoverRule(id="others", clause="三", because=SAYS, starts="year_start"),
    ]
    policy = changed({"asked": asked}, cover=cover)
    children = [
        child(**PUPIL, paid_on=date(2019, 11, 1)),
        child(**PUPIL, assistance=("orphan",), paid_on=date(2019, 11, 1)),
    ]
    found = determine(policy, typed(children), AS_OF).column("coverage_from").to_pylist()
    assert found == [date(2020, 1, 1), date(2020, 2, 9)]


def cover_of(policy: Policy, paid: date) -> tuple[str, date | None, int]:
    facts = child(**PUPIL, paid_on=paid)
    one = determine_one(policy, facts, AS_OF)
    frame = determine(policy, typed([facts]), AS_OF).to_pylist()[0]
    assert (frame["status"], frame["coverage_from"]) == (one.status, one.coverage_from)
    return one.status, one.coverage_from, one.premium_fen


def test_cover_that_would_begin_after_the_year_is_for_an_officer_to_decide():
    wait = CoverRule(id="wait", clause="三", because=SAYS, starts="after_days", days=400)
    policy = changed({}, cover=[wait])
    last = date(2020, 12, 31) - timedelta(days=400)
    assert cover_of(policy, last)[:2] == ("enrolled", date(2020, 12, 31))
    assert cover_of(policy, last + timedelta(days=1)) == ("refer", None, 0)


def test_a_wait_never_lets_cover_begin_before_the_year():
    wait = CoverRule(id="wait", clause="三", because=SAYS, starts="next_month")
    assert cover_of(changed({}, cover=[wait]), date(2019, 9, 30))[1] == date(2020, 1, 1)


def test_the_last_days_of_the_calendar_are_days_like_others():
    wait = CoverRule(id="wait", clause="三", because=SAYS, starts="next_month")
    assert cover_of(changed({}, cover=[wait]), date.max)[0] == "closed"
    facts = child(hukou="320508", birth_date=date(9999, 12, 1), paid_on=date.max)
    assert determine_one(SUZHOU, facts, AS_OF).status == "closed"


def test_a_policy_is_made_ready_once_and_old_ones_are_let_go():
    assert rulebook_of(SUZHOU) is rulebook_of(SUZHOU)
    for _ in range(100):
        rulebook_of(changed({}))
    assert len(rulebook_module._made) <= rulebook_module.KEPT


def test_outcomes_that_are_forgotten_are_decided_the_same_again(monkeypatch):
    monkeypatch.setattr(rulebook_module, "REMEMBERED", 1)
    book = Rulebook(SUZHOU)
    first = [book.outcome(bits) for bits in range(64)]
    assert [book.outcome(bits) for bits in range(64)] == first
