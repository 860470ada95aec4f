"""A receipt's face and a reader of PDFs, for the tests of papers. 测试票据"""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from pypdf import PdfReader

from yingbao.paper.receipt import ReceiptPaper
from yingbao.values.text import Text


def face(**other: Any) -> ReceiptPaper:
    """A receipt of which everything is usual, unless it is said otherwise."""
    usual = {
        "number": "320500190000000001", "check_code": "ABCD2345", "payer_name": "王女士", "insured_name": "李小䶮",
        "identity_masked": "320***********1234", "collector": "苏州市区税务征收分局", "pooling_area_name": "苏州市区",
        "item": Text("城乡居民基本医疗保险费", "resident medical insurance"), "plan_year": 2020,
        "coverage_from": date(2020, 1, 1), "coverage_to": date(2020, 12, 31), "amount_fen": 123_45,
        "paid_on": date(2019, 11, 12), "channel": Text("微信", "WeChat"), "issued_on": date(2019, 11, 13),
        "verify_url": "https://yingbao.example/verify/320500190000000001/ABCD2345", "simulated": False,
    }  # fmt: skip
    return ReceiptPaper(**(usual | other))


def words(pdf: bytes) -> str:
    """All text of a PDF without blanks."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())
