"""The letter to a child's parents: its own sum, why, until when, how to pay, whom to ask. 告家长书

One page for each child; a class is a list of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from yingbao.paper import sheet, typeface
from yingbao.values import money
from yingbao.values.text import Text


class LetterReason(msgspec.Struct, frozen=True):
    """A rule that decided, as a sentence about the child, with its clause. 理由"""

    sentence: Text
    clause: str


class LetterPaper(msgspec.Struct, frozen=True):
    """What stands on one letter. 告家长书

    `identity_masked` is masked already; `why_not` says why the child cannot be enrolled and is empty for who can;
    `rest` says who pays what the family does not. `family_url` leads to the families' first page and names nobody.
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


def draw_letters(papers: Sequence[LetterPaper]) -> bytes:
    """Letters as one PDF/A, a page each, in the order given. Raises ValueError if there is none. 告家长书"""
    if not papers:
        raise ValueError("no letter to draw")
    codes = {url: sheet.qr(url) for url in {paper.family_url for paper in papers}}
    data = {"letters": [_face(paper, codes[paper.family_url]) for paper in papers]}
    return sheet.draw("letter", data, made_on=max(paper.issued_on for paper in papers))


def _face(paper: LetterPaper, code: str) -> dict[str, Any]:
    return {
        "child": paper.child_name,
        "identity": paper.identity_masked,
        "class": paper.class_label,
        "agent": paper.agent_name,
        "phone": paper.agent_phone,
        "title": paper.title.zh,
        "notice": paper.notice_number,
        "year": str(paper.plan_year),
        "figures": money.figures(paper.amount_fen),
        "verdict": paper.verdict.zh,
        "rest": paper.rest.zh if paper.rest else "",
        "reasons": [{"sentence": one.sentence.zh, "clause": one.clause} for one in paper.reasons],
        "cover": [sheet.day(day) for day in paper.cover] if paper.cover else [],
        "deadline": sheet.day(paper.deadline),
        "ways": [way.zh for way in paper.ways],
        "help": [{"about": about.zh, "phones": phones} for about, phones in paper.help_lines],
        "url": paper.family_url,
        "issued_on": sheet.day(paper.issued_on),
        "watermark": sheet.SIMULATED if paper.simulated else "",
        "missing": typeface.missing(paper.child_name),
        "qr": code,
    }
