"""Statements as camt.053: every version, every fault with its entry, nothing that reaches out of the file. 报文"""

from __future__ import annotations

import re
import time

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.exchange.bank.messages import ACCOUNT, DAY, camt, line, numbered
from tests.exchange.bank.schema import broken, definition
from yingbao.exchange.bank.faults import WrongFile
from yingbao.exchange.bank.statements import read_statement
from yingbao.values.plain import spaced

words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=30).filter(
    lambda text: text == spaced(text)
)
movements = st.lists(
    st.tuples(st.integers(1, 10**13), st.sampled_from(["in", "out"]), words, words, st.booleans()), max_size=10
)
VERSIONS = range(2, 13)


def read(content, name="camt.xml"):
    return read_statement(name=name, content=content)


def refused(content, name="camt.xml") -> WrongFile:
    with pytest.raises(WrongFile) as raised:
        read(content, name)
    for language in ("zh", "en"):
        assert raised.value.said(language).startswith(name)
    return raised.value


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    movements, st.sampled_from(VERSIONS), st.integers(-(10**12), 10**12), st.sampled_from(["UTF-8", "GBK", "UTF-16"])
)
def test_what_a_bank_writes_in_any_version_is_what_is_read(moved, version, opening, encoding):
    lines = [
        line(fen, direction=side, serial=f"S{n}" if serial else "", counterparty_name=name, text=text)
        for n, (fen, side, name, text, serial) in enumerate(moved)
    ]
    lines = [msgspec.structs.replace(each, row=each.ordinal) for each in numbered(lines)]
    found = read(camt(lines, version=version, opening_fen=opening).written(encoding))
    assert list(found.lines) == lines
    assert (found.account, found.number, found.currency, found.form) == (ACCOUNT, "2025-282", "CNY", "camt053")
    assert (found.opening_fen, found.closing_fen) == (opening, opening + sum(each.signed_fen() for each in lines))
    assert DAY in (found.first, found.last)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_statements_of_these_tests_are_such_messages(version):
    whole = definition(f"camt_053_001_{version:02d}")
    assert broken(camt([line(), line(direction="out")], version=version).root, whole) == []


def test_the_check_against_the_standard_finds_what_is_wrong():
    message = camt([line()], currency="cny")
    message.add(message.root[0][0], "CreDtTm", "today")
    assert len(broken(message.root, definition("camt_053_001_02"))) == 3


def test_opening_plus_in_less_out_has_to_be_closing():
    (fault,) = refused(camt([line(100), line(30, direction="out", serial="B")], closing_fen=71).written()).faults
    assert "却是0.71" in fault.what.zh


def test_without_balances_nothing_is_made_up():
    found = read(camt([line()], opening_fen=None).written())
    assert (found.opening_fen, found.closing_fen) == (None, None)


def test_a_day_without_a_movement_is_a_statement_too():
    found = read(camt([], opening_fen=500).written())
    assert (found.lines, found.opening_fen, found.closing_fen, found.last) == ((), 500, 500, DAY)


def test_the_banks_own_totals_are_held_against_the_entries():
    lines = [line(100), line(50, serial="B", direction="out")]
    assert len(read(camt(lines, summary=(2, 150)).written()).lines) == 2
    for summary in ((3, 150), (2, 151)):
        assert refused(camt(lines, summary=summary).written()).faults[0].column == "TxsSummry/TtlNtries"


@pytest.mark.parametrize("status", ["PDNG", "INFO"])
def test_what_is_not_booked_yet_is_no_line_and_is_said(status):
    found = read(camt([line()], status=status, closing_fen=0).written())
    assert found.lines == ()
    assert "1笔未入账" in found.notes[0].zh


def altered(pattern: str, new: str) -> bytes:
    """A good statement of three entries with something changed in the last of them."""
    text = camt([line(serial=f"S{n}") for n in range(3)]).written().decode()
    at = text.rindex("<Ntry>")
    changed = re.sub(pattern, new, text[at:], count=1)
    assert changed != text[at:]
    return (text[:at] + changed).encode()


@pytest.mark.parametrize(
    ("pattern", "new", "column"),
    [
        ("640.00", "640.001", "Amt"),
        ("640.00", "-640.00", "Amt"),
        ("640.00", "1,640.00", "Amt"),
        ("640.00", "0", "Amt"),
        ("640.00", "6.4E2", "Amt"),
        ("640.00", "", "Amt"),
        ("640.00", "NaN", "Amt"),
        ('"CNY"', '"USD"', "Amt"),
        (' Ccy="CNY"', "", "Amt"),
        ("CRDT", "CREDIT", "CdtDbtInd"),
        ("BOOK", "BOOKED", "Sts"),
        ("2025-10-09", "2025-13-09", "BookgDt/Dt"),
        ("2025-10-09", "", "BookgDt/Dt"),
        ("S2", "S1", "AcctSvcrRef"),
    ],
)
def test_a_wrong_entry_refuses_the_statement_with_its_number(pattern, new, column):
    fault = refused(altered(pattern, new)).faults[0]
    assert (fault.row, fault.column) == (3, column)


def test_a_moment_is_the_day_in_china():
    found = read(altered("<Dt>2025-10-09</Dt>", "<DtTm>2025-10-09T16:30:00Z</DtTm>"))
    assert found.lines[2].booked_on.isoformat() == "2025-10-10"


def test_other_currencies_other_accounts_and_other_messages_are_refused():
    assert "USD" in refused(camt([line()], currency="USD").written()).said("zh")
    assert "2份" in refused(camt([line()], copies=2).written()).said("zh")
    assert "0份" in refused(camt([line()], copies=0).written()).said("zh")
    assert "camt.053" in refused(camt([line()]).written().replace(b"camt.053", b"camt.052")).said("zh")
    assert "001.13" in refused(camt([line()], version=13).written()).said("zh")
    assert "camt.053" in refused(b"<a/>").said("zh")
    no_account = camt([line()]).written().replace(ACCOUNT.encode(), b"")
    assert refused(no_account).faults[0].column == "Acct"


def test_a_page_of_a_statement_is_not_the_statement():
    page = b"<GrpHdr><MsgPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></MsgPgntn>"
    text = camt([line()]).written()
    assert "一页" in refused(text.replace(b"<GrpHdr>", page)).said("zh")
    assert read(text.replace(b"<GrpHdr>", page.replace(b"false", b"true"))).lines


def test_an_entry_of_several_payments_keeps_all_their_words_and_names_nobody():
    more = (
        "<TxDtls><RltdPties><Dbtr><Nm>沧浪学校</Nm></Dbtr></RltdPties>"
        "<RmtInf><Ustrd>SB2</Ustrd><Strd><CdtrRefInf><Ref>SB3</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls>"
        "<AddtlNtryInf>批量</AddtlNtryInf>"
    )
    found = read(altered("</NtryDtls>", more)).lines[2]
    assert found.text == "SB0000123459 保费 SB2 SB3 批量"
    assert (found.counterparty_name, found.counterparty_account) == ("", "")


BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 10}">' for n in range(12))
GOOD = camt([line()]).written().decode()
BODY = GOOD.split("?>", 1)[1]


@pytest.mark.parametrize(
    "content",
    [
        f"<!DOCTYPE x [{BOMB}]>{BODY.replace('保费', '&l11;')}".encode(),
        f'<?xml version="1.0"?><!DOCTYPE x [{BOMB}]>{BODY.replace("保费", "&l11;")}'.encode("utf-16"),
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>{BODY.replace("保费", "&e;")}'.encode(),
        f'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">{BODY}'.encode(),
        f"<!--{' ' * 100_000}--><!DOCTYPE x [{BOMB}]>{BODY}".encode(),
    ],
    ids=["bomb", "bomb in UTF-16", "outside entity", "outside type", "far down"],
)
def test_a_message_that_declares_entities_is_refused_unparsed(content):
    assert "实体" in refused(content).said("zh")


def test_an_undeclared_entity_and_an_inclusion_reach_nothing():
    assert "损坏" in refused(GOOD.replace("保费", "&e;").encode()).said("zh")
    inclusion = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/hostname" parse="text"/>'
    found = read(GOOD.replace("SB0000123459 保费", inclusion).encode())
    assert found.lines[0].text == ""


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode()[:-40],
        GOOD.encode()[:900],
        b"<?xml version='1.0'?>",
        b"<",
        GOOD.encode() + b"<a/>",
        GOOD.replace("保费", "\x01").encode(),
        GOOD.replace("UTF-8", "EBCDIC-CP-US").encode(),
        GOOD.replace("UTF-8", "UTF-7").encode(),
        GOOD.encode("gbk"),
        f"{'<a>' * 100_000}{'</a>' * 100_000}".encode(),
        f"<a>{'<b/>' * 4_000_000}</a>".encode(),
        b"<a>" + b" " * (33 << 20) + b"</a>",
        b"<a " + b" ".join(b'a%d=""' % n for n in range(2_100_000)) + b"/>",
    ],
    ids=[
        "truncated",
        "truncated early",
        "only declared",
        "one sign",
        "two roots",
        "control",
        "EBCDIC",
        "UTF-7",
        "GBK called UTF-8",
        "deep",
        "many",
        "large",
        "many attributes",
    ],
)
def test_a_damaged_or_swollen_message_is_refused_soon(content):
    began = time.process_time()
    assert refused(content).faults[0].what.zh
    assert time.process_time() - began < 5


def test_a_web_page_and_a_spreadsheet_in_xml_are_told_what_they_are():
    assert "网页" in refused(b"<!DOCTYPE html><html><body>").said("zh")
    sheet = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
    assert "表格 2003" in refused(sheet).said("zh")
