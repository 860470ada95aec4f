"""The e-receipt that a family holds: drawn here, signed in `signing`, numbered and kept elsewhere. 电子票据

Our own design, not a copy of any finance ministry's form or seal.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from yingbao.paper import sheet, typeface
from yingbao.values import money
from yingbao.values.text import Text

WATERMARK = "演示票据 不作凭证"


class ReceiptPaper(msgspec.Struct, frozen=True):
    """What stands on one receipt. 票面

    `identity_masked` is masked by whoever has the right to see the number; `replaces` is the number of the voided
    receipt that this one stands for, or empty; a `simulated` receipt says across its face that it proves nothing.
    """

    number: str
    check_code: str
    payer_name: str
    insured_name: str
    identity_masked: str
    collector: str
    pooling_area_name: str
    item: Text
    plan_year: int
    coverage_from: date
    coverage_to: date
    amount_fen: int
    paid_on: date
    channel: Text
    issued_on: date
    verify_url: str
    simulated: bool
    replaces: str = ""


def draw_receipt(paper: ReceiptPaper) -> bytes:
    """The receipt as PDF/A, not yet signed. 电子票据"""
    return draw_receipts([paper])


def draw_receipts(papers: Sequence[ReceiptPaper]) -> bytes:
    """Many receipts as one PDF/A to print, a page each. 批量电子票据

    What a family holds is a file of its own; draw those one by one and pack them with `sheet.zipped`.
    Raises ValueError if there is none.
    """
    if not papers:
        raise ValueError("no receipt to draw")
    data = {"receipts": [_face(paper) for paper in papers]}
    return sheet.draw("receipt", data, made_on=max(paper.issued_on for paper in papers))


def _face(paper: ReceiptPaper) -> dict[str, Any]:
    return {
        "number": paper.number,
        "check_code": paper.check_code,
        "payer": paper.payer_name,
        "insured": paper.insured_name,
        "identity": paper.identity_masked,
        "collector": paper.collector,
        "area": paper.pooling_area_name,
        "item": paper.item.zh,
        "plan_year": str(paper.plan_year),
        "cover": [sheet.day(paper.coverage_from), sheet.day(paper.coverage_to)],
        "figures": money.figures(paper.amount_fen),
        "capitals": money.capitals(paper.amount_fen),
        "paid_on": sheet.day(paper.paid_on),
        "channel": paper.channel.zh,
        "issued_on": sheet.day(paper.issued_on),
        "verify_url": paper.verify_url,
        "replaces": paper.replaces,
        "watermark": WATERMARK if paper.simulated else "",
        "missing": typeface.missing(paper.payer_name, paper.insured_name),
        "qr": sheet.qr(paper.verify_url),
    }
