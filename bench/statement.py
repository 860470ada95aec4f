"""A statement of 10,000 lines from its bytes into the book, and the transfers in it matched to their children. 对账单

One line in ten is a school's transfer with its reference, for ten children; the others are unknown. Runs on an
embedded server of its own, fsync on; `bench/statement.py 2000` takes that many lines. The invariants are examined after
the run.
"""

from __future__ import annotations

import csv
import io
import os
import sys
import tempfile
import time
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yingbao.agents.models import Appointment, Organisation
    from yingbao.enrolment.models import Season

LINES = 10_000
EACH = 10
"""children of a transfer; one line in so many is a transfer"""
AREA, NUMBER, DAY = "320500", "32050161000000088001", date(2019, 11, 12)
HEADER = ["账号", "记账日期", "交易流水号", "借贷", "金额", "余额", "对方户名", "对方账号", "附言"]


def children(season: Season, count: int, at: datetime) -> Organisation:
    """A school of so many confirmed children."""
    from yingbao.agents.models import Appointment, Desk, Organisation, User
    from yingbao.enrolment.actions import confirm_ready
    from yingbao.enrolment.opening import list_and_determine
    from yingbao.people.models import BasicRegistration, Guardian, IdentityDocument, Person, SchoolRoll
    from yingbao.sealing import sealed

    school = Organisation.objects.create(
        kind="school", pooling_area=AREA, code="B1", name="测试学校", division="320508", stages=["primary"]
    )
    persons = Person.objects.bulk_create(
        [
            Person(name="张小明", name_original="张小明", birth_date=date(2012, 5, 4), hukou="320508", created_at=at)
            for _ in range(count)
        ]
    )
    documents, guardians = [], []
    for number, one in enumerate(persons):
        cipher, index, masked = sealed.number(f"B{number:017}")
        documents.append(
            IdentityDocument(
                person=one, kind="resident_id", added_at=at, number_cipher=cipher, number_index=index,
                number_masked=masked,
            )
        )  # fmt: skip
        cipher, index, masked = sealed.phone("13800000000")
        guardians.append(
            Guardian(
                person=one, position=1, relation="mother", phone_cipher=cipher, phone_index=index, phone_masked=masked
            )
        )
    IdentityDocument.objects.bulk_create(documents)
    Guardian.objects.bulk_create(guardians)
    BasicRegistration.objects.bulk_create(
        [
            BasicRegistration(person=one, pooling_area=AREA, registered_on=date(2018, 10, 1), channel="community")
            for one in persons
        ]
    )
    SchoolRoll.objects.bulk_create(
        [
            SchoolRoll(
                person=one, school=school, school_year=2019, stage="primary", grade=1, class_name="1班",
                entered_on=date(2019, 9, 1),
            )
            for one in persons
        ]
    )  # fmt: skip
    user = User.objects.create(username="bench", name="测试", password="!")
    clerk = Appointment.objects.create(user=user, organisation=school, desk=Desk.SCHOOL, since=date(2019, 1, 1))
    list_and_determine(season=season, organisation=school, at=at)
    confirm_ready(season=season, organisation=school, by=clerk, at=at)
    return school


def declared(season: Season, school: Organisation, at: datetime) -> list[tuple[str, int]]:
    """The children owe by declarations of ten each: reference and sum of every declaration."""
    from yingbao.collection.owing import Owed, assess
    from yingbao.declaration.models import Declaration
    from yingbao.enrolment.models import Enrolment
    from yingbao.values import reference

    rows = list(Enrolment.objects.filter(season=season, organisation=school, state="confirmed").order_by("pk"))
    user = school.appointments.get().user
    groups = [rows[first : first + EACH] for first in range(0, len(rows), EACH)]
    declarations = Declaration.objects.bulk_create(
        [
            Declaration(
                season=season, organisation=school, ordinal=number, reference=reference.make("SB", number),
                method="transfer", state="accepted", heads=0, payers=0, exempt=0, self_paid_fen=0, subsidised_fen=0,
                digest=bytes(32), frozen_at=at, submitted_at=at, decided_at=at, decided_by=user,
            )
            for number in range(1, len(groups) + 1)
        ]
    )  # fmt: skip
    owed = [
        Owed(one.pk, one.self_paid_fen, one.subsidised_fen, one.paid_by, declaration=declaration.pk)
        for declaration, group in zip(declarations, groups, strict=True)
        for one in group
    ]
    assert len(assess(season=season, owed=owed, at=at)) == len(rows)
    sums = [sum(one.self_paid_fen for one in group) for group in groups]
    return [(declaration.reference, fen) for declaration, fen in zip(declarations, sums, strict=True)]


def statement(transfers: list[tuple[str, int]], lines: int) -> bytes:
    """The file: each transfer among lines that nobody knows."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADER)
    balance = 0
    for number in range(lines):
        known = number % EACH == 0 and number // EACH < len(transfers)
        text, fen = transfers[number // EACH] if known else (f"汇款 {number}", 12_300 + number)
        balance += fen
        account = f"622202{number % 300:013}"
        row = [NUMBER, DAY, f"S{number:08}", "贷", f"{fen / 100:.2f}", f"{balance / 100:.2f}", "某单位", account, text]
        writer.writerow(row)
    return out.getvalue().encode()


def measure(lines: int) -> None:
    """Each step of the road, and the whole."""
    from yingbao.collection.audit import INVARIANTS
    from yingbao.collection.matching import match_by_reference
    from yingbao.collection.models import BankAccount
    from yingbao.collection.statements import take_statement
    from yingbao.enrolment.seasons import open_season
    from yingbao.exchange.bank.statements import read_statement
    from yingbao.exchange.banking import statement_facts
    from yingbao.ledger.audit import examine
    from yingbao.values import clock

    at = clock.now()
    season = open_season(policy_id="320500/2020", at=at)
    by = officer()
    content = statement(declared(season, children(season, lines, at), at), lines)
    account = BankAccount.objects.create(pooling_area=AREA, holder="专户", number=NUMBER, bank="银行", bank_code="1")
    marks = [time.perf_counter()]
    read = read_statement(name="对账单.csv", content=content)
    marks.append(time.perf_counter())
    facts = statement_facts(read, "对账单.csv", (None, None))
    taken = take_statement(account=account, file=facts, by=by, at=at)
    marks.append(time.perf_counter())
    matched = match_by_reference(pooling_area=AREA, at=at)
    marks.append(time.perf_counter())
    assert (taken.counts, matched.children) == ({"arrival": lines}, lines), (taken.counts, matched)
    for say, first, last in (("read and checked", 0, 1), ("in the book", 1, 2), ("matched", 2, 3), ("all of it", 0, 3)):
        seconds = marks[last] - marks[first]
        print(f"{lines:>8,} lines  {say:<18}{seconds:8.2f} s  {lines / seconds:10,.0f} a second")
    # The declarations of the bench have no frozen lines; all else has to hold.
    wrong = [each.invariant.id for each in examine(INVARIANTS) if not each.invariant.id.startswith("declared.")]
    print(f"{matched.arrivals:,} transfers for {matched.children:,} children; invariants broken: {wrong or 'none'}")


def officer() -> Appointment:
    """Somebody of the tax authority."""
    from yingbao.agents.models import Appointment, Desk, Organisation, User

    place = Organisation.objects.create(
        kind="tax_authority", pooling_area=AREA, code="T1", name="税务局", division="320508"
    )
    user = User.objects.create(username="collector", name="税务", password="!")
    return Appointment.objects.create(user=user, organisation=place, desk=Desk.TAX, since=date(2019, 1, 1))


def main() -> None:
    """Measure on a server of its own."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"YINGBAO_HOME": home, "YINGBAO_SECRET_KEY": "bench", "YINGBAO_CLOCK": "2019-11-12T10:00"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "yingbao.settings"
        from yingbao.sealing.keys import make_keys

        os.environ["YINGBAO_KEYS"] = make_keys()
        from yingbao.cli.platform import create_database, ready
        from yingbao.values import clock

        ready()
        clock.set_to(datetime(2019, 11, 12, 10, 0, tzinfo=clock.CHINA))
        create_database()
        measure(int(sys.argv[1]) if len(sys.argv) > 1 else LINES)


if __name__ == "__main__":
    main()
