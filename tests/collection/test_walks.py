"""Random walks through everything that moves money: after each step every invariant holds. 随机资金流"""

from __future__ import annotations

import os
import random
from datetime import timedelta

import pytest

from tests.collection.building import confirmed, owed, told
from tests.enrolment.building import AT, body, clerk, organisation
from yingbao.collection import adjusting, arriving, receipting, refunding, releasing
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.lifecycle import RefundState
from yingbao.collection.models import Allocation, Arrival, Obligation, Receipt, Refund
from yingbao.enrolment import actions
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import open_season
from yingbao.ledger.audit import examine
from yingbao.people.models import AssistedStatus
from yingbao.values.refusal import Refused

STEPS = 50


class Walk:
    """Three children of a school, and everyone who can move their money."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.season = open_season(policy_id="320500/2020", at=AT)
        school = organisation(name="星海学校")
        self.by, bureau = clerk(school), organisation("tax_authority")
        self.officers = [clerk(bureau), clerk(bureau)]
        self.body, self.at, self.count = body(), AT, 0
        owed(self.season, confirmed(self.season, school, 3))
        self.trail: list[str] = []

    def step(self) -> None:
        self.at += timedelta(hours=2)
        self.count += 1
        name = self.chance.choice([one for one in dir(Walk) if one.startswith("do_")])
        try:
            self.trail.append(f"{name} {getattr(self, name)()}")
        except Refused as refused:
            self.trail.append(f"{name} refused {refused.what.en}")

    def pick(self, rows):
        rows = list(rows)
        return self.chance.choice(rows) if rows else None

    def some(self, rows, most=3):
        rows = list(rows)
        return self.chance.sample(rows, min(len(rows), self.chance.randint(0, most)))

    def do_transfer(self):
        fen = self.chance.choice([24000, 48000, 72000, 50000, 100])
        arriving.hold(told(f"line:{self.count}", fen, way="transfer", paid_at=self.at), why="unidentified", at=self.at)
        return fen

    def do_match(self):
        if (arrival := self.pick(Arrival.objects.all())) is not None:
            keys = [one.pk for one in self.some(Obligation.objects.all())]
            rest = self.chance.random() < 0.5
            arriving.match(arrival, obligations=keys, at=self.at, rest_overpaid=rest)
            return arrival.pk, keys, rest
        return None

    def do_unmatch(self):
        stale = self.some(Allocation.objects.all(), 2)
        releasing.unmatch(allocations=stale, at=self.at, by=self.officers[0].user)
        return [one.pk for one in stale]

    def do_pay(self):
        keys = [one.pk for one in self.some(Obligation.objects.all(), 2)]
        if keys:
            sums = dict.fromkeys(keys, self.chance.choice([24000, 24000, 24000, 100]))
            way = self.chance.choice(["wechat", "debit"])
            message = told(f"{way}:{self.count}", sum(sums.values()), way=way, paid_at=self.at)
            return keys, arriving.take(message, wanted=sums, at=self.at).uses
        return None

    def do_reverse(self):
        if (arrival := self.pick(Arrival.objects.filter(way="debit"))) is not None:
            key = f"return:{arrival.pk}"
            return arrival.pk, releasing.reverse(arrival=arrival, key=key, returned_fen=arrival.amount_fen, at=self.at)
        return None

    def do_list(self):
        one = self.pick(Enrolment.objects.all())
        held = AssistedStatus.objects.filter(person=one.person_id, last__isnull=True)
        if held.exists():
            held.update(last=self.at.date() - timedelta(days=1))
        else:
            first = self.at.date() - timedelta(days=1)
            AssistedStatus.objects.create(
                person=one.person, category="minimum_living", provided_by=self.body, first=first
            )
        return one.pk, adjusting.follow(season=self.season, person_ids=[one.person_id], at=self.at)

    def do_withdraw(self):
        one = self.pick(Enrolment.objects.all())
        adjusting.withdraw(enrolment=one, reason="迁往外地", by=self.by, at=self.at)
        return one.pk

    def do_enrol_again(self):
        one = self.pick(Enrolment.objects.filter(state="withdrawn"))
        if one is not None:
            again = actions.reopen(enrolment=one, by=self.by, at=self.at)
            actions.confirm(enrolments=[again], by=self.by, at=self.at)
            again.refresh_from_db()
            owed(self.season, [again], at=self.at)
            return one.pk
        return None

    def do_send_back(self):
        if (arrival := self.pick(Arrival.objects.all())) is not None:
            refunding.send_back(
                arrival=arrival, reason="unidentified", note="查无", by=self.pick(self.officers), at=self.at
            )
            return arrival.pk
        return None

    def do_decide(self):
        if (refund := self.pick(Refund.objects.all())) is not None:
            by = self.pick(self.officers)
            deed = self.chance.choice(["approve", "approve", "reject", "ask_again"])
            if deed == "approve":
                refunding.approve(refund=refund, by=by, at=self.at)
            elif deed == "reject":
                refunding.reject(refund=refund, note="不符", by=by, at=self.at)
            else:
                refunding.ask_again(refund=refund, note="核实", by=by, at=self.at)
            return deed, refund.pk
        return None

    def do_pay_back(self):
        if (refund := self.pick(Refund.objects.all())) is not None:
            refunding.submit(refunds=[refund.pk], at=self.at)
            outcome = self.pick([RefundState.PROCESSING, RefundState.SUCCEEDED, RefundState.ABNORMAL])
            refunding.heard(number=refund.number, outcome=outcome, at=self.at)
            return refund.pk, outcome
        return None

    def do_receipts(self):
        issued = len(receipting.issue(pooling_area="320500", at=self.at))
        if self.chance.random() < 0.3 and (receipt := self.pick(Receipt.objects.all())):
            receipting.replace(receipt=receipt, reason="抬头有误", at=self.at)
        return issued


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(int(os.environ.get("WALKS", "2"))))
def test_every_invariant_holds_after_each_step_of_a_random_walk(seed):
    walk = Walk(seed)
    for _ in range(STEPS):
        walk.step()
        found = examine(INVARIANTS)
        assert found == [], "\n".join([*walk.trail, *(f"{one.invariant.id} {one.rows}" for one in found)])
