"""The letter of a class: to be posted or sent; every sum and day, and no child. 班级告家长书"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec

from yingbao.paper import sheet
from yingbao.values import money
from yingbao.values.text import Text

ClassPart = Literal["words", "groups", "dates", "guides", "remark", "help"]


class ClassLetterPart(msgspec.Struct, frozen=True):
    """A paragraph, or the place of one of the letter's own parts. 信函部分"""

    part: ClassPart
    words: str = ""


class Group(msgspec.Struct, frozen=True):
    """Who pays how much, by one rule of the policy. 缴费类别"""

    who: Text
    family_fen: int | None
    """None: what the family pays is told by another row"""
    clause: str


class Guide(msgspec.Struct, frozen=True):
    """One way to pay, with a code that leads to it. 缴费指南"""

    name: Text
    steps: Sequence[Text]
    clause: str
    url: str


class ClassLetterPaper(msgspec.Struct, frozen=True):
    """What stands on a class's letter. 班级告家长书"""

    class_label: str
    agent_name: str
    agent_phone: str
    title: Text
    plan_year: int
    groups: Sequence[Group]
    dates: Sequence[tuple[Text, Text]]
    guides: Sequence[Guide]
    help_lines: Sequence[tuple[Text, str]]
    remark: str
    body: Sequence[ClassLetterPart]
    family_url: str
    issued_on: date
    simulated: bool


def draw_class_letters(papers: Sequence[ClassLetterPaper]) -> bytes:
    """One letter for each class as one PDF/A. Raises ValueError if there is none. 班级告家长书"""
    if not papers:
        raise ValueError("no letter to draw")
    urls = {paper.family_url for paper in papers} | {one.url for paper in papers for one in paper.guides}
    data = {"letters": [_face(paper) for paper in papers], "codes": {url: sheet.qr(url) for url in sorted(urls)}}
    return sheet.draw("class_letter", data, made_on=max(paper.issued_on for paper in papers))


def _face(paper: ClassLetterPaper) -> dict[str, object]:
    return {
        "class": paper.class_label,
        "agent": paper.agent_name,
        "phone": paper.agent_phone,
        "title": paper.title.zh,
        "groups": [
            {
                "who": one.who.zh,
                "family": "" if one.family_fen is None else money.figures(one.family_fen),
                "clause": one.clause,
            }
            for one in paper.groups
        ],
        "dates": [{"name": name.zh, "days": days.zh} for name, days in paper.dates],
        "guides": [
            {"name": one.name.zh, "steps": [step.zh for step in one.steps], "clause": one.clause, "url": one.url}
            for one in paper.guides
        ],
        "help": [{"about": about.zh, "phones": phones} for about, phones in paper.help_lines],
        "remark": paper.remark,
        "body": [{"part": one.part, "words": one.words} for one in paper.body],
        "url": paper.family_url,
        "issued_on": sheet.day(paper.issued_on),
        "watermark": sheet.SIMULATED if paper.simulated else "",
    }
