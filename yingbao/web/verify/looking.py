"""What is said of an uploaded file: the one that we issued, or what is wrong with it. 核对文件"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from yingbao.collection import papers
from yingbao.collection.models import ReceiptPaper
from yingbao.values.text import Text


class Answer(NamedTuple):
    """What is said of a receipt: how it sounds, in a headline, and what follows from it. 查验结果"""

    tone: str
    head: Text
    next: Text


NO_FILE = Answer(
    "warn", Text("没有选择文件", "No file was chosen"), Text("请选择票据 PDF。", "Choose the receipt's PDF.")
)
TOO_LARGE = Answer(
    "bad",
    Text("文件是空的，或太大", "The file is empty or too large"),
    Text("平台签发的票据不到 1 MB，这不是平台签发的文件。", "Receipts are smaller than 1 MB; this is none of ours."),
)
NOT_OURS = Text("不是平台签发的文件", "Not a file that we issued")
ALTERED = Answer(
    "bad",
    NOT_OURS,
    Text(
        "电子签名与内容不符：签发之后被改动过。请向交给您的人要原文件，或用号码和校验码查验。",
        "Its signature does not fit its content: it was altered. Ask for the original, or verify by its number.",
    ),
)
UNSIGNED = Answer(
    "bad",
    NOT_OURS,
    Text(
        "文件里没有电子签名：可能是截图、扫描件或另存的副本，也可能不是票据。请用号码和校验码查验。",
        "It bears no signature: a picture, a scan, a copy saved anew, or no receipt. Verify by its number.",
    ),
)
OF_OTHERS = Answer(
    "bad",
    NOT_OURS,
    Text("文件由别的证书签名，不是本平台的票据。", "It was signed under another certificate than ours."),
)
NOT_KEPT = Answer(
    "warn",
    NOT_OURS,
    Text(
        "签名是本平台的，但与签发时保存的文件不是同一份。请用号码和校验码查验，并以查验结果为准。",
        "The signature is ours, the file is not the one that we keep. Verify by number and check code; that counts.",
    ),
)


def ours(content: bytes) -> ReceiptPaper | None:
    """The paper that these very bytes are, if they are one. 签发文件"""
    sha256 = hashlib.sha256(content).digest()
    return ReceiptPaper.objects.select_related("receipt").filter(sha256=sha256).first()


def said_of(content: bytes) -> Answer:
    """What is wrong with a file that is not ours. 不符之处"""
    worth = papers.worth_of(content)
    if not worth.signed:
        return UNSIGNED
    if not worth.intact:
        return ALTERED
    return NOT_KEPT if worth.trusted else OF_OTHERS


def issued(standing: Answer, paper: ReceiptPaper) -> Answer:
    """What is said of our own file: its signature, and whether the receipt still stands. 签发文件"""
    if standing.tone != "good":
        return standing
    head = Text("这正是平台签发的那一份，票据有效", "This is the very file that we issued, and the receipt is valid")
    if papers.is_sound(paper):
        return Answer(
            "good", head, Text("电子签名完好，内容与签发时一致。", "Its signature is intact; nothing was changed.")
        )
    said = Text(
        "内容与签发时一致；它的签名证书已更换或不在这台服务器上。",
        "Nothing was changed; the certificate it was signed under is no longer the one that is trusted here.",
    )
    return Answer("good", head, said)
