"""Whatever is done to a sealed row or to the chain is found, and named. 哈希链"""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from tests.enrolment.building import AT, at, child, clerk, organisation
from yingbao.people.looks import looked
from yingbao.people.models import Change, Look
from yingbao.trail import chain, chaining
from yingbao.trail.chaining import extend
from yingbao.trail.events import note
from yingbao.trail.models import Block, Event, Horizon
from yingbao.trail.sources import sources
from yingbao.trail.verifying import Finding, verify

LATER = at("2019-11-13")


def tamper(statement: str, *values: object) -> None:
    """As the owner of the server would do it, past every trigger."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def events(count: int, what: str = "sign_in") -> list[int]:
    for number in range(count):
        note(what=what, user=None, organisation=None, about=f"try {number}", at=AT)
    return list(Event.objects.order_by("-id").values_list("id", flat=True)[:count][::-1])


@pytest.mark.django_db
def test_every_log_of_the_platform_is_sealed():
    tables = {one.table for one in sources()}
    assert {
        "people_change", "people_look", "enrolment_step", "trail_event", "ledger_journal", "ledger_transfer",
        "declaration_declaration", "declaration_declarationline", "collection_arrival", "collection_receipt",
    } <= tables  # fmt: skip
    assert "trail_block" not in tables


@pytest.mark.django_db
def test_of_a_table_whose_rows_live_on_only_what_never_changes_is_sealed():
    columns = {one.table: one.columns for one in sources()}
    assert "amount_fen" in columns["collection_arrival"]
    assert "allocated_fen" not in columns["collection_arrival"]
    assert "state" not in columns["declaration_declaration"]
    assert columns["trail_event"] == ("id", "at", "what", "about", "said", "organisation_id", "user_id")


@pytest.mark.django_db
def test_what_happened_is_sealed_once_and_verified():
    school = organisation()
    pupil, officer = child(school), clerk(school)
    looked(user=officer.user, organisation=school, what="page", person=pupil, at=AT)
    events(3)
    written = Change.objects.count() + Look.objects.count() + Event.objects.count()
    assert extend(at=AT) == written > 5
    assert extend(at=AT) == 0
    report = verify()
    assert (report.findings, report.rows, report.last_number) == ([], written, 3)
    assert report.blocks == 3
    assert bytes.fromhex(report.last_digest) == bytes(Block.objects.get(number=3).digest)
    assert verify(anchor=report.last_digest).findings == []


@pytest.mark.django_db
def test_an_empty_chain_is_whole():
    report = verify()
    assert (report.findings, report.blocks, report.last_number, report.last_sealed_at) == ([], 0, 0, None)


@pytest.mark.django_db
def test_an_altered_row_is_named():
    ids = events(5)
    extend(at=AT)
    tamper("UPDATE trail_event SET about = 'nothing' WHERE id = %s", ids[2])
    assert verify().findings == [Finding("altered", "trail_event", ids[2], 1)]
    assert f"trail_event row {ids[2]} was altered" in verify().findings[0].text.en


@pytest.mark.django_db
@pytest.mark.parametrize("which", [0, 2, 4])
def test_a_removed_row_is_named_wherever_it_stood(which: int):
    ids = events(5)
    extend(at=AT)
    tamper("DELETE FROM trail_event WHERE id = %s", ids[which])
    assert verify().findings == [Finding("removed", "trail_event", ids[which], 1)]


@pytest.mark.django_db
def test_a_row_put_in_afterwards_is_named_though_the_gap_was_free():
    first = events(2)
    with transaction.atomic():
        gap = events(1)[0]
        transaction.set_rollback(True)
    last = events(2)
    assert first[-1] < gap < last[0]
    extend(at=AT)
    assert verify().findings == []
    for free in (gap, first[0] - 1_000_000):
        tamper("INSERT INTO trail_event (id, at, what, about, said) VALUES (%s, now(), 'sign_in', '', '{}')", free)
    assert verify().findings == [
        Finding("inserted", "trail_event", first[0] - 1_000_000, 1),
        Finding("inserted", "trail_event", gap, 1),
    ]


@pytest.mark.django_db
def test_a_row_that_was_exchanged_for_another_is_named():
    ids = events(3)
    extend(at=AT)
    tamper("UPDATE trail_event SET id = -id WHERE id = %s", ids[1])
    assert verify().findings == [
        Finding("inserted", "trail_event", -ids[1], 1),
        Finding("removed", "trail_event", ids[1], 1),
    ]


@pytest.mark.django_db
def test_a_history_with_another_name_in_it_is_found():
    pupil = child(organisation(), name="张小明")
    extend(at=AT)
    change = Change.objects.filter(person_id=pupil.pk, table_name="people_person").get()
    tamper("UPDATE people_change SET after = jsonb_set(after, '{name}', '\"李四\"') WHERE id = %s", change.pk)
    assert [(one.kind, one.table, one.row) for one in verify().findings] == [("altered", "people_change", change.pk)]


def three_blocks() -> list[int]:
    ids: list[int] = []
    for hour in (9, 10, 11):
        ids += events(2)
        extend(at=at("2019-11-12", hour))
    return ids


@pytest.mark.django_db
def test_a_block_whose_digests_were_made_to_fit_the_altered_row_is_found():
    ids = three_blocks()
    tamper("UPDATE trail_event SET about = 'nothing' WHERE id = %s", ids[2])
    block = Block.objects.get(number=2)
    rows = chain.rows_of("trail_event", block.columns, block.after_id, block.last_id)
    tamper("UPDATE trail_block SET digests = %s WHERE number = 2", rows.digests)
    assert verify().findings == [Finding("block_altered", number=2)]
    # And one who makes the block's own digest fit as well breaks the next link.
    tamper("UPDATE trail_block SET digest = %s WHERE number = 2", chain.digest_of(Block.objects.get(number=2)))
    assert verify().findings == [Finding("chain_broken", number=3)]


@pytest.mark.django_db
def test_a_block_taken_out_of_the_middle_is_found():
    three_blocks()
    tamper("DELETE FROM trail_block WHERE number = 2")
    assert {(one.kind, one.number) for one in verify().findings} == {("block_missing", 2), ("span_broken", 3)}


@pytest.mark.django_db
def test_a_block_taken_off_the_end_is_found_by_the_anchor_alone():
    three_blocks()
    anchor = verify().last_digest
    tamper("DELETE FROM trail_block WHERE number = 3")
    tamper("DELETE FROM trail_event WHERE id > (SELECT max(last_id) FROM trail_block)")
    assert verify().findings == []
    assert verify(anchor=anchor).findings == [Finding("anchor_missing")]
    # Sealed anew, it is another chain.
    extend(at=LATER)
    assert verify(anchor=anchor).findings == [Finding("anchor_missing")]


@pytest.mark.django_db
def test_a_block_made_up_and_put_at_the_end_is_found():
    three_blocks()
    tamper(
        "INSERT INTO trail_block SELECT 4, version, table_name, columns, last_id, last_id + 5, ids, digests, previous,"
        " '\\x00', sealed_at FROM trail_block WHERE number = 3"
    )
    assert Finding("block_altered", number=4) in verify().findings


@pytest.mark.django_db
def test_only_what_was_sealed_since_a_moment_is_looked_at_if_asked():
    ids = three_blocks()
    tamper("UPDATE trail_event SET about = 'nothing' WHERE id = %s", ids[0])
    report = verify(since=at("2019-11-12", 10))
    assert (report.findings, report.blocks, report.rows) == ([], 2, 4)
    assert verify(since=LATER).blocks == 0
    tamper("UPDATE trail_event SET about = 'nothing' WHERE id = %s", ids[5])
    assert verify(since=at("2019-11-12", 10)).findings == [Finding("altered", "trail_event", ids[5], 3)]
    tamper("UPDATE trail_block SET previous = %s WHERE number = 2", b"x" * 32)
    assert Finding("block_altered", number=2) in verify(since=at("2019-11-12", 10)).findings


@pytest.mark.django_db
def test_a_log_that_lost_its_trigger_or_its_columns_is_named():
    events(1)
    extend(at=AT)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE trail_event DISABLE TRIGGER never_rewritten")
    assert verify().findings == [Finding("unguarded", "trail_event")]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE trail_event ENABLE TRIGGER never_rewritten")
        cursor.execute("ALTER TABLE trail_event RENAME COLUMN about TO topic")
    assert verify().findings == [Finding("unreadable", "trail_event", number=1)]


@pytest.mark.django_db
def test_a_column_that_is_added_later_changes_nothing_that_was_sealed():
    events(2)
    extend(at=AT)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE trail_event ADD COLUMN more text NOT NULL DEFAULT 'x'")
    events(1)
    extend(at=LATER)
    assert verify().findings == []
    tamper("UPDATE trail_event SET more = 'y'")
    assert [one.number for one in verify().findings] == [2]


@pytest.mark.django_db
def test_a_long_log_is_sealed_in_several_blocks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(chaining, "ROWS_IN_A_BLOCK", 4)
    ids = events(10)
    assert extend(at=AT) == 10
    assert list(Block.objects.order_by("number").values_list("last_id", flat=True)) == [ids[3], ids[7], ids[9]]
    tamper("DELETE FROM trail_event WHERE id IN (%s, %s)", ids[3], ids[4])
    assert [(one.row, one.number) for one in verify().findings] == [(ids[3], 1), (ids[4], 2)]


@pytest.mark.django_db
def test_the_same_rows_give_the_same_digest_whatever_the_session_is_set_to():
    last = events(2)[-1]
    extend(at=AT)
    block = Block.objects.get()
    with connection.cursor() as cursor:
        for setting in ("timezone = 'Asia/Shanghai'", "bytea_output = 'escape'", "datestyle = 'German'"):
            cursor.execute(f"SET LOCAL {setting}")
    with chain.fixed():
        rows = chain.rows_of("trail_event", block.columns, block.after_id, last)
    with connection.cursor() as cursor:
        cursor.execute("SHOW timezone")
        assert cursor.fetchone() == ("Asia/Shanghai",)
    assert rows.digests == bytes(block.digests)


@pytest.mark.django_db(transaction=True)
def test_a_row_that_is_committed_late_is_not_passed_over():
    wrote, finish = threading.Event(), threading.Event()

    def slowly() -> None:
        with transaction.atomic():
            note(what="sign_in", user=None, organisation=None, about="slow", at=AT)
            wrote.set()
            finish.wait(20)
        connection.close()

    thread = threading.Thread(target=slowly)
    thread.start()
    assert wrote.wait(20)
    note(what="sign_in", user=None, organisation=None, about="quick", at=AT)
    assert extend(at=AT, patience_seconds=0.3) == 0
    assert Horizon.objects.get().last_id == Event.objects.get().pk
    finish.set()
    thread.join()
    note(what="sign_in", user=None, organisation=None, about="after", at=AT)
    assert extend(at=AT, patience_seconds=0) == 3
    assert verify().findings == []
    assert verify().rows == 3
    assert not Horizon.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_who_always_writes_does_not_hold_up_the_seals_for_ever():
    stop = threading.Event()

    def one_after_another() -> None:
        while not stop.is_set():
            with transaction.atomic():
                note(what="sign_in", user=None, organisation=None, at=AT)
                stop.wait(0.02)
        connection.close()

    threads = [threading.Thread(target=one_after_another) for _ in range(3)]
    for thread in threads:
        thread.start()
    sealed = 0
    for _ in range(20):
        sealed += extend(at=AT, patience_seconds=0.5)
    stop.set()
    for thread in threads:
        thread.join()
    assert sealed > 0
    extend(at=AT, patience_seconds=0)
    extend(at=AT, patience_seconds=0)
    report = verify()
    assert report.findings == []
    assert report.rows == Event.objects.count()


@pytest.mark.django_db(transaction=True)
def test_two_who_seal_at_once_make_one_chain():
    events(50)
    faults: list[BaseException] = []

    def sealing() -> None:
        try:
            extend(at=AT)
        except BaseException as fault:
            faults.append(fault)
        connection.close()

    threads = [threading.Thread(target=sealing) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    report = verify()
    assert (report.findings, report.rows) == ([], 50)
