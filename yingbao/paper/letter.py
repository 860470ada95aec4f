"""The letter to a child's parents: its own sum, why, until when, how to pay, whom to ask. 告家长书

One or more pages for each child; a class is a list of them. Its words come from a wording (`yingbao.publicity`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

import msgspec

from yingbao.paper import sheet, typeface
from yingbao.values import money
from yingbao.values.text import Text

Part = Literal["words", "facts", "reasons", "ways", "remark", "help"]


STANDARD: tuple[Part, ...] = ("facts", "reasons", "ways", "remark", "help")


class LetterReason(msgspec.Struct, frozen=True):
    """A rule that decided, as a sentence about the child, with its clause. 理由"""

    sentence: Text
    clause: str


class LetterPart(msgspec.Struct, frozen=True):
    """A paragraph, or the place of one of the letter's own parts. 信函部分"""

    part: Part
    words: str = ""


class LetterPaper(msgspec.Struct, frozen=True):
    """What stands on one letter. 告家长书

    `identity_masked` is masked already; `rest` says who pays what the family does not; `dates` are further days that
    count for this child. `family_url` leads to the families' first page and names nobody. `body` says what stands
    where; without one the standard order holds.
    """

    child_name: str
    identity_masked: str
    class_label: str
    agent_name: str
    agent_phone: str
    title: Text
    notice_number: str
    plan_year: int
    amount_fen: int
    verdict: Text
    rest: Text | None
    reasons: Sequence[LetterReason]
    cover: tuple[date, date] | None
    deadline: date
    ways: Sequence[Text]
    help_lines: Sequence[tuple[Text, str]]
    family_url: str
    issued_on: date
    simulated: bool
    premium_fen: int = 0
    """the whole, whoever pays it; 0: not shown"""
    dates: Sequence[tuple[Text, Text]] = ()
    remark: str = ""
    body: Sequence[LetterPart] = ()


def draw_letters(papers: Sequence[LetterPaper], *, duplex: bool = False) -> bytes:
    """Letters as one PDF/A in the order given, each on a page of its own. Raises ValueError if there is none. 告家长书

    `duplex`: each begins on a new sheet, also where a printer prints both sides.
    """
    if not papers:
        raise ValueError("no letter to draw")
    codes = {url: sheet.qr(url) for url in {paper.family_url for paper in papers}}
    data = {"letters": [_face(paper) for paper in papers], "codes": codes, "duplex": duplex}
    return sheet.draw("letter", data, made_on=max(paper.issued_on for paper in papers))


def standard_body(paper: LetterPaper) -> list[LetterPart]:
    """A letter's parts where nobody has worded it otherwise. 标准版式"""
    by = f"按照{paper.notice_number}，" if paper.notice_number else ""
    return [
        LetterPart("words", f"{paper.child_name} 家长："),
        LetterPart("words", f"{by}您孩子 {paper.plan_year} 年度居民医保核定如下："),
        *(LetterPart(part) for part in STANDARD),
    ]


def _face(paper: LetterPaper) -> dict[str, Any]:
    return {
        "child": paper.child_name,
        "identity": paper.identity_masked,
        "class": paper.class_label,
        "agent": paper.agent_name,
        "phone": paper.agent_phone,
        "title": paper.title.zh,
        "premium": money.figures(paper.premium_fen) if paper.premium_fen else "",
        "figures": money.figures(paper.amount_fen) if paper.premium_fen or paper.amount_fen else "",
        "verdict": paper.verdict.zh,
        "rest": paper.rest.zh if paper.rest else "",
        "reasons": [{"sentence": one.sentence.zh, "clause": one.clause} for one in paper.reasons],
        "cover": [sheet.day(day) for day in paper.cover] if paper.cover else [],
        "deadline": sheet.day(paper.deadline),
        "dates": [{"name": name.zh, "days": days.zh} for name, days in paper.dates],
        "ways": [way.zh for way in paper.ways],
        "help": [{"about": about.zh, "phones": phones} for about, phones in paper.help_lines],
        "remark": paper.remark,
        "url": paper.family_url,
        "issued_on": sheet.day(paper.issued_on),
        "watermark": sheet.SIMULATED if paper.simulated else "",
        "missing": typeface.missing(paper.child_name),
        "body": [{"part": one.part, "words": one.words} for one in paper.body or standard_body(paper)],
    }
