"""Whether a statement adds up: each balance to the next, opening plus in less out to closing. 余额核对"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from yingbao.exchange.bank.faults import Findings
from yingbao.exchange.bank.files import StatementLine
from yingbao.values.money import yuan
from yingbao.values.text import Text

_MEND_WHOLE = Text(
    zh="请从银行重新导出完整的对账单，不要删行、改数或重新排序",
    en="export the whole statement from the bank again, without deleting, changing or sorting rows",
)


class Walk(msgspec.Struct, frozen=True):
    """The lines taken one after the other from the opening balance. 逐笔核对"""

    opening_fen: int | None
    closing_fen: int | None
    wrong: tuple[tuple[StatementLine, int], ...]
    """lines whose balance is another than it should be, and what it should be"""


def walk(lines: Sequence[StatementLine], opening_fen: int | None) -> Walk:
    """Follows the balance through the lines; what the file leaves out is worked out from what it gives."""
    known, moved = opening_fen, 0
    wrong = []
    for line in lines:
        moved += line.signed_fen()
        expected = None if known is None else known + line.signed_fen()
        known = expected if line.balance_fen is None else line.balance_fen
        if opening_fen is None and known is not None:
            opening_fen = known - moved
        elif known != expected and expected is not None:
            wrong.append((line, expected))
    return Walk(opening_fen=opening_fen, closing_fen=known, wrong=tuple(wrong))


def in_time(lines: Sequence[StatementLine], opening_fen: int | None) -> list[StatementLine]:
    """The lines with the earliest first: many banks list the latest first, and only the balances tell. 时间顺序"""
    if not lines:
        return []
    backwards = list(reversed(lines))
    wrong, wrong_backwards = (len(walk(each, opening_fen).wrong) for each in (lines, backwards))
    turned = wrong_backwards < wrong or (wrong == wrong_backwards and lines[0].booked_on > lines[-1].booked_on)
    return [
        msgspec.structs.replace(line, ordinal=ordinal)
        for ordinal, line in enumerate(backwards if turned else lines, 1)
    ]  # fmt: skip


def settled(
    lines: Sequence[StatementLine], opening_fen: int | None, closing_fen: int | None, findings: Findings, column: str
) -> tuple[int | None, int | None]:
    """Opening and closing balance, given or worked out; what does not add up goes to the findings. 核对"""
    walked = walk(lines, opening_fen)
    for line, expected in walked.wrong:
        what = Text(
            zh="余额{given}与前一笔对不上，应为{expected}",
            en="the balance {given} does not follow from the line before; it should be {expected}",
        )
        findings.note(
            line.row, column, what.filled(given=yuan(line.balance_fen or 0), expected=yuan(expected)), _MEND_WHOLE
        )
    if None not in (walked.closing_fen, closing_fen) and walked.closing_fen != closing_fen and not walked.wrong:
        what = Text(
            zh="期初余额加收入减支出是{reached}，期末余额却是{closing}",
            en="opening plus in less out is {reached}, but the closing balance is {closing}",
        )
        findings.note(
            0, "", what.filled(reached=yuan(walked.closing_fen or 0), closing=yuan(closing_fen or 0)), _MEND_WHOLE
        )
    opening = walked.opening_fen
    if opening is None and closing_fen is not None:
        opening = closing_fen - sum(line.signed_fen() for line in lines)
    return opening, walked.closing_fen if closing_fen is None else closing_fen


def refuse_doubles(lines: Sequence[StatementLine], findings: Findings, column: str) -> None:
    """Notes every line whose day and serial another line has before it: the key of a line is given once. 流水号重复"""
    first: dict[tuple[object, str], int] = {}
    for line in lines:
        before = first.setdefault((line.booked_on, line.serial), line.row) if line.serial else line.row
        if before != line.row:
            what = Text(
                zh="流水号“{serial}”与第{row}行重复", en="the serial “{serial}” is that of row {row} already"
            ).filled(serial=line.serial, row=before)
            findings.note(line.row, column, what, _MEND_WHOLE)
