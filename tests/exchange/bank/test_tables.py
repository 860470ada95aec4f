"""Statements as tables: what a bank writes is read to the fen, what is wrong refuses the file. 表格对账单"""

from __future__ import annotations

import hashlib
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.exchange.bank.messages import (
    ACCOUNT,
    DAY,
    HEADER,
    balanced,
    book,
    cells,
    csv_of,
    line,
    numbered,
    statement_csv,
)
from yingbao.exchange.bank.faults import WrongFile
from yingbao.exchange.bank.statements import read_statement
from yingbao.values.plain import spaced

words = st.text(st.characters(codec="gb18030", exclude_categories=("C", "Z")), max_size=20).filter(
    lambda text: text == spaced(text)
)
movements = st.lists(
    st.tuples(st.integers(1, 10**11), st.sampled_from(["in", "out"]), words, words),
    min_size=1,
    max_size=12,
)


def read(content, name="对账单.csv"):
    return read_statement(name=name, content=content)


def refused(content, name="对账单.csv") -> WrongFile:
    with pytest.raises(WrongFile) as raised:
        read(content, name)
    for language in ("zh", "en"):
        assert raised.value.said(language).startswith(name)
    return raised.value


def said(content) -> str:
    return refused(content).said("zh")


def table(*rows, header=HEADER):
    return csv_of([header, *rows])


GOOD = cells(line())


def changed(**more) -> list[str]:
    """A right row with some cells changed."""
    return [str(more.get(name, cell)) for name, cell in zip(HEADER, GOOD, strict=True)]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(movements, st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]), st.booleans(), st.booleans())
def test_what_a_bank_writes_is_what_is_read(moved, encoding, with_balances, with_serials):
    lines = [
        line(fen, direction=side, serial=f"S{n}" if with_serials else "", counterparty_name=name, text=text)
        for n, (fen, side, name, text) in enumerate(moved)
    ]
    lines = balanced(lines, 5_000) if with_balances else numbered(lines)
    content = statement_csv(lines, encoding)
    found = read(content)
    assert list(found.lines) == lines
    assert (found.account, found.currency, found.form, found.number) == (ACCOUNT, "CNY", "csv", "")
    assert found.sha256 == hashlib.sha256(content).digest()
    assert (found.opening_fen, found.closing_fen) == ((5_000, lines[-1].balance_fen) if with_balances else (None, None))


def test_a_workbook_gives_the_same_lines_as_the_text_file():
    lines = balanced([line(10, serial="1"), line(20, serial="2"), line(30, serial="3", direction="out")], 70)
    rows = [cells(each) for each in lines]
    typed = [
        [row[0], datetime.combine(DAY, datetime.min.time()), row[2], row[3], float(row[4]), float(row[5]), *row[6:]]
        for row in rows
    ]
    found = read(book([HEADER, *typed]), "对账单.xlsx")
    assert found.form == "xlsx"
    assert found.lines == read(statement_csv(lines)).lines
    assert (found.opening_fen, found.closing_fen) == (70, 70)


def test_sums_of_binary_fractions_are_exact_fen():
    """0.1 + 0.2 is 0.30000000000000004 in a workbook, and shown as 0.3."""
    rows = [[ACCOUNT, "20251009", "1", "贷", 0.1, 0.1], [ACCOUNT, "20251009", "2", "贷", 0.2, 0.1 + 0.2]]
    rows.append([ACCOUNT, "20251009", "3", "贷", 1234567890.17, 1234567890.47])
    found = read(book([HEADER[:6], *rows]), "a.xlsx")
    assert [each.amount_fen for each in found.lines] == [10, 20, 123456789017]
    assert found.closing_fen == 123456789047


def test_a_number_of_sixteen_digits_kept_as_a_number_is_refused_in_its_cell():
    rows, wrong = [], []
    for number in (6222021102012345678, 6.222021102012346e18, 1234567890123456):
        for column in (0, 2, 7):
            rows.append([*GOOD[:2], str(len(rows)), *GOOD[3:]])
            rows[-1][column] = number
            wrong.append((len(rows) + 1, HEADER[column]))
    faults = refused(book([HEADER, *rows]), "a.xlsx").faults
    assert [(fault.row, fault.column) for fault in faults] == wrong
    assert all("存成了数字" in fault.what.zh for fault in faults)


def test_a_number_in_scientific_notation_has_lost_its_digits_in_a_text_file_too():
    assert "存成了数字" in said(table(changed(账号="6.22202E+18")))


def test_marks_that_keep_an_account_a_text_are_no_part_of_it():
    forms = [ACCOUNT, f'="{ACCOUNT}"', f"'{ACCOUNT}", f"{ACCOUNT}\t", "1102 0204 0900 0123 456"]
    found = read(table(*(changed(账号=form, 交易流水号=str(n)) for n, form in enumerate(forms))))
    assert (found.account, len(found.lines)) == (ACCOUNT, 5)


@pytest.mark.parametrize(
    ("header", "row", "fen", "side"),
    [
        ("账号,交易日期,借方发生额,贷方发生额", "1,20251009,,320.00", 32_000, "in"),
        ("账号,交易日期,借方发生额,贷方发生额", "1,20251009,320.00,0.00", 32_000, "out"),
        ("账号,交易时间,支出金额,收入金额", "1,2025-10-09 12:30:05,0,1", 100, "in"),
        ("账号,交易时间,收入金额(元),支出金额(元)", "1,2025/10/9 8:05,\"1,234.5\",", 123_450, "in"),
        ("本方账号,记账日期,借贷标志,发生额", "1,2025年10月9日,D,５．０１", 501, "out"),
        ("账号,交易时间,收支,交易金额", "1,20251009123005,收入,¥1.00元", 100, "in"),
    ],
)  # fmt: skip
def test_the_usual_forms_of_other_banks_are_read(header, row, fen, side):
    (found,) = read(f"{header}\n{row}\n".encode()).lines
    assert (found.amount_fen, found.direction, found.booked_on) == (fen, side, DAY)


def test_all_columns_of_words_are_joined_and_the_day_of_booking_counts():
    content = "账号,交易日期,记账日期,借贷,金额,摘要,用途,附言,备注\n1,20251008,20251009,贷,1,转账,保费,SB1,保费\n"
    found = read(content.encode())
    assert found.lines[0].text == "转账 保费 SB1"
    assert (found.first, found.last) == (DAY, DAY)


def test_a_formula_as_a_name_stays_text():
    row = changed(对方户名='=HYPERLINK("http://x","y")', 附言="=1+1")
    (found,) = read(table(row)).lines
    assert (found.counterparty_name, found.text) == ('=HYPERLINK("http://x","y")', "=1+1")


WRONG = [
    ("金额", "12.345", "两位小数"),
    ("金额", "-5.00", "为负"),
    ("金额", "(5.00)", "为负"),
    ("金额", "1,23.00", "不是金额"),
    ("金额", "0.00", "是0"),
    ("金额", "", "没有填写"),
    ("金额", "五元", "不是金额"),
    ("金额", "1e3", "不是金额"),
    ("金额", "5)", "不是金额"),
    ("金额", "9999999999999.00", "不合常理"),
    ("金额", "٣", "不是金额"),
    ("金额", "NaN", "不是金额"),
    ("余额", "1.001", "两位小数"),
    ("借贷", "收付", "看不懂"),
    ("借贷", "", "没有填写"),
    ("记账日期", "2025-02-30", "没有"),
    ("记账日期", "10/09/2025", "不是日期"),
    ("记账日期", "", "没有填写"),
    ("记账日期", "202510", "不是日期"),
    ("账号", "", "没有填写"),
    ("附言", "长" * 950, "超过900"),
]


def test_a_wrong_cell_refuses_the_file_with_its_row_and_column():
    rows = [changed(交易流水号=str(n), **{cell: value}) for n, (cell, value, _) in enumerate(WRONG)]
    faults = refused(table(*rows)).faults
    assert [(fault.row, fault.column) for fault in faults] == [(n, cell) for n, (cell, _, _) in enumerate(WRONG, 2)]
    for fault, (_, _, reason) in zip(faults, WRONG, strict=True):
        assert reason in fault.what.zh
        assert fault.what.en
        assert fault.mend.zh


def test_all_wrong_rows_are_told_at_once():
    rows = [
        changed(交易流水号=str(n), 金额="x" if n % 2 else "1.00", 记账日期="?" if n > 7 else "20251009")
        for n in range(10)
    ]
    faults = refused(table(*rows)).faults
    assert [(fault.row, fault.column) for fault in faults] == [
        (3, "金额"), (5, "金额"), (7, "金额"), (9, "金额"), (10, "记账日期"), (11, "记账日期"), (11, "金额"),
    ]  # fmt: skip


def test_a_balance_that_does_not_follow_is_told_in_its_row():
    lines = balanced([line(100, serial=str(n)) for n in range(5)], 1_000)
    rows = [cells(each) for each in lines]
    rows[2][5] = "99.00"
    (first, second) = refused(table(*rows)).faults
    assert (first.row, first.column) == (4, "余额")
    assert "应为13" in first.what.zh
    assert second.row == 5


def test_a_row_that_was_cut_out_is_noticed_by_the_balances():
    rows = [cells(each) for each in balanced([line(100 + n, serial=str(n)) for n in range(5)])]
    assert [fault.row for fault in refused(table(*rows[:2], *rows[3:])).faults] == [4]


def test_a_statement_with_the_latest_first_is_turned_into_time():
    lines = balanced([line(100 + n, serial=str(n), direction="out" if n % 2 else "in") for n in range(5)], 1_000)
    found = read(table(*(cells(each) for each in reversed(lines))))
    assert [each.serial for each in found.lines] == ["0", "1", "2", "3", "4"]
    assert [each.ordinal for each in found.lines] == [1, 2, 3, 4, 5]
    assert [each.row for each in found.lines] == [6, 5, 4, 3, 2]
    assert (found.opening_fen, found.closing_fen) == (1_000, lines[-1].balance_fen)


def edge(word: str, balance: str) -> list[str]:
    return ["", "", "", "", "", balance, "", "", word]


def test_rows_of_opening_and_closing_balance_are_held_against_the_lines():
    row = changed(余额="", 金额="10.00")
    found = read(table(edge("期初余额", "5.00"), row, edge("期末余额", "15.00")))
    assert (len(found.lines), found.opening_fen, found.closing_fen) == (1, 500, 1_500)
    assert "却是16" in said(table(edge("期初余额", "5.00"), row, edge("期末余额", "16.00")))


def test_a_row_of_the_opening_balance_that_is_no_sum_is_wrong():
    assert [(fault.row, fault.column) for fault in refused(table(edge("期初余额", "五元"), GOOD)).faults] == [
        (2, "余额")
    ]


def test_no_row_in_which_money_stands_is_passed_over():
    lost = ["", "", "", "", "500.00", "", "", "", ""]
    assert {fault.row for fault in refused(table(GOOD, lost)).faults} == {3}
    only_balance = ["", "", "", "", "", "77.00", "", "", ""]
    assert {fault.row for fault in refused(table(GOOD, only_balance)).faults} == {3}


def test_a_counterparty_called_like_a_footer_is_a_line_all_the_same():
    content = (
        "对方户名,账号,记账日期,借方发生额,贷方发生额\n总计科技有限公司,1,20251009,,1.00\n单位食堂,1,20251009,2.00,\n"
    )
    assert len(read(content.encode()).lines) == 2


def test_sums_and_signatures_below_the_list_are_passed_over_and_said_so():
    found = read(table(GOOD, ["合计", "", "", "", "", "", "", "", ""], ["打印时间：", "", "", "", "", "", "", "", ""]))
    assert len(found.lines) == 1
    assert any("没有读取" in note.zh for note in found.notes)


def test_a_text_file_that_breaks_off_anywhere_is_refused():
    content = table(GOOD, changed(交易流水号="B", 余额="", 金额="4800.00"))
    whole = content.rindex(b"\n", 0, -1) + 1
    for end in range(whole + 40, len(content) - 1, 17):
        assert refused(content[:end]).faults
    assert len(read(content).lines) == 2


def test_two_accounts_in_one_file_are_refused():
    (fault,) = refused(table(GOOD, changed(账号="999", 交易流水号="B"), changed(账号="999", 交易流水号="C"))).faults
    assert (fault.row, fault.column) == (3, "账号")


def test_another_currency_than_yuan_is_refused():
    assert "USD" in said(table([*GOOD, "USD"], header=[*HEADER, "币种"]))
    assert len(read(table([*GOOD, "人民币"], header=[*HEADER, "币种"])).lines) == 1


def test_one_serial_twice_on_a_day_is_refused_and_on_two_days_is_not():
    (fault,) = refused(table(GOOD, GOOD)).faults
    assert (fault.row, fault.column) == (3, "交易流水号")
    assert "第2行" in fault.what.zh
    assert len(read(table(GOOD, changed(记账日期="20251010"))).lines) == 2


def test_two_equal_lines_without_a_serial_are_two_lines_with_two_keys():
    row = changed(交易流水号="")
    found = read(table(row, row, changed(交易流水号="", 金额="1.00")))
    keys = found.keys()
    assert len(set(keys)) == 3
    assert read(table(row, row)).keys() == keys[:2]
    assert ACCOUNT not in "".join(keys)


def test_the_key_of_a_line_with_a_serial_does_not_change_with_its_words():
    assert read(table(GOOD)).keys() == read(table(changed(附言="别的"))).keys()
    assert read(table(GOOD)).keys() != read(table(changed(记账日期="20251010"))).keys()


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("账号,记账日期,金额,余额", "借贷"), ("账号,记账日期,借贷,余额", "金额"), ("账号,借贷,金额", "记账日期"),
        ("记账日期,借贷,金额", "账号"), ("账号,记账日期,借方发生额", "金额"), ("姓名,身份证号", "表头"),
    ],
)  # fmt: skip
def test_a_missing_column_is_named(header, missing):
    assert missing in said(f"{header}\n1,20251009,1,1\n".encode())


@pytest.mark.parametrize("doubled", ["交易金额", "账户余额", "流水号"])
def test_two_columns_that_could_be_the_same_are_not_guessed_between(doubled):
    (fault,) = refused(table([*GOOD, "1.00"], header=[*HEADER, doubled])).faults
    assert (fault.row, fault.column) == (1, doubled)


@pytest.mark.parametrize(("out", "into"), [("1.00", "1.00"), ("", ""), ("0.00", "0.00"), ("-1.00", "")])
def test_two_columns_of_sums_of_which_not_exactly_one_is_filled_are_refused(out, into):
    content = f"账号,记账日期,借方发生额,贷方发生额\n1,20251009,{out},{into}\n".encode()
    assert [fault.row for fault in refused(content).faults] == [2]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "空的"),
        (b"%PDF-1.7", "PDF"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        (statement_csv([line()]) + b"\xff\xff\xff", "UTF-8"),
        (b"\0" * 100, "空的"),
        (book([HEADER, GOOD])[:500], "不完整"),
        (bytes(50 * 2**20 + 1), "51MB"),
        (",".join(HEADER).encode(), "没有一行"),
    ],
    ids=["empty", "pdf", "html", "garbage", "zeros", "truncated", "huge", "header alone"],
)
def test_files_that_are_no_statement_are_refused_with_what_they_are(content, reason):
    assert reason in said(content)


def test_a_message_about_a_file_shows_no_whole_account():
    assert ACCOUNT not in said(table(changed(金额=ACCOUNT + "x"), changed(记账日期=ACCOUNT, 账号="1")))


def test_days_span_the_lines():
    found = read(table(changed(记账日期="20251101"), changed(记账日期="20251003", 交易流水号="B")))
    assert (found.first, found.last) == (date(2025, 10, 3), date(2025, 11, 1))
