"""A receipt handed out, wherever it is asked for. 票据下载"""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse

from yingbao.collection import handing, papers
from yingbao.collection.models import Receipt
from yingbao.values import clock, money
from yingbao.web.wall import by_platform


def as_file(receipt: Receipt) -> HttpResponse:
    """The signed paper of a receipt, saved under the child's name and the receipt's number. 票据文件

    Raises Refused if it was not made yet and the signing key is missing.
    """
    with by_platform("the tax authority's paper is signed and kept when it is first asked for"):
        pdf = bytes(papers.paper_of(receipt=receipt, at=clock.now()).pdf)
    name = handing.file_name(receipt.obligation.person.name, receipt.number)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f"attachment; filename=\"{receipt.number}.pdf\"; filename*=UTF-8''{quote(name)}"
    answer["Cache-Control"] = "no-store"
    return answer


def shown(face: papers.Face) -> dict[str, object]:
    """What a page needs to show what stands on a receipt. 票面"""
    return {"face": face, "capitals": money.capitals(face.amount_fen)}
