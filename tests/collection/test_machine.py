"""Money told at random against a plain model of who owes, who has paid and what waits: they stay equal. 征收状态机"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.collection.building import confirmed, owed, told
from tests.enrolment.building import at, body, clerk, organisation
from yingbao.collection import receipting, refunding
from yingbao.collection.adjusting import follow
from yingbao.collection.arriving import Told, hold, match, take
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.lifecycle import RefundState
from yingbao.collection.models import Allocation, Arrival, Obligation, Receipt, Refund
from yingbao.collection.releasing import reverse, unmatch
from yingbao.enrolment.actions import withdraw
from yingbao.enrolment.seasons import china_day, open_season
from yingbao.ledger.audit import examine
from yingbao.ledger.balances import balances
from yingbao.people.models import AssistedStatus
from yingbao.values.refusal import Refused

CHILDREN = 3
LATE = at("2019-12-02")
child_ = st.integers(0, CHILDREN - 1)
some_children = st.lists(child_, min_size=1, max_size=CHILDREN, unique=True)
pick = st.integers(0, 1_000)


@dataclass
class Money:
    """What arrived: which children's debts it pays, what is held for its payer, what went back."""

    told: Told
    pays: dict[int, int] = field(default_factory=dict)
    """obligation → sum"""
    overpaid: int = 0
    refunded: int = 0
    is_gone: bool = False

    @property
    def waits(self) -> int:
        """In suspense."""
        spent = sum(self.pays.values()) + self.overpaid + self.refunded
        return 0 if self.is_gone else self.told.amount_fen - spent


@dataclass
class Debt:
    """What is owed for one child at one time."""

    child: int
    due: int
    paid_by: Money | None = None
    is_live: bool = True
    receipt: bool = False


@dataclass
class Back:
    """A sum on its way back."""

    money: Money
    debt: int | None
    sum_: int
    state: str = "requested"


class Collecting(RuleBasedStateMachine):
    """Three children of a school, their families, the school, a bank, and two officers."""

    @initialize()
    def open(self) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now: datetime = at("2019-11-01")
        self.season = open_season(policy_id="320500/2020", at=self.now)
        school = organisation(name="星海学校")
        self.clerk, bureau = clerk(school), organisation("tax_authority")
        self.maker, self.checker = clerk(bureau), clerk(bureau)
        made = owed(self.season, confirmed(self.season, school, CHILDREN), at=self.now)
        self.full = made[0].due_fen
        self.enrolments = [one.enrolment for one in made]
        self.debts = {one.pk: Debt(place, one.due_fen) for place, one in enumerate(made)}
        self.money: dict[str, Money] = {}
        self.backs: dict[str, Back] = {}
        self.left: set[int] = set()
        self.exempt: set[tuple[int, date]] = set()
        self.numbers = itertools.count(1)

    def teardown(self) -> None:
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    # What the model says.

    def live(self, child: int) -> int | None:
        return next((key for key, debt in self.debts.items() if debt.child == child and debt.is_live), None)

    def any_debt(self, child: int, which: int) -> int:
        """One that the child owes or once owed: an order may have been made before things changed."""
        own = [key for key, debt in self.debts.items() if debt.child == child]
        return own[which % len(own)]

    def apply(self, money: Money, wanted: dict[int, int], is_late: bool) -> None:
        """What a person would say of money for these debts."""
        if sum(wanted.values()) == money.told.amount_fen:
            for key, sum_ in wanted.items():
                debt = self.debts[key]
                if debt.paid_by is not None or not debt.is_live or debt.due == 0:
                    money.overpaid += sum_
                    self.asked(money, key, sum_)
                elif sum_ == debt.due and not is_late:
                    money.pays[key], debt.paid_by = sum_, money

    def asked(self, money: Money, debt: int | None, sum_: int) -> None:
        """A refund was asked for, by the platform or by an officer."""
        fresh = Refund.objects.exclude(number__in=list(self.backs)).filter(amount_fen=sum_, obligation=debt)
        self.backs[fresh.earliest("pk").number] = Back(money, debt, sum_)

    def let_go(self, key: int, *, is_owed: bool) -> Money:
        """What paid a debt pays it no more."""
        debt = self.debts[key]
        money = debt.paid_by
        assert money is not None
        del money.pays[key]
        if is_owed:
            debt.paid_by = None
        return money

    # What happens.

    @rule(children=some_children, which=pick, way=st.sampled_from(["wechat", "alipay", "debit"]),
          more=st.sampled_from([0, 0, 0, 1, -1]), is_late=st.integers(0, 5).map(lambda one: one == 0))  # fmt: skip
    def pay(self, children: list[int], which: int, way: str, more: int, is_late: bool) -> None:
        wanted = {self.any_debt(child, which): self.full for child in children}
        said = told(f"{way}:{next(self.numbers)}", self.full * len(wanted) + more, way=way,
                    paid_at=LATE if is_late else self.now)  # fmt: skip
        taken = take(said, wanted=wanted, at=self.now)
        assert taken.fresh
        money = self.money[said.key] = Money(said)
        self.apply(money, wanted, is_late)

    @precondition(lambda self: self.money)
    @rule(which=pick, is_altered=st.booleans())
    def tell_again(self, which: int, is_altered: bool) -> None:
        money = self.one(which)
        said = money.told._replace(digest=b"x" * 32) if is_altered else money.told
        taken = take(said, wanted=dict.fromkeys(self.debts, self.full), at=self.now)
        assert (taken.fresh, taken.conflict) == (False, is_altered)

    @rule(child=child_)
    def list_or_unlist(self, child: int) -> None:
        """A body's list names the child, or no longer; what follows, follows."""
        key = self.live(child)
        if key is None or self.now > at("2019-11-28"):
            return
        self.now += timedelta(days=1)
        person = self.enrolments[child].person
        if self.debts[key].due:
            AssistedStatus.objects.create(person=person, category="orphan", provided_by=body(), first=self.now.date())
            self.exempt |= {(child, china_day(self.now) + timedelta(days=n)) for n in range(60)}
        else:
            self.exempt = {(one, on) for one, on in self.exempt if one != child or on < china_day(self.now)}
            AssistedStatus.objects.filter(person=person, last=None).update(last=self.now.date() - timedelta(days=1))
        follow(season=self.season, person_ids=[person.pk], at=self.now)
        self.end(key)
        fresh = Obligation.objects.get(person=person, ended_at__isnull=True)
        self.debts[fresh.pk] = Debt(child, 0 if self.debts[key].due else self.full)

    @rule(child=child_)
    def leave(self, child: int) -> None:
        if (key := self.live(child)) is None or len(self.left) == CHILDREN - 1:
            return
        enrolment = self.enrolments[child]
        withdraw(enrolment=enrolment, reason="迁出", by=self.clerk, at=self.now)
        follow(season=self.season, person_ids=[enrolment.person_id], at=self.now)
        self.left.add(child)
        self.end(key)

    def end(self, key: int) -> None:
        """A debt is owed no more; who had paid it gets the money back."""
        debt = self.debts[key]
        debt.is_live = False
        if debt.paid_by is not None:
            money = self.let_go(key, is_owed=False)
            money.overpaid += debt.due
            self.asked(money, key, debt.due)

    @rule(count=st.integers(1, CHILDREN), more=st.sampled_from([0, 0, 700]))
    def transfer(self, count: int, more: int) -> None:
        said = told(f"line:{next(self.numbers)}", self.full * count + more, way="transfer", paid_at=self.now)
        hold(said, why="unidentified", at=self.now)
        self.money[said.key] = Money(said)

    @precondition(lambda self: self.in_suspense())
    @rule(which=pick, children=some_children, rest_overpaid=st.booleans())
    def match_to(self, which: int, children: list[int], rest_overpaid: bool) -> None:
        waiting = self.in_suspense()
        money = waiting[which % len(waiting)]
        keys = [key for child in children if (key := self.live(child)) is not None]
        before = money.waits
        match(self.row(money), obligations=keys, at=self.now, by=self.maker.user, rest_overpaid=rest_overpaid)
        for key in keys:
            debt = self.debts[key]
            # The payer's day counts: money of a day on which the child was exempt does not pay what is owed since.
            if (debt.child, china_day(money.told.paid_at)) in self.exempt or money.told.paid_at == LATE:
                continue
            if debt.paid_by is None and 0 < debt.due <= money.waits:
                money.pays[key], debt.paid_by = debt.due, money
        if rest_overpaid and (left := money.waits):
            money.overpaid += left
            self.asked(money, None, left)
        assert money.waits <= before

    @precondition(lambda self: any(one.told.way == "transfer" and one.pays for one in self.money.values()))
    @rule(which=pick)
    def unmatch_one(self, which: int) -> None:
        matched = [one for one in self.money.values() if one.told.way == "transfer" and one.pays]
        money = matched[which % len(matched)]
        key = sorted(money.pays)[0]
        unmatch(allocations=list(Allocation.objects.filter(obligation=key, released_at=None)), at=self.now,
                by=self.maker.user)  # fmt: skip
        self.let_go(key, is_owed=True)
        self.debts[key].receipt = False

    @precondition(lambda self: any(one.told.way == "debit" and not one.is_gone for one in self.money.values()))
    @rule(which=pick, tells=st.integers(1, 2))
    def come_back(self, which: int, tells: int) -> None:
        """A debit is returned."""
        debits = [one for one in self.money.values() if one.told.way == "debit" and not one.is_gone]
        money = debits[which % len(debits)]
        for _ in range(tells):
            reverse(arrival=self.row(money), key=f"return:{money.told.key}", returned_fen=money.told.amount_fen,
                    at=self.now)  # fmt: skip
        for debt in self.debts.values():
            debt.receipt = debt.receipt and debt.paid_by is not money
        for key in list(money.pays):
            self.let_go(key, is_owed=True)
        money.overpaid, money.is_gone = 0, True
        for back in self.backs.values():
            if back.money is money and back.state in ("requested", "abnormal"):
                back.state = "dropped"

    @precondition(lambda self: self.in_suspense())
    @rule(which=pick)
    def send_back(self, which: int) -> None:
        waiting = self.in_suspense()
        money = waiting[which % len(waiting)]
        left = money.waits
        refunding.send_back(arrival=self.row(money), reason="unidentified", note="查无此人", by=self.maker, at=self.now)
        money.overpaid += left
        self.asked(money, None, left)

    @precondition(lambda self: self.backs)
    @rule(which=pick, approves=st.integers(0, 3))
    def decide(self, which: int, approves: int) -> None:
        number = list(self.backs)[which % len(self.backs)]
        back, refund = self.backs[number], Refund.objects.get(number=number)
        self.now += timedelta(seconds=1)
        try:
            if approves:
                refunding.approve(refund=refund, by=self.checker, at=self.now)
            else:
                refunding.reject(refund=refund, note="再核", by=self.checker, at=self.now)
        except Refused:
            assert back.state not in ("requested", "abnormal") or back.money.is_gone or not approves
            return
        if approves and back.state in ("requested", "abnormal"):
            back.money.overpaid -= back.sum_
            back.money.refunded += back.sum_
            back.state = "approved"
        elif not approves:
            back.state = "rejected"

    @precondition(lambda self: any(one.state in ("approved", "processing") for one in self.backs.values()))
    @rule(which=pick, outcome=st.sampled_from(["succeeded", "succeeded", "abnormal", "processing"]))
    def hear_of_a_refund(self, which: int, outcome: str) -> None:
        moving = [number for number, one in self.backs.items() if one.state in ("approved", "processing")]
        number = moving[which % len(moving)]
        back = self.backs[number]
        refunding.submit(refunds=[Refund.objects.get(number=number).pk], at=self.now)
        for _ in range(2):
            refunding.heard(number=number, outcome=RefundState(outcome), at=self.now, amount_fen=back.sum_)
        # What a bank has taken back is not given back: a refund that failed is due no more.
        back.state = "dropped" if outcome == "abnormal" and back.money.is_gone else outcome
        if outcome == "abnormal":
            back.money.refunded -= back.sum_
            back.money.overpaid += 0 if back.money.is_gone else back.sum_
        elif outcome == "succeeded" and back.debt is not None and not self.debts[back.debt].is_live:
            paid = self.debts[back.debt].paid_by
            self.debts[back.debt].receipt &= paid is not back.money

    @rule()
    def issue_receipts(self) -> None:
        waiting = {key for key, debt in self.debts.items() if debt.is_live and debt.paid_by and not debt.receipt}
        assert receipting.issue_all(pooling_area="320500", at=self.now) == len(waiting)
        for key in waiting:
            self.debts[key].receipt = True

    @precondition(lambda self: any(debt.receipt and debt.is_live for debt in self.debts.values()))
    @rule(which=pick, replaces=st.booleans())
    def void_or_replace_a_receipt(self, which: int, replaces: bool) -> None:
        held = [key for key, debt in self.debts.items() if debt.receipt and debt.is_live]
        key = held[which % len(held)]
        receipt = Receipt.objects.get(obligation=key, voided_at=None)
        act = receipting.replace if replaces else receipting.void
        act(receipt=receipt, reason="抬头有误", at=self.now)
        self.debts[key].receipt = replaces

    # What must be equal.

    def one(self, which: int) -> Money:
        return list(self.money.values())[which % len(self.money)]

    def in_suspense(self) -> list[Money]:
        return [one for one in self.money.values() if one.waits]

    def row(self, money: Money) -> Arrival:
        return Arrival.objects.get(key=money.told.key)

    @invariant()
    def every_balance_is_the_models(self) -> None:
        rows = Arrival.objects.values_list("key", "allocated_fen", "overpaid_fen", "refunded_fen")
        assert {key: sums for key, *sums in rows} == {
            key: [sum(one.pays.values()), one.overpaid, one.refunded] for key, one in self.money.items()
        }
        assert {one.pk: (one.is_paid, one.due_fen) for one in Obligation.objects.filter(ended_at=None)} == {
            key: (debt.paid_by is not None, debt.due) for key, debt in self.debts.items() if debt.is_live
        }
        assert dict(Refund.objects.values_list("number", "state")) == {
            number: back.state for number, back in self.backs.items()
        }
        valid = Receipt.objects.filter(voided_at=None).values_list("obligation", flat=True)
        assert sorted(valid) == sorted(key for key, debt in self.debts.items() if debt.receipt)
        self.accounts_are_the_models()

    def accounts_are_the_models(self) -> None:
        live = [debt for debt in self.debts.values() if debt.is_live]
        moving = [one.sum_ for one in self.backs.values() if one.state in ("approved", "processing")]
        book = balances("320500")
        assert {name: book.get(f"320500:{name}", 0) for name in ACCOUNTS} == {
            "receivable:family": sum(debt.due for debt in live if debt.paid_by is None),
            "receivable:treasury": sum(self.full for debt in live if debt.due == 0),
            "treasury": self.full * len(live),
            "suspense": sum(one.waits for one in self.money.values()),
            "overpaid": sum(one.overpaid for one in self.money.values()),
            "transit": sum(moving),
        }

    @invariant()
    def every_invariant_holds(self) -> None:
        assert examine(INVARIANTS) == []


ACCOUNTS = ("receivable:family", "receivable:treasury", "treasury", "suspense", "overpaid", "transit")


@pytest.mark.django_db
def test_whatever_happens_to_money_the_book_is_the_models_and_every_invariant_holds():
    small = settings(
        max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
    )
    run_state_machine_as_test(Collecting, settings=small)
