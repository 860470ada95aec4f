"""Results of a batch: every item's end with its reason, or the whole file refused. 回盘"""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exchange.bank.messages import book, csv_of, pain002
from tests.exchange.bank.schema import broken, definition
from yingbao.exchange.bank.faults import WrongFile
from yingbao.exchange.bank.reasons import REASONS, reason_of
from yingbao.exchange.bank.results import read_results

HEADER = ["端到端编号", "结果", "原因", "日期", "金额"]
SAID = {"成功": "succeeded", "失败": "failed", "退回": "returned"}
ids = st.text("ABCXYZ0123456789", min_size=1, max_size=35)


def read(content, name="回盘.csv"):
    return read_results(name=name, content=content)


def refused(content, name="回盘.csv") -> WrongFile:
    with pytest.raises(WrongFile) as raised:
        read(content, name)
    for language in ("zh", "en"):
        assert raised.value.said(language).startswith(name)
    return raised.value


def table(*rows, header=HEADER):
    return csv_of([header, *rows])


@settings(max_examples=12, deadline=None)
@given(
    st.dictionaries(
        ids,
        st.tuples(
            st.sampled_from(list(SAID)), st.sampled_from(sorted(REASONS)),
            st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.none() | st.integers(1, 10**12),
        ),
        min_size=1,
        max_size=20,
    ),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
)  # fmt: skip
def test_a_plain_result_file_says_what_became_of_every_item(results, encoding):
    rows = [
        [
            key,
            word,
            "" if word == "成功" else code,
            day.isoformat(),
            "" if fen is None else f"{fen // 100}.{fen % 100:02}",
        ]
        for key, (word, code, day, fen) in results.items()
    ]
    content = csv_of([HEADER, *rows], encoding)
    found = read(content)
    assert (found.form, found.sha256) == ("csv", hashlib.sha256(content).digest())
    assert [(each.end_to_end_id, each.outcome, each.on, each.amount_fen) for each in found.lines] == [
        (key, SAID[word], day, fen) for key, (word, _, day, fen) in results.items()
    ]
    for each, (word, code, _, _) in zip(found.lines, results.values(), strict=True):
        assert each.reason_code == ("" if word == "成功" else code)
        assert each.reason.zh == ("" if word == "成功" else REASONS[code].zh)


def test_reasons_come_as_codes_as_words_and_as_both():
    rows = [
        ["A", "失败", "AM04"],
        ["B", "失败", "余额不足"],
        ["C", "退回", "MD06 本人不同意"],
        ["D", "失败", ""],
        ["E", "失败", "ZZ99"],
    ]
    found = read(table(*([*row, "20251009", ""] for row in rows))).lines
    assert [(each.reason_code, each.reason.zh) for each in found] == [
        ("AM04", "余额不足"), ("", "余额不足"), ("MD06", "付款人要求退回（本人不同意）"), ("", "银行未说明原因"),
        ("ZZ99", "原因代码ZZ99"),
    ]  # fmt: skip
    assert found[0].reason.en == "there is not enough money in the account"


def test_the_column_of_sums_may_be_missing_and_a_workbook_will_do():
    found = read(book([HEADER[:4], ["DD-1", "成功", None, date(2025, 10, 9)]]), "回盘.xlsx")
    assert found.form == "xlsx"
    (line,) = found.lines
    assert (line.end_to_end_id, line.on, line.amount_fen, line.row) == ("DD-1", date(2025, 10, 9), None, 2)


WRONG = [
    (["A1", "扣了", "", "20251009", ""], "结果", "看不懂"),
    (["A2", "", "", "20251009", ""], "结果", "没有填写"),
    (["A3", "成功", "", "20251399", ""], "日期", "没有"),
    (["A4", "成功", "", "", ""], "日期", "没有填写"),
    (["", "成功", "", "20251009", ""], "端到端编号", "没有填写"),
    (["编号", "成功", "", "20251009", ""], "端到端编号", "不是"),
    (["A7", "成功", "", "20251009", "1.234"], "金额", "两位小数"),
    (["A0", "成功", "", "20251009", ""], "端到端编号", "第2行"),
]


def test_every_wrong_row_is_told_and_nothing_is_taken():
    faults = refused(table(["A0", "成功", "", "20251009", ""], *(row for row, _, _ in WRONG))).faults
    assert [(fault.row, fault.column) for fault in faults] == [(n, column) for n, (_, column, _) in enumerate(WRONG, 3)]
    for fault, (_, _, reason) in zip(faults, WRONG, strict=True):
        assert reason in fault.what.zh


def test_an_id_of_eighteen_digits_kept_as_a_number_is_refused():
    content = book([HEADER, [202510090000000123, "成功", None, "20251009", None]])
    assert refused(content, "a.xlsx").faults[0].column == "端到端编号"


def test_missing_columns_and_other_files_are_refused():
    assert "结果" in refused(table(["A", "20251009"], header=["端到端编号", "日期"])).said("zh")
    assert refused(b"").faults
    assert "两次" in refused(table(["A", "成功", "", "20251009", "", "20251010"], header=[*HEADER, "处理日期"])).said(
        "zh"
    )


@pytest.mark.parametrize("version", range(3, 15))
def test_a_report_of_any_version_says_what_became_of_every_item(version):
    report = pain002(
        [("A", "ACSC", ""), ("B", "RJCT", "AM04"), ("C", "RJCT", "MD06"), ("D", "ACSP", "")], version=version
    )
    assert broken(report.root, definition(f"pain_002_001_{version:02d}")) == []
    found = read(report.written(), "pain002.xml")
    assert [(each.end_to_end_id, each.outcome, each.reason_code) for each in found.lines] == [
        ("A", "succeeded", ""), ("B", "failed", "AM04"), ("C", "returned", "MD06"),
    ]  # fmt: skip
    assert [each.amount_fen for each in found.lines] == [32_000] * 3
    assert found.lines[0].on == date(2025, 10, 10)
    assert found.lines[1].reason == REASONS["AM04"]
    assert (found.form, found.batch, found.waiting, found.batch_refused) == ("pain002", "DD20251009", ("D",), None)


@pytest.mark.parametrize("status", ["ACCP", "ACTC", "ACSP", "PDNG", "RCVD", "ACWC"])
def test_what_the_bank_has_only_accepted_is_no_money_yet(status):
    found = read(pain002([("A", status, "")]).written())
    assert (found.lines, found.waiting) == ((), ("A",))


@pytest.mark.parametrize(
    ("words", "outcome", "zh"),
    [
        ("退回 余额不足", "returned", "余额不足"),
        ("失败 余额不足", "failed", "余额不足"),
        ("退票：本人不同意", "returned", "余额不足（本人不同意）"),
        ("账上只有3元", "failed", "余额不足（账上只有3元）"),
    ],
)
def test_words_beside_a_code_tell_a_return_and_are_not_said_twice(words, outcome, zh):
    report = pain002([("A", "RJCT", "AM04")]).written().decode()
    (line,) = read(report.replace("</Rsn>", f"</Rsn><AddtlInf>{words}</AddtlInf>").encode()).lines
    assert (line.outcome, line.reason_code, line.reason.zh) == (outcome, "AM04", zh)


def test_a_batch_that_the_bank_refused_whole_says_why():
    found = read(pain002([], group=("RJCT", "FF01")).written())
    assert (found.lines, found.batch_refused) == ((), REASONS["FF01"])
    assert "没有一笔" in refused(pain002([], group=("ACTC", "NARR")).written()).said("zh")


def test_wrong_items_of_a_report_are_told_with_their_number():
    items = [("A", "ACSC", ""), ("A", "ACSC", ""), ("", "ACSC", ""), ("C", "OK", "")]
    faults = refused(pain002(items).written()).faults
    assert [(fault.row, fault.column) for fault in faults] == [
        (2, "OrgnlEndToEndId"), (3, "OrgnlEndToEndId"), (4, "TxSts"),
    ]  # fmt: skip
    good = pain002([("A", "ACSC", "")]).written()
    assert refused(good.replace(b"320.00", b"320.001")).faults[0].column == "Amt"
    assert "USD" in refused(good.replace(b"CNY", b"USD")).said("zh")
    assert refused(good.replace(b"2025-10-10T23:30:00+08:00", b"yesterday")).faults[0].column == "CreDtTm"


def test_a_report_that_declares_entities_or_is_cut_off_is_refused():
    good = pain002([("A", "ACSC", "")]).written().decode()
    body = good.split("?>", 1)[1]
    assert "实体" in refused(f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>{body}'.encode()).said("zh")
    assert "损坏" in refused(good.encode()[:-30]).said("zh")
    assert "pain.002" in refused(good.replace("pain.002", "pain.001").encode()).said("zh")


def test_every_reason_is_said_in_both_languages_and_unknown_ones_as_they_are():
    assert all(text.zh and text.en for text in REASONS.values())
    assert reason_of("QQ11").en == "reason code QQ11"
    assert reason_of("NARR", "见附件").zh == "见附件"
    assert reason_of("AC04", "2020年销户").en == "the account is closed (2020年销户)"
